// Positions end to end: 2 000 terminals with a connection each, agent, broker, ingest and DuckDB, every part a process of its own,
// marks and the worker of tracks on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Calendar } from '../core/domain/time.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { BenchProcess, freePort } from './processes.ts';
import { type BenchRow, progress, row } from './report.ts';
import type { TerminalsOptions } from './terminals-main.ts';
import { metric, password } from './under-load.ts';

const agent = 'cars';
const code = 'a-code-of-the-benchmark';
const [terminals, leastPerSecond, longestWaitMs] = [2_000, 5_000, 120_000];

const outcomeSchema = z.object({
  acknowledged: z.number(),
  seconds: z.number(),
  answerMs: z.object({ p50: z.number(), p99: z.number() }),
  peakMb: z.number(),
});

export async function run(quick: boolean): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  try {
    return await measure(home, quick ? 50 : 200);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** @param positions of each terminal */
async function measure(home: string, positions: number): Promise<BenchRow[]> {
  const phones = Array.from({ length: terminals }, (_, index) => String(13_800_000_000 + index));
  const [mqttPort, opsPort, port] = [await freePort(), await freePort(), await freePort()];
  await found(home);
  const config = join(home, 'agent.json');
  const source = {
    type: 'jt808',
    name: 'cars',
    host: '127.0.0.1',
    port,
    maxPerAddress: 5_000,
    framesPerSecond: 1_000,
  };
  const known = phones.map((phone) => ({ phone, code }));
  // YAML holds JSON.
  writeFileSync(
    config,
    JSON.stringify({ agent: { id: agent, password, sources: [{ ...source, terminals: known }] } }),
  );
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
  };
  const broker = new BenchProcess('standalone/cli.js', ['broker'], settings);
  await broker.line(/is running/);
  const ingest = new BenchProcess(
    'standalone/cli.js',
    ['ingest', '--metrics-port', String(opsPort)],
    settings,
  );
  await ingest.line(/is running/);
  const edge = new BenchProcess('standalone/cli.js', ['agent', '--config', config], settings);
  await edge.line(/is running/);
  const options: TerminalsOptions = { port, phones, code, positions, stepMs: 5_000 };
  const generator = new BenchProcess('bench/terminals-main.js', [JSON.stringify(options)]);
  try {
    progress(`${terminals} terminals, ${positions} positions each`);
    const done = outcomeSchema.parse(JSON.parse(await generator.line(/"type":"done"/)));
    const total = terminals * positions;
    const restMs = await stored(opsPort, total);
    const seconds = done.seconds + restMs / 1_000;
    const followMs = await followed(opsPort);
    const size = `${total.toLocaleString('en')} positions, ${terminals} connections, one position a packet, the next after the answer`;
    return [
      row(
        'fleet.pipeline',
        total / seconds,
        '1/s',
        leastPerSecond,
        `${size}; from the first packet until all are in DuckDB; at least, so a ratio above 1 is wanted`,
      ),
      row(
        'fleet.pipeline.answered',
        total / done.seconds,
        '1/s',
        null,
        'positions answered as durable in the outbox',
      ),
      row(
        'fleet.pipeline.answer.p50',
        done.answerMs.p50,
        'ms',
        null,
        'packet to answer, outbox on disk between',
      ),
      row('fleet.pipeline.answer.p99', done.answerMs.p99, 'ms'),
      row('fleet.pipeline.behind', restMs, 'ms', null, 'last answer to all in DuckDB'),
      row(
        'fleet.pipeline.trips-behind',
        followMs,
        'ms',
        null,
        `all in DuckDB to all trips; waits ${longestWaitMs / 1_000} s at most`,
      ),
      row('fleet.pipeline.memory.agent', edge.peakMb(), 'MB', null, 'peak'),
      row('fleet.pipeline.memory.ingest', ingest.peakMb(), 'MB', 500, 'peak'),
      row('fleet.pipeline.memory.broker', broker.peakMb(), 'MB', null, 'peak'),
    ];
  } finally {
    for (const each of [generator, edge, ingest, broker]) await each.end();
  }
}

async function found(home: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar: new Calendar('Asia/Shanghai'),
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  await registry.agents.create(agent, password);
  await registry.stop();
}

/** Until all positions are written, ms. */
async function stored(opsPort: number, total: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const written = await metric(opsPort, 'jieyue_ingest_positions_total');
    const elapsed = performance.now() - started;
    if (written >= total) return elapsed;
    if (elapsed > longestWaitMs)
      throw new Error(`${written} of ${total} positions are stored after ${elapsed} ms`);
    await sleep(20);
  }
}

/** Until trips show all of them, ms. */
async function followed(opsPort: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const behind = await metric(opsPort, 'jieyue_tracks_behind');
    const elapsed = performance.now() - started;
    if (behind === 0 || elapsed > longestWaitMs) return elapsed;
    await sleep(100);
  }
}
