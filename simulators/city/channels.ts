// What a building's meters count.

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
  'water',
  'gas',
  'heat',
] as const;
export type Channel = (typeof channels)[number];
/** Sub-meters of electricity by kind of use (分项). */
export const subMeters = ['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1'] as const satisfies readonly Channel[];
