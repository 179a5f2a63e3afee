// What a visitor of the demo city comes upon on its first day, whenever that is: the cars' two weeks of past show every kind of finding.
import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/domain/time.ts';
import { fleetSchema } from '../../core/runtime/fleet-config.ts';
import { compareEpisodes } from '../../simulators/fleet/compare.ts';
import { foundOf } from '../../simulators/fleet/found.ts';
import { demoFleet } from './fleet.ts';
import { demoSeed } from './state.ts';

const { masked } = fleetSchema.parse({});
const always = [
  'fence-entered',
  'cross-region',
  'out-of-hours',
  'idling',
  'order-place-missed',
  'trip-without-order',
  'order-without-trip',
  'speeding',
  'speeding-in-area',
  'silent',
  'sealed',
  'fill-over-tank',
  'card-far-from-car',
];

describe.each([
  ['2026-11-23', 'a Monday', ['weekend']],
  ['2026-10-12', 'the Monday after National Day', ['weekend', 'holiday']],
  ['2026-02-24', 'the end of the Spring Festival, after five working days and no weekend', ['holiday']],
])('founded on %s, %s', (date, _, ofCalendar) => {
  const founded = Date.parse(`${date}T00:00+08:00`);
  const fleet = demoFleet(demoSeed, { from: founded - 14 * dayMs, sentTo: null });
  const found = foundOf(fleet);

  it('shows everything on cars whose places may be seen', () => {
    const seen = new Set(fleet.cars.flatMap(({ id, category }) => (masked.includes(category) ? [] : [id])));
    const past = found.episodes.filter(({ car, end }) => seen.has(car) && end < founded);
    const kinds = new Set(past.map(({ finding }) => finding));
    expect([...always, ...ofCalendar].filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('finds all that truly happened, and nothing else', () => {
    const { missed, invented } = compareEpisodes(fleet.truth.expected, found.episodes);
    expect(missed).toEqual([]);
    expect(invented).toEqual([]);
  });
});
