// InfluxDB as the store of a city: readings per second from the agents' sockets to its disk and back, against the same
// client writing the same points straight; how long the rollups need after them; what the panels of boards take.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findServer } from '../core/testing/find-server.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { measurePanels } from './influx-panels.ts';
import type { StraightOptions } from './influx-straight-main.ts';
import { measureSums } from './influx-sums.ts';
import { BenchProcess, peakMbOf } from './processes.ts';
import { type BenchRow, median, progress, row } from './report.ts';
import {
  agentIds,
  found,
  freshFrom,
  load,
  type Outcome,
  pointsPerAgent,
  series,
  stepMs,
  withCopy,
} from './under-load.ts';

interface WriteTurn extends Outcome {
  readonly influxMb: number;
}

/** Unacknowledged rows of each agent in flight, whatever the size of the batches. */
const rowsInFlight = 10_000;

export async function run(quick: boolean): Promise<BenchRow[]> {
  const program = findServer('influxd');
  if (program === undefined) throw new Error(`influxd is not installed: ${installInfluxDb}`);
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  const home = join(folder, 'base');
  try {
    await found(home);
    const size = quick ? 0.25 : 1;
    return [
      ...(await measureWrites(program, home, { batchRows: 1_000, rows: 4_000_000 * size, quick })),
      ...(await measureWrites(program, home, { batchRows: 100, rows: 2_000_000 * size, quick })),
      await measureLag(program, home, quick),
      await measureManyAtOnce(program, 4_000_000 * size, quick),
      ...(await measurePanels(program, quick)),
      await measureSums(program, quick),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ingest and the client alone in turn, each on an empty server. */
async function measureWrites(
  program: string,
  home: string,
  { batchRows, rows, quick }: { batchRows: number; rows: number; quick: boolean },
): Promise<BenchRow[]> {
  const limits: number[] = [];
  const turns: WriteTurn[] = [];
  const straightMb: number[] = [];
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
    progress(`InfluxDB, batches of ${batchRows}, ${turn + 1}`);
    const straight = await withServer(program, (server) => writeStraight(server, { batchRows, rows }));
    limits.push(rows / straight.seconds);
    straightMb.push(straight.peakMb);
    turns.push(await withServer(program, (server) => writeThrough(server, home, { batchRows, rows })));
  }
  const rate = median(turns.map(({ done }) => done.rowsPerSecond));
  const middle = turns.find(({ done }) => done.rowsPerSecond === rate) ?? turns[0];
  const name = batchRows === 1_000 ? 'influx.write' : `influx.write@${batchRows}`;
  const peak = (pick: (turn: WriteTurn) => number) => Math.max(...turns.map(pick));
  const memory = (part: string, mb: number, limit: number | null = null) =>
    row(`${name}.memory.${part}`, mb, 'MB', limit, 'peak');
  return [
    row(
      name,
      rate,
      'points/s',
      median(limits),
      `${series} points, 5 agents, batches of ${batchRows}, written ${middle?.rowsPerWrite} at a time; limit: the client alone, the same points in requests of ${batchRows}, one after the other`,
    ),
    row(
      `${name}.ack.p95`,
      middle?.done.latencyMs.p95 ?? Number.NaN,
      'ms',
      null,
      'first sending to acknowledgement',
    ),
    row(
      `${name}.rollup-lag`,
      median(turns.map(({ lagMs }) => lagMs)),
      'ms',
      null,
      `last acknowledgement to rollups complete, after ${rows} rows as fast as they can be sent`,
    ),
    memory(
      'ingest',
      peak((turn) => turn.ingestMb),
      500,
    ),
    memory(
      'influxd',
      peak((turn) => turn.influxMb),
    ),
    memory(
      'broker',
      peak((turn) => turn.brokerMb),
    ),
    memory(
      'generator',
      peak((turn) => turn.done.peakRssMb),
    ),
    memory('client-alone', Math.max(...straightMb)),
  ];
}

/** How much the server takes of a client that does its best: no limit of ours, since ingest does not get such batches. */
async function measureManyAtOnce(program: string, rows: number, quick: boolean): Promise<BenchRow> {
  const rates: number[] = [];
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
    progress(`InfluxDB, the client alone, two requests at once, ${turn + 1}`);
    const { seconds } = await withServer(program, (server) =>
      writeStraight(server, { batchRows: 10_000, rows, atOnce: 2 }),
    );
    rates.push(rows / seconds);
  }
  const note = 'for comparison: the client alone, two requests at once, 10 000 points each';
  return row('influx.client-alone@2x10000', median(rates), 'points/s', null, note);
}

/** At the rate of a city: every series once in 15 s. */
async function measureLag(program: string, home: string, quick: boolean): Promise<BenchRow> {
  progress(`InfluxDB, ${series} series every ${stepMs / 1000} s`);
  const rowsPerSecond = series / (stepMs / 1000);
  const rows = Math.round(rowsPerSecond * (quick ? 20 : 60));
  const turn = await withServer(program, (server) =>
    writeThrough(server, home, { batchRows: 100, rows, rowsPerSecond }),
  );
  const note = `last acknowledgement to rollups complete, ${series} series every ${stepMs / 1000} s`;
  return row('influx.rollup-lag', turn.lagMs, 'ms', 10_000, note);
}

async function withServer<T>(program: string, work: (server: InfluxServer) => Promise<T>): Promise<T> {
  const server = new InfluxServer(program);
  try {
    await server.start();
    return await work(server);
  } finally {
    await server.remove();
  }
}

const straightSchema = z.object({ seconds: z.number(), peakMb: z.number() });

async function writeStraight(
  server: InfluxServer,
  { batchRows, rows, atOnce = 1 }: { batchRows: number; rows: number; atOnce?: number },
): Promise<z.infer<typeof straightSchema>> {
  const database = 'straight';
  const q = `CREATE DATABASE ${database} WITH DURATION INF SHARD DURATION 28d`;
  await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
  const options: StraightOptions = {
    url: server.url,
    database,
    agents: agentIds,
    points: pointsPerAgent,
    rows,
    startTs: freshFrom(),
    stepMs,
    batchRows,
    atOnce,
  };
  const process = new BenchProcess('bench/influx-straight-main.js', [JSON.stringify(options)]);
  const outcome = straightSchema.parse(JSON.parse(await process.line(/"done"/)));
  await process.end();
  return outcome;
}

function writeThrough(
  server: InfluxServer,
  base: string,
  wanted: { batchRows: number; rows: number; rowsPerSecond?: number },
): Promise<WriteTurn> {
  const environment = { JIEYUE_STORE_ENGINE: 'influx', JIEYUE_STORE_INFLUX_URL: server.url };
  const options = { ...wanted, window: rowsInFlight / wanted.batchRows };
  return withCopy(base, async (home) => {
    const outcome = await load(home, options, environment);
    return { ...outcome, influxMb: peakMbOf(server.pid) ?? Number.NaN };
  });
}
