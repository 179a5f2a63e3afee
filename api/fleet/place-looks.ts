// Lists that show places for those who may see them: what is shown of a place, and the entry of the audit log that comes first.
import { z } from 'zod';
import type { Datum } from '../../core/domain/fleet/datum.ts';
import type { Place } from '../../core/domain/fleet/trips/model.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { AuditAction } from '../../core/registry/audit-contracts.ts';
import type { Principal, Registry } from '../../core/registry/registry.ts';
import type { Reach } from '../auth/access.ts';
import type { Owned } from './found.ts';
import { degrees } from './live.ts';
import type { FleetIndex } from './visibility.ts';

export const placeSchema = z.object({ lat: z.number(), lon: z.number() }).nullable();

/** One answer with places, or without (`purpose` undefined). */
export interface Look {
  readonly index: FleetIndex;
  readonly reach: Reach;
  readonly datum: Datum;
  readonly purpose: string | undefined;
}

/** Where a car was at a time: null unless places were asked for and this one is for who asks. */
export function placeAt(
  look: Look,
  vehicle: string,
  terminal: PointKey,
  ts: number,
  place: Place,
): { lat: number; lon: number } | null {
  // Places are forgotten after as long as positions are kept.
  if (Number.isNaN(place.lat) || !seesPlace(look, vehicle, terminal, ts)) return null;
  return degrees(look.datum, place.lat, place.lon);
}

/** Whether a place of that car at that time may be told to who asks, and was asked for. */
export function seesPlace(
  { index, reach, purpose }: Look,
  vehicle: string,
  terminal: PointKey,
  ts: number,
): boolean {
  return purpose !== undefined && index.showsPlace(reach, vehicle, terminal, ts);
}

/** Resolves when the log holds that these cars' places were shown; at once where none are. */
export async function recordLook(
  { fleet: { audit } }: Pick<Registry, 'fleet'>,
  caller: Principal | null,
  { purpose }: Look,
  looked: {
    readonly action: AuditAction;
    readonly rows: readonly Owned<unknown>[];
    /** The institution that was asked for by its id. */
    readonly institution: string | undefined;
    readonly from: number;
    readonly to: number;
  },
): Promise<void> {
  if (purpose === undefined) return;
  if (caller === null) throw new Error('the guard lets nobody in without a key');
  const { action, rows, institution, from, to } = looked;
  await audit.append({
    principal: caller.id,
    name: caller.name,
    action,
    vehicles: rows.map(({ vehicle }) => vehicle),
    institutions: [institution ?? [], ...rows.map((row) => row.institution ?? [])].flat(),
    from,
    to,
    purpose,
  });
}
