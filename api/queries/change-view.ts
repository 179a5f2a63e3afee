// What a reader may see of an entry of the list of changes: nothing of entities that the key does not cover, and of values what the
// other permissions allow; what is left out is said.
import { z } from 'zod';
import type { Language } from '../../core/domain/texts.ts';
import type { EntityKind } from '../../core/registry/attributes/attribute.ts';
import type { ChangedEntity, ChangeEntry, ChangeKind, Said } from '../../core/registry/change-contracts.ts';
import type { FleetKind } from '../../core/registry/fleet-contracts.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { Permission } from '../auth/permissions.ts';
import { cardForm, fenceForm, orderForm, sealForm, upkeepForm } from '../fleet/record-forms.ts';
import type { TimeText } from '../http/time-text.ts';
import { wordOf } from '../http/words.ts';

export const withheldWords = {
  foreign: { zh: '其他单位的对象', en: 'Of others, which the key does not cover' },
  values: { zh: '无权查看的内容', en: 'Values that take another permission' },
  places: { zh: '地点与围栏形状', en: 'Places and shapes of fences' },
  masked: { zh: '涉密类别车辆的地点', en: 'Places of a car of a masked category' },
  coordinates: { zh: '坐标（不予显示）', en: 'Coordinates, which are shown to nobody' },
} as const;
export type WithheldCode = keyof typeof withheldWords;

export const valuePermissions = ['accounts:read', 'vehicles:read', 'energy:read', 'positions:read'] as const;
export type ValuePermission = (typeof valuePermissions)[number] & Permission;

/** What the caller sees by each permission. */
export interface ChangeSight {
  /** By `audit:read`. */
  readonly entries: Reach;
  readonly values: Readonly<Record<ValuePermission, Reach>>;
  readonly isMasked: (vehicle: string, ts: number) => boolean;
}

export interface ShownSide {
  readonly from: string | null;
  readonly to: string | null;
  readonly value: unknown;
}

export interface ShownChange {
  /** `null`: that of another institution. */
  readonly entity: (ChangedEntity & { readonly name: string | null }) | null;
  /** `null`: withdrawn, or of another institution. */
  readonly after: ShownSide | null;
  readonly before: readonly ShownSide[];
  /** Id → name of those that values name. */
  readonly names: Readonly<Record<string, string>>;
  readonly institutions: readonly string[];
  /** How many more institutions it belongs to. */
  readonly others: number;
  readonly withheld: ReadonlyMap<WithheldCode, ValuePermission | null>;
}

export function shownChange(entry: ChangeEntry, sight: ChangeSight, times: TimeText): ShownChange {
  const withheld = new Map<WithheldCode, ValuePermission | null>();
  const isSeen = ({ institutions }: Pick<Said, 'institutions'>) => isOneOf(sight.entries, institutions);
  const all = entry.after === null ? entry.before : [entry.after, ...entry.before];
  const seen = all.filter(isSeen);
  if (seen.length < all.length) withheld.set('foreign', null);

  const own = new Set(seen.map(({ entity }) => entity.id));
  const named = [...entry.mentions].filter(([id]) => !own.has(id));
  const hidden = new Set(named.filter(([, mention]) => !isSeen(mention)).map(([id]) => id));
  const shown = (side: Said): ShownSide => {
    const value = allowedValue(entry.kind, side, sight, times, withheld);
    const without = replaced(value, (id) => (hidden.has(id) ? null : id));
    if (without !== value) withheld.set('foreign', null);
    return { from: times.orNull(side.from), to: times.orNull(side.to), value: without };
  };
  const after = entry.after !== null && isSeen(entry.after) ? shown(entry.after) : null;
  const before = entry.before.filter(isSeen).map(shown);
  const [first] = seen;
  const isNamed = !withheld.has('values');
  const names = named.flatMap(([id, { name }]) =>
    hidden.has(id) || name === null || !isNamed ? [] : [[id, name] as const],
  );
  const institutions = entry.institutions.filter((id) => covers(sight.entries, id));
  return {
    entity: first
      ? { ...first.entity, name: isNamed ? (entry.mentions.get(first.entity.id)?.name ?? null) : null }
      : null,
    after,
    before,
    names: Object.fromEntries(names),
    institutions,
    others: entry.institutions.length - institutions.length,
    withheld,
  };
}

const fleetForms = {
  order: orderForm,
  fence: fenceForm,
  seal: sealForm,
  card: cardForm,
  upkeep: upkeepForm,
} as const;

function permissionOf(kind: ChangeKind, of: EntityKind | 'definition'): ValuePermission {
  if (kind in fleetForms || of === 'vehicle') return 'vehicles:read';
  return kind === 'snapshot' || kind === 'correction' ? 'energy:read' : 'accounts:read';
}

/** The value as its own routes would give it, without what the reader may not see. */
function allowedValue(
  kind: ChangeKind,
  { entity, institutions, from, value }: Said,
  { values, isMasked }: ChangeSight,
  times: TimeText,
  withheld: Map<WithheldCode, ValuePermission | null>,
): unknown {
  const needed = permissionOf(kind, entity.kind);
  const reach = values[needed];
  // Definitions are for all who have the permission anywhere.
  const isAllowed =
    kind === 'definition' ? reach.everything || reach.institutions.size > 0 : isOneOf(reach, institutions);
  if (!isAllowed) {
    withheld.set('values', needed);
    return null;
  }
  if (!isFleetKind(kind)) return value;
  const places = values['positions:read'];
  const seesPlaces =
    places.everything || (institutions.length > 0 && institutions.every((id) => covers(places, id)));
  const masked = entity.kind === 'vehicle' && isMasked(entity.id, from ?? 0);
  if (hasPlaces(value)) {
    if (masked) withheld.set('masked', null);
    else if (!seesPlaces) withheld.set('places', 'positions:read');
    else if (kind !== 'fence' && hasCoordinates(value)) withheld.set('coordinates', null);
  }
  return described(kind, value, times, masked || !seesPlaces);
}

function described(kind: FleetKind, value: unknown, times: TimeText, hidden: boolean): object {
  const describe = fleetForms[kind].describe as (value: unknown, times: TimeText, masked: boolean) => object;
  const { masked: _, shape, ...rest } = describe(value, times, hidden) as Record<string, unknown>;
  if (kind !== 'fence') return rest;
  return { ...rest, shape: hidden ? null : shape };
}

function isFleetKind(kind: ChangeKind): kind is FleetKind {
  return kind in fleetForms;
}

interface Place {
  readonly lat?: number | null;
}

/** The fields of records that tell where something is. */
interface Places extends Place {
  readonly shape?: unknown;
  readonly origin?: Place | null;
  readonly destination?: Place | null;
  readonly via?: readonly Place[];
  readonly place?: string;
  readonly station?: string | null;
}

function hasPlaces(value: unknown): boolean {
  const { shape, origin, destination, via, place, station, lat } = value as Places;
  return [shape, origin, destination, place, station, lat, via?.[0]].some((said) => (said ?? null) !== null);
}

function hasCoordinates(value: unknown): boolean {
  const { lat, origin, destination, via = [] } = value as Places;
  return [{ lat }, origin, destination, ...via].some((place) => (place?.lat ?? null) !== null);
}

/** What belongs to no institution is covered by a grant over everything only. */
function isOneOf(reach: Reach, institutions: readonly string[]): boolean {
  return reach.everything || institutions.some((id) => reach.institutions.has(id));
}

/** A value with other texts in the place of some; the same one where none is. */
export function replaced(value: unknown, by: (text: string) => string | null): unknown {
  if (typeof value === 'string') return by(value);
  if (Array.isArray(value)) {
    const parts = value.map((part) => replaced(part, by));
    return parts.some((part, index) => part !== value[index]) ? parts : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, replaced(part, by)] as const);
  return parts.some(([name, part]) => part !== Reflect.get(value, name)) ? Object.fromEntries(parts) : value;
}

export const withheldSchema = z.object({
  code: z.enum(Object.keys(withheldWords) as [WithheldCode, ...WithheldCode[]]),
  text: z.string(),
  needs: z.enum(valuePermissions).nullable().describe('The permission that would show it; null: none does.'),
});

export function withheldText(withheld: ShownChange['withheld'], language: Language) {
  return [...withheld].map(([code, needs]) => ({ ...wordOf(withheldWords, code, language), needs }));
}
