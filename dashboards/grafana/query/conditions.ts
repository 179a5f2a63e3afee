// Conditions that every board needs: rows whose value is known, of one bucket, of the chosen thing.

import { totalItem } from '../../../core/domain/board-series.ts';
import type { Bucket } from '../../../core/domain/time.ts';
import type { Carrier } from '../../../core/domain/units.ts';
import { begins, chosen, is } from './ask.ts';
import { sources } from './sources.ts';

const { consumption, nights, dayHours } = sources;

/** A row whose value is not known says nothing: it must never be shown as 0. */
export const known = is(consumption, 'known', 1);
export const lastYearKnown = is(consumption, 'last_year_known', 1);
export const changeKnown = is(consumption, 'change_known', 1);
export const total = is(consumption, 'item', totalItem);

export function ofBucket(bucket: Bucket): string {
  return is(consumption, 'bucket', bucket);
}

/** The year, or the month, of the board's variable: one row of each thing, whatever range of time is shown. */
export const ofYear: readonly string[] = [ofBucket('year'), chosen(consumption, 'period', 'period')];
export const ofMonth: readonly string[] = [ofBucket('month'), chosen(consumption, 'period', 'month')];
/** All months of the year of the board's variable. */
export const monthsOfYear: readonly string[] = [ofBucket('month'), begins(consumption, 'period', 'period')];

/** The carrier of the variable, or this one. */
export function ofCarrier(carrier: Carrier | 'chosen'): string {
  return carrier === 'chosen'
    ? chosen(consumption, 'carrier', 'carrier')
    : is(consumption, 'carrier', carrier);
}

/** The chosen institution (its whole subtree) or building. */
export function ofChosen(kind: 'institution' | 'building'): readonly string[] {
  return [is(consumption, 'kind', kind), chosen(consumption, 'of', kind)];
}

/** Beside `known`: a night may be known and none before it. */
export const usualKnown = is(nights, 'usual_known', 1);

/** Nights of a carrier, in the chosen building or in all of the chosen institution. */
export function knownNights(carrier: Carrier): readonly string[] {
  return [is(nights, 'carrier', carrier), is(nights, 'known', 1)];
}

export function knownDayHours(carrier: Carrier): readonly string[] {
  return [
    chosen(dayHours, 'building', 'building'),
    is(dayHours, 'carrier', carrier),
    is(dayHours, 'known', 1),
  ];
}
