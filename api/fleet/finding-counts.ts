// Numbers of findings by institution and kind: each of the institution that the car belonged to when it began.
import { tellsPlace } from '../../core/domain/fleet/findings/place-kinds.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { FleetFindingKind } from '../../core/registry/track-contracts.ts';
import type { FleetIndex } from './visibility.ts';

export interface Counted {
  readonly kinds: Map<FleetFindingKind, number>;
  readonly vehicles: Set<string>;
}

/**
 * Institution → its numbers. Cars of nobody are left out, and of masked cars the kinds that say where they were.
 * @param terminals only what was found on tracks of these; left out: on all
 */
export async function countsOf(
  { tracks }: Pick<Registry, 'tracks'>,
  index: FleetIndex,
  from: number,
  to: number,
  terminals?: ReadonlySet<PointKey>,
): Promise<ReadonlyMap<string, Counted>> {
  const found = new Map<string, Counted>();
  const edges = index.changes(from, to);
  for (const [place, begin] of [from, ...edges].entries()) {
    const end = edges[place] ?? to;
    for (const { vehicle, terminal, kind, count } of await tracks.counts(begin, end)) {
      if (terminals?.has(terminal) === false) continue;
      const institution = vehicle === null ? null : index.ownerAt(vehicle, begin);
      if (vehicle === null || institution === null) continue;
      if (tellsPlace(kind) && index.isMasked(vehicle, begin)) continue;
      const counted = found.get(institution) ?? { kinds: new Map(), vehicles: new Set() };
      counted.kinds.set(kind, (counted.kinds.get(kind) ?? 0) + count);
      counted.vehicles.add(vehicle);
      found.set(institution, counted);
    }
  }
  return found;
}
