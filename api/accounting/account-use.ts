// What the points of one supply account used, by hour or by day: the sums that a tariff is asked about.
import { type Calendar, hourMs } from '../../core/domain/time.ts';
import type { AccountMeter } from '../../core/registry/account-contracts.ts';
import type { Stretch } from '../../core/registry/stretches.ts';
import { lowerBound } from '../../core/store/merge-windows.ts';
import type { TelemetryStore, Window } from '../../core/store/port.ts';

/** Consumption by hour or day; starts ascend and adjoin. */
export interface AccountUse {
  readonly starts: Float64Array;
  /** End of the last one. */
  readonly to: number;
  /** NaN: not wholly known of every point of the account, or there is none. */
  readonly values: Float64Array;
}

/** @param meters of one account, each in its own stretch */
export async function accountUse(
  store: Pick<TelemetryStore, 'findSeries' | 'rollupWindows'>,
  calendar: Calendar,
  meters: readonly AccountMeter[],
  bucket: 'hour' | 'day',
  { from, to }: Stretch,
): Promise<AccountUse> {
  const starts = bucket === 'day' ? Float64Array.from(calendar.starts(from, to, 'day')) : hoursOf(from, to);
  const { length } = starts;
  const sum = new Float64Array(length);
  const expected = new Int32Array(length);
  const known = new Int32Array(length);
  const asked = meters.flatMap((meter) => {
    const [begin, end] = [Math.max(meter.from, from), Math.min(meter.to, to)];
    const first = lowerBound(starts, 0, length, begin);
    const last = lowerBound(starts, first, length, end);
    for (let at = first; at < last; at++) expected[at] = (expected[at] ?? 0) + 1;
    const series = store.findSeries(meter.point, meter.quantity);
    return series === undefined || begin >= end
      ? []
      : [{ factor: meter.factor, window: { series, from: begin, to: end } satisfies Window }];
  });
  const windows = asked.map(({ window }) => window);
  const answers = windows.length === 0 ? [] : await store.rollupWindows(bucket, windows);
  for (const [index, rows] of answers.entries()) {
    const factor = asked[index]?.factor ?? 1;
    for (const { ts, value, measuredMs, estimatedMs } of rows) {
      const at = lowerBound(starts, 0, length, ts);
      if (starts[at] !== ts || value === null) continue;
      const whole = (starts[at + 1] ?? to) - ts;
      if (measuredMs + estimatedMs < whole - tolerance) continue;
      sum[at] = (sum[at] ?? 0) + factor * value;
      known[at] = (known[at] ?? 0) + 1;
    }
  }
  const values = sum.map((value, at) => {
    const wanted = expected[at] ?? 0;
    return wanted > 0 && known[at] === wanted ? value : Number.NaN;
  });
  return { starts, to, values };
}

/** What is known of a stretch, and the time of which nothing is, ms. */
export function sumOfUse(
  { starts, to: end, values }: AccountUse,
  { from, to }: Stretch,
): { readonly known: number; readonly unknownMs: number } {
  let known = 0;
  let unknownMs = 0;
  const first = lowerBound(starts, 0, starts.length, from);
  for (let at = first; at < starts.length && (starts[at] ?? to) < to; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) unknownMs += (starts[at + 1] ?? end) - (starts[at] ?? end);
    else known += value;
  }
  return { known, unknownMs };
}

/** Readings are stamped to the millisecond; an hour that lacks a second is whole. */
const tolerance = 1_000;

function hoursOf(from: number, to: number): Float64Array {
  return Float64Array.from({ length: Math.round((to - from) / hourMs) }, (_, hour) => from + hour * hourMs);
}
