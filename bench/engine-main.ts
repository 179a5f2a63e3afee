// The store engine alone in a process: fills a file, or writes rows as fast as it takes them. Options as JSON.

import { pointKey } from '../core/domain/topics.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { openStore } from '../core/store/open-store.ts';
import { marksOf } from '../ingest/marks.ts';
import { seriesNames } from '../simulators/load/workload.ts';

interface Options {
  home: string;
  agents: string[];
  points: number;
  rows: number;
  /** Time of the first row and from one round over all series to the next. */
  startTs: number;
  stepMs: number;
  writeRows: number;
  /** Do what ingest asks of the engine: series by name for every row, and marks in the same transaction. */
  asIngest?: boolean;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const config = loadConfig({ environment: { JIEYUE_HOME: options.home } });
const store = await openStore(config, { clock: systemClock, log: silentLogger });
await store.start();
const names = seriesNames(options.points);
const keys = options.agents.flatMap((agent) =>
  names.map(({ point, quantity }) => ({ key: pointKey(agent, point), quantity })),
);
const handles = options.agents.flatMap((agent) =>
  names.map(({ point, quantity }) => store.series(pointKey(agent, point), quantity)),
);
const columns = () => ({
  series: new Int32Array(options.writeRows),
  ts: new Float64Array(options.writeRows),
  value: new Float64Array(options.writeRows),
});
// Two sets in turn: while the store has one, the other is filled.
const sets = [columns(), columns()];
let written = 0;
let pending: Promise<void> = Promise.resolve();
const started = performance.now();
for (let turn = 0; written < options.rows; turn++) {
  const set = sets[turn % 2];
  if (set === undefined) break;
  const length = Math.min(options.writeRows, options.rows - written);
  for (let index = 0; index < length; index++) {
    const at = written + index;
    const round = Math.floor(at / handles.length);
    const name = keys[at % keys.length];
    set.series[index] =
      options.asIngest && name !== undefined
        ? store.series(name.key, name.quantity)
        : (handles[at % handles.length] ?? 0);
    set.ts[index] = options.startTs + round * options.stepMs;
    set.value[index] = round * 0.25;
  }
  written += length;
  const marks = options.asIngest ? marksOf({ ...set, length }) : [];
  await pending;
  pending = store.write({ ...set, length }, [], marks);
}
await pending;
const seconds = (performance.now() - started) / 1000;
await store.stop();
process.stdout.write(
  `${JSON.stringify({ done: true, rows: written, seconds, peakMb: process.resourceUsage().maxRSS / 1024 })}\n`,
);
