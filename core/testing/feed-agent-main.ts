// A process with an uplink that others feed over a local socket: one JSON line of rows in, "ok" out once they are in
// the outbox. Stands for an edge agent in tests that kill it.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { isJieyueError } from '../domain/errors.ts';
import type { WireReading } from '../domain/telemetry.ts';
import { systemClock } from '../runtime/clock.ts';
import { createLogger } from '../runtime/logger.ts';
import { Uplink } from '../uplink/uplink.ts';

interface Options {
  agent: string;
  url: string;
  password: string;
  outbox: string;
  port: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const uplink = new Uplink({
  agent: options.agent,
  url: options.url,
  password: options.password,
  outbox: { path: options.outbox, limitBytes: 1024 ** 3 },
  window: 8,
  flushEveryMs: 50,
  batchRows: 200,
  version: 'test',
  clock: systemClock,
  random: Math.random,
  log: createLogger({ level: 'warn', name: 'feed-agent' }),
  resend: { firstMs: 300, maxMs: 2_000 },
  reconnect: { firstMs: 100, maxMs: 1_000 },
});
await uplink.start();

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket }).on('error', () => socket.destroy());
  lines.on('line', (line) => {
    const rows = JSON.parse(line) as WireReading[];
    uplink.push(rows).then(
      () => socket.write('ok\n'),
      (error: unknown) => socket.write(`error ${isJieyueError(error) ? error.code : String(error)}\n`),
    );
  });
});
server.listen(options.port, '127.0.0.1', () => process.stdout.write('feed ready\n'));

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line !== 'drain') return;
  uplink.drained().then(
    () => process.stdout.write(`drained ${uplink.depth().quarantined}\n`),
    (error: unknown) => process.stdout.write(`not drained ${String(error)}\n`),
  );
});
