// From the agents' sockets through broker and ingest to the disk and back as acknowledgements: each part a process of its
// own, marks, metrics and rollups on.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchProcess, freePort } from './processes.ts';
import { type BenchRow, median, progress, row } from './report.ts';
import { readSecretFile } from './secret.ts';
import {
  agentIds,
  type Done,
  found,
  freshFrom,
  load,
  type Outcome,
  password,
  pointsPerAgent,
  series,
  stepMs,
  withCopy,
} from './under-load.ts';

const quarterMs = 15 * 60_000;
export async function run(quick: boolean): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  try {
    return await measure(folder, quick);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, quick: boolean): Promise<BenchRow[]> {
  const runs = quick ? 1 : 3;
  const base = join(folder, 'base');
  await found(base);
  progress('preloading 10 000 000 rows');
  await engine(base, 10_000_000, freshFrom() - (10_000_000 / series) * quarterMs, quarterMs);

  const fresh = quick ? 2_000_000 : 5_000_000;
  progress('engine alone, bare columns');
  const bare = await withCopy(base, (home) => engine(home, fresh, freshFrom(), stepMs));
  const limits: number[] = [];
  const batched: Outcome[] = [];
  for (let turn = 0; turn < runs; turn++) {
    progress(`batches of 100, ${turn + 1} of ${runs}`);
    const outcome = await withCopy(base, (home) => load(home, { rows: fresh, batchRows: 100, window: 100 }));
    batched.push(outcome);
    progress(`engine alone in writes of ${outcome.rowsPerWrite} rows, ${turn + 1} of ${runs}`);
    limits.push(
      await withCopy(base, (home) => engine(home, fresh, freshFrom(), stepMs, outcome.rowsPerWrite)),
    );
  }
  const limit = median(limits);
  const rate = median(batched.map(({ done }) => done.rowsPerSecond));
  const best = batched.find(({ done }) => done.rowsPerSecond === rate) ?? batched[0];
  const peak = (pick: (outcome: Outcome) => number) => Math.max(...batched.map(pick));
  const note = `${series} points, 5 agents, window 100 each, 10 M rows before; limit: the engine alone with the same rows, names, marks and mean size of writes (${best?.rowsPerWrite} rows)`;
  const rows = [
    row('ingest.batched', rate, 'readings/s', limit, note),
    row(
      'ingest.batched.of-bare-engine',
      rate,
      'readings/s',
      bare,
      'limit: the engine fed with ready columns in writes of 50 000 rows, no names, no marks',
    ),
    row(
      'ingest.batched.ack.p95',
      best?.done.latencyMs.p95 ?? Number.NaN,
      'ms',
      null,
      'first sending to acknowledgement',
    ),
    row(
      'ingest.batched.memory',
      peak((each) => each.ingestMb),
      'MB',
      500,
      'peak of ingest',
    ),
    row(
      'ingest.batched.memory.broker',
      peak((each) => each.brokerMb),
      'MB',
      null,
      'peak of the broker',
    ),
    row(
      'ingest.batched.memory.generator',
      peak((each) => each.done.peakRssMb),
      'MB',
      null,
      'peak of the load generator',
    ),
    row(
      'ingest.rollup-lag',
      median(batched.map((each) => each.lagMs)),
      'ms',
      10_000,
      'last acknowledgement to rollups complete',
    ),
  ];
  rows.push(await late(base, '10M', rate, fresh));
  const large = join(folder, 'large');
  cpSync(base, large, { recursive: true });
  progress('preloading 40 000 000 rows more');
  await engine(large, 40_000_000, freshFrom() - (50_000_000 / series) * quarterMs, quarterMs);
  rows.push(await late(large, '50M', rate, fresh));
  rmSync(large, { recursive: true });
  rows.push(...(await single(base, quick)));
  return rows;
}

/** Rows scattered over a year in which every point has readings already. */
async function late(base: string, size: string, limit: number, rows: number): Promise<BenchRow> {
  progress(`late rows at ${size}`);
  const options = { rows: Math.floor(rows / 2), batchRows: 100, window: 100, late: { share: 1 } };
  const { done, ingestMb, lagMs } = await withCopy(base, (home) => load(home, options));
  const note = `scattered over a year; peak of ingest ${Math.round(ingestMb)} MB; rollups complete after another ${Math.round(lagMs / 1000)} s (it waits 60 s at most); limit: ingest.batched`;
  return row(`ingest.late@${size}`, done.rowsPerSecond, 'readings/s', limit, note);
}

async function single(base: string, quick: boolean): Promise<BenchRow[]> {
  const messages = quick ? 200_000 : 600_000;
  const window = 1_000;
  const limits: number[] = [];
  const rates: Done[] = [];
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
    progress(`one reading a message, ${turn + 1}`);
    limits.push(await withCopy(base, (home) => brokerAlone(home, messages)));
    rates.push((await withCopy(base, (home) => load(home, { rows: messages, batchRows: 1, window }))).done);
  }
  const note = `window ${window}, ${agentIds.length} clients; limit: the broker with a subscriber that does nothing`;
  return [
    row(
      'ingest.single',
      median(rates.map((done) => done.messagesPerSecond)),
      'messages/s',
      median(limits),
      note,
    ),
  ];
}

/** Messages per second that the broker alone brings to a subscriber that does nothing. */
async function brokerAlone(home: string, messages: number): Promise<number> {
  const mqttPort = await freePort();
  const url = `mqtt://127.0.0.1:${mqttPort}`;
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
  };
  const broker = new BenchProcess('standalone/cli.js', ['broker'], settings);
  await broker.line(/is running/);
  const sink = new BenchProcess('bench/sink-main.js', [
    JSON.stringify({ url, user: 'ingest', password: readSecretFile(home), messages }),
  ]);
  await sink.line(/sink ready/);
  const agents = agentIds.map((id) => ({ id, password }));
  const blast = new BenchProcess('bench/blast-main.js', [
    JSON.stringify({ url, agents, points: pointsPerAgent, messages }),
  ]);
  try {
    const { seconds } = z.object({ seconds: z.number() }).parse(JSON.parse(await sink.line(/"done"/)));
    return messages / seconds;
  } finally {
    for (const each of [blast, sink, broker]) await each.end();
  }
}

/** @returns rows per second of the engine alone. */
async function engine(
  home: string,
  rows: number,
  startTs: number,
  step: number,
  writeRows?: number,
): Promise<number> {
  const options = {
    asIngest: writeRows !== undefined,
    home,
    agents: agentIds,
    points: pointsPerAgent,
    rows,
    startTs,
    stepMs: step,
    writeRows: writeRows ?? 50_000,
  };
  const process = new BenchProcess('bench/engine-main.js', [JSON.stringify(options)]);
  const { seconds } = z.object({ seconds: z.number() }).parse(JSON.parse(await process.line(/"done"/)));
  await process.end();
  return rows / seconds;
}
