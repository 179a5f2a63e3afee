// What a building's meters count.
import type { Item } from '../../core/domain/energy/items.ts';

/** What is counted in a building, each in its carrier's unit. `import` and `export` are at the grid's meter. */
export const channels = [
  'import',
  'export',
  'solar',
  'a1',
  'a2',
  'b1',
  'b2',
  'c1',
  'c2',
  'd1',
  'it',
  'piles',
  'water',
  'gas',
  'heat',
] as const;
export type Channel = (typeof channels)[number];
/** Sub-meters of electricity by kind of use (分项). */
export const subMeters = ['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1'] as const satisfies readonly Channel[];

/** The kind of use that each of them counts. */
export const itemOfSubMeter = {
  a1: 'lighting-and-sockets',
  a2: 'lighting-and-sockets',
  b1: 'air-conditioning',
  b2: 'air-conditioning',
  c1: 'power',
  c2: 'power',
  d1: 'special',
} as const satisfies Record<(typeof subMeters)[number], Item>;
