// Findings that say where a car was by being there at all: held against an area, or against the places of an order.

export const placeKinds = [
  'fence-left',
  'fence-entered',
  'speeding-in-area',
  'cross-region',
  'order-place-missed',
  'order-route-left',
] as const;

const told: ReadonlySet<string> = new Set(placeKinds);

/** Of masked cars these are not shown; their area, limit and metres are shown as places are. */
export function tellsPlace(kind: string): boolean {
  return told.has(kind);
}
