// Findings in answers: kinds with their words, units, and the area, order place or seal that one is about by name.
import { findingTexts } from '../../core/domain/fleet/findings/texts.ts';
import { orderFindingTexts } from '../../core/domain/fleet/orders/texts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { FleetFindingKind, TrackFinding } from '../../core/registry/track-contracts.ts';

const titles = { ...findingTexts, ...orderFindingTexts };

export const findingWords = Object.fromEntries(
  Object.entries(titles).map(([kind, title]) => [kind, { zh: title['zh-CN'], en: title.en }]),
) as Record<FleetFindingKind, { zh: string; en: string }>;

export const findingKindNames = Object.keys(titles) as [FleetFindingKind, ...FleetFindingKind[]];

/** Of `peak` and `limit`. */
export const peakUnits = ['km/h', 'm', 'min'] as const;
export function peakUnit(kind: FleetFindingKind): (typeof peakUnits)[number] {
  switch (kind) {
    case 'speeding':
    case 'speeding-in-area':
      return 'km/h';
    case 'fence-left':
    case 'fence-entered':
    case 'cross-region':
    case 'moved-unseen':
    case 'order-place-missed':
    case 'order-route-left':
      return 'm';
    default:
      return 'min';
  }
}

/** Where these name something, it is a seal. */
const ofSeals: ReadonlySet<string> = new Set(['sealed', 'moved-unseen', 'silent']);

/** What `where` of these findings is called: the name of a fence, the place of a seal, or what stands there. */
export async function whereNames(
  { fleet }: Pick<Registry, 'fleet'>,
  findings: readonly Pick<TrackFinding, 'kind' | 'where'>[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { kind, where } of findings) {
    if (where === undefined || names.has(where)) continue;
    // The place of an order is said by its name already; areas that overlap stand together.
    if (kind.startsWith('order-')) names.set(where, where);
    else if (ofSeals.has(kind)) names.set(where, (await fleet.seals.get(where))?.value.place ?? where);
    else {
      const areas = where.split('+').map(async (id) => (await fleet.fences.get(id))?.value.name ?? id);
      names.set(where, (await Promise.all(areas)).join('、'));
    }
  }
  return names;
}
