// Reads one long series of a store in a process whose heap is small, and prints what it found and what it took as JSON:
// {"rows", "sum" of the values, "peakMb", "longestStopMs" of the event loop, "seconds"}. Arguments: a module that exports
// `openAt(argument)`, the argument, the point.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { PointKey } from '../domain/topics.ts';
import type { TelemetryStore } from '../store/port.ts';
import { always } from './store-contract/rows.ts';

const [, , module = '', argument = '', point = ''] = process.argv;
const { openAt } = (await import(module)) as { openAt: (argument: string) => Promise<TelemetryStore> };
const store = await openAt(argument);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const started = performance.now();
const [slice] = await store.readingWindows([{ series: store.series(point as PointKey, 'power'), ...always }]);
const seconds = (performance.now() - started) / 1000;
delay.disable();
let sum = 0;
let ascending = true;
for (const [index, value] of slice?.value.entries() ?? []) {
  sum += value;
  if (index > 0 && (slice?.ts[index] ?? 0) <= (slice?.ts[index - 1] ?? 0)) ascending = false;
}
const found = {
  rows: slice?.ts.length,
  ascending,
  sum,
  peakMb: process.resourceUsage().maxRSS / 1024,
  longestStopMs: delay.max / 1e6,
  seconds,
};
process.stdout.write(`${JSON.stringify(found)}\n`);
await store.stop();
