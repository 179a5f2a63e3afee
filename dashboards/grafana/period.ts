// Periods as boards write them (`now-30d`, `now/y`; of a panel `6h`, `now/M`), as epoch ms at a moment in a time zone.
// As @grafana/data 13.2.3 reads them: datetime/datemath, and datetime/rangeutil (describeTextRange) for a panel's own.
import { Calendar, dayMs, hourMs } from '../../core/domain/time.ts';

const lengths: Readonly<Record<string, number>> = { m: 60_000, h: hourMs, d: dayMs };
const starts = { d: 'day', M: 'month', y: 'year' } as const;

/** @throws RangeError for what no board of ours writes */
export function momentOf(text: string, now: number, timeZone: string): number {
  const parts = /^now(?:-(\d+)([mhd]))?(?:\/([dMy]))?$/.exec(text);
  if (parts === null) throw new RangeError(`not a moment: ${text}`);
  const [, count, unit, start] = parts;
  const moved = now - Number(count ?? 0) * (lengths[unit ?? ''] ?? 0);
  const bucket = start === undefined ? undefined : starts[start as keyof typeof starts];
  return bucket === undefined ? moved : new Calendar(timeZone).floor(moved, bucket);
}

/** A panel's own period, up to now. */
export function ownPeriodStart(timeFrom: string, now: number, timeZone: string): number {
  return momentOf(timeFrom.includes('now') ? timeFrom : `now-${timeFrom}`, now, timeZone);
}
