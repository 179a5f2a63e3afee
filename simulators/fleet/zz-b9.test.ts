import { expect, it } from 'vitest';
import { fleetCity } from './city.ts';
import { compareEpisodes } from './compare.ts';
import { foundOf } from './found.ts';
it.each([11, 12, 13, 14, 21, 22, 24, 31])('seed %i', (seed) => {
  for (const [from, misconduct] of [['2026-09-28', 2], ['2026-03-02', 2], ['2026-03-02', 0]] as const) {
    const fleet = fleetCity({ seed, cars: 30, days: 14, from: Date.parse(`${from}T00:00+08:00`), misconduct });
    const found = foundOf(fleet);
    const { missed, invented, found: right } = compareEpisodes(fleet.truth.expected, found.episodes);
    console.log(seed, from, misconduct, 'unseen found', right.filter((e) => e.finding === 'moved-unseen').length, 'episodes', found.episodes.filter((e) => e.finding === 'moved-unseen').length, 'missed', JSON.stringify(missed.map((m) => [m.finding, m.car])), 'invented', JSON.stringify(invented));
  }
  expect(1).toBe(1);
}, 120_000);
