// A process that pushes into an outbox as fast as it can and says which pushes resolved, for tests that kill it.
import { writeSync } from 'node:fs';
import type { WireReading } from '../domain/telemetry.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Uplink } from '../uplink/uplink.ts';

interface Options {
  readonly path: string;
  readonly url: string;
  /** First number to push; each push holds `rows` readings whose value is its number. */
  readonly first: number;
  readonly pushers: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const uplink = new Uplink({
  agent: 'feeder',
  url: options.url,
  password: 'secret',
  outbox: { path: options.path, limitBytes: 1_000_000_000 },
  window: 4,
  flushEveryMs: 20,
  batchRows: 200,
  version: 'test',
  clock: systemClock,
  random: Math.random,
  log: silentLogger,
});

let next = options.first;

async function push(): Promise<never> {
  for (;;) {
    const number = next++;
    const count = 1 + (number % 40);
    const rows = Array.from(
      { length: count },
      (_, i): WireReading => [`p${i}`, 'power', 1_700_000_000_000 + number, number],
    );
    await uplink.push(rows);
    // Synchronous: what was said is out of the process before anything else happens.
    writeSync(1, `${number} ${count}\n`);
  }
}

await uplink.start();
writeSync(1, 'started\n');
await Promise.all(Array.from({ length: options.pushers }, push));
