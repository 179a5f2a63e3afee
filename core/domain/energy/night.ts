// What a building used in a night: what was left on, or runs out of a leak (夜间最小流量).
import { type Calendar, hourMs } from '../time.ts';

/** 22:00 to 06:00 local. */
export const nightFromHour = 22;
export const nightToHour = 6;
/** Nights before, of which the median is the usual. */
export const usualNights = 28;

/** One night, by the date of its morning; the day before it goes from 06:00 to 22:00. Epoch ms. */
export interface NightSpan {
  /** Midnight of the morning's date. */
  readonly ts: number;
  readonly dayFrom: number;
  readonly from: number;
  readonly to: number;
}

export interface Night {
  readonly ts: number;
  /** Consumption of the night; `null` where an hour of it is not known. */
  readonly value: number | null;
  readonly leastHour: number | null;
  /** The night's mean power or flow to that of the day before; `null` where either is not known, or nothing was used by day. */
  readonly ratio: number | null;
  /** Median of the nights before that are known; `null` where none is. */
  readonly usual: number | null;
}

/** The night whose morning is that of the day that starts at `midnight`. */
export function nightOf(midnight: number, calendar: Calendar): NightSpan {
  const before = calendar.floor(midnight - 1, 'day');
  return {
    ts: midnight,
    dayFrom: atHour(before, nightToHour, calendar),
    from: atHour(before, nightFromHour, calendar),
    to: atHour(midnight, nightToHour, calendar),
  };
}

/**
 * Nights of one building and carrier, in the order of the spans.
 * @param spans ascending, a night after the other; the usual of the first has no nights before
 * @param hourAt consumption of the hour that starts at a time; `null` where it is not known
 */
export function nightsOf(spans: readonly NightSpan[], hourAt: (ts: number) => number | null): Night[] {
  const nights: Night[] = [];
  for (const { ts, dayFrom, from, to } of spans) {
    const hours = hoursIn(from, to, hourAt);
    const value = hours === null ? null : sum(hours);
    const day = hoursIn(dayFrom, from, hourAt);
    const byDay = day === null ? null : sum(day) / day.length;
    const byNight = hours === null || value === null ? null : value / hours.length;
    const usualOf = nights.slice(-usualNights).flatMap((night) => night.value ?? []);
    nights.push({
      ts,
      value,
      leastHour: hours === null ? null : Math.min(...hours),
      ratio: byDay === null || byNight === null || byDay <= 0 ? null : byNight / byDay,
      usual: usualOf.length === 0 ? null : median(usualOf),
    });
  }
  return nights;
}

/** `null` where one of them is not known, or there is none. */
function hoursIn(from: number, to: number, hourAt: (ts: number) => number | null): number[] | null {
  const hours: number[] = [];
  for (let ts = from; ts < to; ts += hourMs) {
    const value = hourAt(ts);
    if (value === null) return null;
    hours.push(value);
  }
  return hours.length === 0 ? null : hours;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The first hour of the local day that is not before `hour` o'clock, whatever clocks do that day. */
function atHour(day: number, hour: number, calendar: Calendar): number {
  const end = calendar.next(day, 'day');
  if (end - day === 24 * hourMs) return day + hour * hourMs;
  for (let ts = day; ts < end; ts += hourMs) if (Number(calendar.format(ts).slice(11, 13)) >= hour) return ts;
  return end;
}
