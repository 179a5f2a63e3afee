// Parameters that questions about cars have in common, and what they are about.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import { type Datum, datums } from '../../core/domain/fleet/datum.ts';
import { kindNames } from '../../core/registry/words/names.ts';
import { covers, type Reach } from '../auth/access.ts';
import { notFound } from '../auth/guard.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import type { Directory } from '../queries/directory.ts';
import { type FleetIndex, narrowed } from './visibility.ts';

const purposeText = 'expected what the positions are looked at for, in 1 to 500 characters';

export const purposeParameter = z
  .string(purposeText)
  .trim()
  .min(1, purposeText)
  .max(500, purposeText)
  .meta({
    description: 'What the positions are looked at for; it is written to the audit log.',
    examples: ['complaint 2026-118'],
  });

export const datumParameter = z
  .enum(datums)
  .default('wgs84' satisfies Datum)
  .meta({
    description: 'Of the coordinates: `gcj02` for maps of AMap and Tencent, `bd09` for those of Baidu.',
  });

export const yes = (description: string) => z.enum(['true', 'false']).default('false').meta({ description });

export const institutionParameter = entityIdParameter(
  'Only cars of this institution and those below it.',
).optional();

export const vehicleParameter = entityIdParameter('Only this car.').optional();

/** With places, and what for. */
export const placesParameters = {
  places: yes('Also where it was: needs `purpose`, and the permission `positions:read`.'),
  purpose: purposeParameter.optional(),
};

/** Whether a request asks for places; where it is not clear, it does. */
export function asksPlaces(query: unknown): boolean {
  const said: unknown =
    typeof query === 'object' && query !== null ? Reflect.get(query, 'places') : undefined;
  return said !== undefined && said !== 'false';
}

/** @throws JieyueError `api.bad-request` for places without a purpose */
export function purposeOf(query: {
  places: 'true' | 'false';
  purpose?: string | undefined;
}): string | undefined {
  if (query.places === 'false') return undefined;
  if (query.purpose !== undefined) return query.purpose;
  throw new JieyueError('api.bad-request', `purpose is missing; with places=true, ${purposeText}`);
}

/** The reach within the institution that was asked for. @throws JieyueError `registry.not-found` for a foreign one */
export async function reachWithin(
  reach: Reach,
  institution: string | undefined,
  directory: Directory,
): Promise<Reach> {
  if (institution === undefined) return reach;
  const found = await directory.institution(institution);
  if (found === undefined || !covers(reach, institution)) {
    throw notFound({ kind: 'institution', id: institution });
  }
  return narrowed(reach, (await directory.page()).subtree(institution));
}

/** @throws JieyueError `registry.not-found` in the same words whether there is no such car or it is foreign */
export function requireVehicle(
  index: FleetIndex,
  reach: Reach,
  vehicle: string,
  from: number,
  to: number,
): void {
  if (index.within(reach, vehicle, from, to)) return;
  throw notFoundVehicle(vehicle);
}

export function notFoundVehicle(id: string): JieyueError {
  const values = { kind: kindNames.vehicle, id, list: 'vehicles' };
  return new JieyueError('registry.not-found', sayOfRequests('entity.none', values));
}
