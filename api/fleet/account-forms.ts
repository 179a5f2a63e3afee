// What questions about accounts of cars have in common: the institution, the year or month, and the form of the answers.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sumNames } from '../../core/domain/fleet/accounts/car-account.ts';
import { cardFindingKinds } from '../../core/domain/fleet/accounts/card-rules.ts';
import { vehicleClassNames } from '../../core/domain/fleet/vehicles.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { type Period, startOfMonth, wholeYear } from '../accounting/periods.ts';
import type { Reach, Target } from '../auth/access.ts';
import { entityIdParameter } from '../http/parameters.ts';
import type { Directory } from '../queries/directory.ts';

export function institutionTarget(request: FastifyRequest): Target {
  const { institution } = z.object({ institution: z.string() }).parse(request.query);
  return { kind: 'institution', id: institution };
}

export const ofInstitution = entityIdParameter('The institution; the cars of all below it too.');

export const monthParameter = z
  .string()
  .regex(/^(?:0?[1-9]|1[0-2])$/, 'expected a month, 1 to 12')
  .transform(Number)
  .meta({ description: 'A month of the year, 1 to 12.', examples: ['6'] });

/** The year, or the month of it. */
export function stretchOf(year: number, month: number | undefined, calendar: Calendar): Period {
  if (month === undefined) return wholeYear(year, calendar);
  return { from: startOfMonth(year, month, calendar), to: startOfMonth(year, month + 1, calendar) };
}

/** The institution and all below it; the guard has found it to be of the caller's. */
export async function reachBelow(directory: Directory, institution: string): Promise<Reach> {
  return { everything: false, institutions: (await directory.page()).subtree(institution) };
}

const sumsShape = Object.fromEntries(sumNames.map((name) => [name, z.number().nullable()]));
const figure = z.number().nullable();
export const sumsSchema = z
  .object(sumsShape)
  .describe('Null: nothing is known of it, which is not 0. Full to full: `fuelSpanL` over `fuelSpanKm`.');
export const ratiosSchema = z.object({
  litresPer100Km: figure.describe('From full tank to full tank.'),
  kwhPer100Km: figure,
  cnyPerKm: figure.describe('All recorded cost over all known kilometres.'),
});

export const accountSchema = z.object({
  vehicle: z.string(),
  plate: z.string(),
  institution: z.string().describe('Whose it was last in that time.'),
  vehicleClass: z.enum(vehicleClassNames),
  sums: sumsSchema,
  ratios: ratiosSchema,
  mileageBy: z
    .record(z.string(), z.int())
    .nullable()
    .describe('Trips by what measured them (`odometer`, or positions because …); null: no positions.'),
  noFuelFigure: z.string().nullable().describe('Why there is no consumption: `no-span` or `no-distance`.'),
  noChargingFigure: z.string().nullable(),
  cost: z
    .object({
      cnyPerKm: figure.describe('Null: it drove too little to say.'),
      medianCnyPerKm: figure.describe('The middle of its class; null: too few cars are known.'),
      cars: z.int().describe('Of the class that are known.'),
      ratio: figure,
    })
    .describe('Against cars of its class in this answer.'),
});

export const cardFindingSchema = z.object({
  kind: z.object({
    code: z.enum(cardFindingKinds),
    text: z.string().describe('In the language of `Accept-Language`.'),
  }),
  vehicles: z.array(z.string()),
  cards: z.array(z.string()),
  entries: z.array(z.string()).describe('Ids of the card entries that prove it.'),
  start: z.string(),
  end: z.string(),
  peak: figure.describe(
    'Litres, kWh, metres, or a number of cars or cards; null: a distance of a masked car.',
  ),
  limit: z.number().describe('What it is held against, in the same unit.'),
});
