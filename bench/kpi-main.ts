// A process that opens registry and store and answers for figures, as the API does. Options as JSON; prints one line of
// JSON: what was asked, how long it took, and sums by which the parent checks the answer.
import { join } from 'node:path';
import type { TreeAnswer } from '../api/accounting/accounting.ts';
import { planIndicators } from '../core/domain/accounting/indicators.ts';
import { Calendar } from '../core/domain/time.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';

export interface KpiOptions {
  readonly home: string;
  readonly year: number;
  /** Warm trees, and questions for one institution, after the first tree; none: only that. */
  readonly times: number;
}

export interface KpiOutcome {
  /** Since this process began, ms. */
  readonly answeredMs: number;
  readonly institutions: number;
  /** Of the top: what stands above and below the line, by indicator; and how many institutions have a value. */
  readonly top: readonly {
    readonly numerator: number;
    readonly denominator: number;
    readonly known: number;
  }[];
  readonly treeMs: readonly number[];
  readonly oneMs: readonly number[];
  /** One institution's meter changed: until figures show it, ms. */
  readonly followMs: readonly number[];
  readonly peakMb: number;
}

const { home, year, times } = JSON.parse(process.argv[2] ?? '{}') as KpiOptions;
const config = loadConfig({ environment: { JIEYUE_HOME: home } });
const calendar = new Calendar(config.tz);
const log = silentLogger;
const clock = systemClock;
// The file is opened by threads of its own while the rest is loaded.
const store = await openStore(config, { clock, log });
const opening = store.start();
const [{ createRegistry }, { Accounting }, { wholeYear }] = await Promise.all([
  import('../core/registry/sql-registry.ts'),
  import('../api/accounting/accounting.ts'),
  import('../api/accounting/periods.ts'),
]);
const registry = createRegistry({ path: join(home, 'registry.sqlite'), calendar, clock, log });
await Promise.all([registry.start(), opening]);
const accounting = new Accounting({ store, registry, calendar, clock, log, metrics: new Metrics() });
const question = {
  indicators: planIndicators,
  period: wholeYear(year, calendar),
  terms: { plan: 'national-14', basis: 'metered' },
} as const;
const first = await accounting.tree(question);
const answeredMs = performance.now();

// Of no use to the answer.
const { peakMbOf } = await import('./processes.ts');
await accounting.start();
const trees = await timed(times, () => accounting.tree(question));
const ones = await timed(times === 0 ? 0 : 10 * times, (turn) => {
  const institution = first.institutions[(turn * 37) % first.institutions.length]?.id ?? '';
  return accounting.figures({ ...question, institution });
});
const { census } = await accounting.book({ first: year, last: year });
const follows = await timed(Math.min(times, 20), async (turn) => {
  const series = census.series[(turn * 101) % census.series.length];
  if (series !== undefined) await registry.rollupChanges.note([{ ...series, ...question.period }]);
  await accounting.settle();
});
const outcome: KpiOutcome = {
  answeredMs,
  institutions: first.institutions.length,
  top: topOf(first),
  treeMs: trees,
  oneMs: ones,
  followMs: follows,
  peakMb: peakMbOf(process.pid) ?? Number.NaN,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
await accounting.stop();
await store.stop();
await registry.stop();

function topOf({ tables, institutions, tree }: TreeAnswer): KpiOutcome['top'] {
  const top = institutions.findIndex((_, place) => tree.parent[place] === -1);
  return tables.map(({ numerator, denominator, value }) => ({
    numerator: numerator[top] ?? Number.NaN,
    denominator: denominator[top] ?? Number.NaN,
    known: value.filter((each) => !Number.isNaN(each)).length,
  }));
}

async function timed(count: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    const started = performance.now();
    await work(turn);
    all.push(performance.now() - started);
  }
  return all;
}
