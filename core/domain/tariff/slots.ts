// A day of the tariff cut into half hours: which period each belongs to.
import { type Period, periodNames } from './periods.ts';

/** Half hours of a day. */
export const slotCount = 48;
export const flatIndex = periodNames.indexOf('flat');

interface Span {
  readonly from: string;
  readonly to: string;
  readonly period: Period;
}

/**
 * @returns the index in `periodNames` of each half hour, flat where no span is, and the first half hour that two spans
 * hold (`HH:MM`).
 */
export function slotsOf(spans: readonly Span[]): {
  readonly slots: Uint8Array;
  readonly overlap: string | undefined;
} {
  const slots = new Uint8Array(slotCount).fill(flatIndex);
  const held = new Uint8Array(slotCount);
  let overlap: string | undefined;
  for (const { from, to, period } of spans) {
    for (const slot of slotsBetween(slotAt(from), slotAt(to))) {
      if (held[slot] === 1) overlap ??= clockOf(slot);
      held[slot] = 1;
      slots[slot] = periodNames.indexOf(period);
    }
  }
  return { slots, overlap };
}

function* slotsBetween(from: number, to: number): Generator<number> {
  const end = to > from ? to : to + slotCount;
  for (let slot = from; slot < end; slot++) yield slot % slotCount;
}

function slotAt(clock: string): number {
  return Number(clock.slice(0, 2)) * 2 + (clock.endsWith('30') ? 1 : 0);
}

function clockOf(slot: number): string {
  return `${String(slot >> 1).padStart(2, '0')}:${slot % 2 === 0 ? '00' : '30'}`;
}
