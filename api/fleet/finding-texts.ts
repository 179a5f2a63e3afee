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

/** Units for who reads a table. */
export const unitWords = { 'km/h': word('km/h', 'km/h'), m: word('米', 'm'), min: word('分钟', 'min') };

const [used, past] = [word('用车时长', 'time of use'), word('越界距离', 'distance past the edge')];
const fastest = word('最高车速', 'highest speed');

/** What the worst value of a finding is, for who reads a table. */
export const peakWords: Readonly<Record<FleetFindingKind, { readonly zh: string; readonly en: string }>> = {
  speeding: fastest,
  'speeding-in-area': fastest,
  'fence-left': past,
  'fence-entered': past,
  'cross-region': past,
  'out-of-hours': used,
  weekend: used,
  holiday: used,
  sealed: used,
  idling: word('怠速时长', 'time of idling'),
  silent: word('离线时长', 'time of silence'),
  'moved-unseen': word('移动距离', 'distance moved'),
  'trip-without-order': word('行程时长', 'time of the trip'),
  'order-without-trip': word('派车单时长', 'time of the order'),
  'order-started-early': word('提前时长', 'time before the order'),
  'order-ran-over': word('超出时长', 'time beyond the order'),
  'order-partly-covered': word('无派车单时长', 'time without an order'),
  'order-place-missed': word('最近距离', 'nearest distance'),
  'order-route-left': word('偏离距离', 'distance off the way'),
};

function word(zh: string, en: string): { readonly zh: string; readonly en: string } {
  return { zh, en };
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
