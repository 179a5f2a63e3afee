// The official client alone: writes the rows of the load generator to InfluxDB, request after request. Options as JSON.
import { InfluxDB } from '@influxdata/influxdb-client';
import { readings, tags } from '../core/domain/series.ts';
import { pointKey } from '../core/domain/topics.ts';
import { Rows } from '../simulators/load/workload.ts';

export interface StraightOptions {
  readonly url: string;
  readonly database: string;
  readonly agents: readonly string[];
  readonly points: number;
  readonly rows: number;
  readonly startTs: number;
  readonly stepMs: number;
  readonly batchRows: number;
  /** Requests under way at the same time. */
  readonly atOnce: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as StraightOptions;
const { agents, points, batchRows, startTs, stepMs } = options;
const client = new InfluxDB({ url: options.url, timeout: 60_000 });
const workload = new Rows({
  seed: 1,
  points,
  startTs,
  stepMs,
  late: { share: 0, spanMs: 365 * 86_400_000, stepMs: 60_000, offsetMs: 0 },
});
const prefixes = agents.map((agent) =>
  workload.series.map(
    ({ point, quantity }) =>
      `${readings.name},${tags.point}=${pointKey(agent, point)},${tags.quantity}=${quantity} ${readings.fields.value}=`,
  ),
);
const rowsOfAgent = options.rows / agents.length;
const batches = Math.ceil(rowsOfAgent / batchRows) * agents.length;
let begun = 0;
let written = 0;

/** Batches of the agents in turn, each of consecutive rows, as they would come through ingest. */
async function work(): Promise<void> {
  const writer = client.getWriteApi('', options.database, 'ms', {
    batchSize: batchRows + 1,
    maxBatchBytes: Number.MAX_SAFE_INTEGER,
    flushInterval: 0,
    maxRetries: 0,
    gzipThreshold: Number.MAX_SAFE_INTEGER,
  });
  writer.path = `/write?db=${options.database}&precision=ms`;
  while (begun < batches) {
    const batch = begun++;
    const prefix = prefixes[batch % agents.length] ?? [];
    const first = Math.floor(batch / agents.length) * batchRows;
    const lines: string[] = [];
    for (let row = first; row < Math.min(first + batchRows, rowsOfAgent); row++) {
      const series = workload.seriesOf(row);
      const ts = workload.freshTs(row);
      lines.push(`${prefix[series]}${workload.cents(series, ts) / 100} ${ts}`);
    }
    writer.writeRecords(lines);
    await writer.flush();
    written += lines.length;
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: options.atOnce }, work));
const seconds = (performance.now() - started) / 1000;
process.stdout.write(
  `${JSON.stringify({ done: true, rows: written, seconds, peakMb: process.resourceUsage().maxRSS / 1024 })}\n`,
);
process.exit(0);
