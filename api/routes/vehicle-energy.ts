// GET /vehicle-energy and POST /vehicle-energy/reports: what cars took from outside, and its way into the energy accounts.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commodityNames } from '../../core/domain/accounting/commodities.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { wholeYear } from '../accounting/periods.ts';
import type { Target } from '../auth/access.ts';
import { institutionTarget, ofInstitution, reachBelow } from '../fleet/account-forms.ts';
import { reportsOf, vehicleEnergy } from '../fleet/energy.ts';
import { json } from '../http/answers.ts';
import { tidy } from '../http/numbers.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { yearParameter } from './figure-forms.ts';
import { countsOf } from './ledger-rows.ts';
import { authorOf, permitOf, reasonField, writeTimeoutMs } from './writing.ts';

const rowSchema = z.object({
  institution: z.string(),
  commodity: z.enum(commodityNames),
  month: z.string().describe('Its first day.'),
  quantity: z.number().describe('Litres of fuel, kWh of electricity.'),
  amountCny: z.number(),
  over: z.boolean().describe('The month has ended; one that runs is not reported.'),
  reported: z.number().nullable().describe('What the ledger of reports says of the month.'),
  state: z
    .enum(['missing', 'same', 'differs', 'overlap'])
    .describe('Of the report; `overlap`: one of another period stands in the way.'),
});
const answerSchema = z.object({
  rows: z.array(rowSchema).describe('By institution, commodity and month, from the first entry on.'),
  leftOut: z
    .object({ 'on-site': z.int(), 'no-fuel': z.int(), 'no-vehicle': z.int() })
    .describe(
      "Card entries in no row: at own piles (in the building's bill), fuel for an electric car, cars of unknown drive.",
    ),
});

export function addVehicleEnergyRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, times, directory, sight, clock } = context;

  async function energy(institution: string, year: number) {
    const reach = await reachBelow(directory, institution);
    const deps = { registry, calendar, now: clock.now() };
    return vehicleEnergy(deps, await sight.index(), { reach, ...wholeYear(year, calendar) });
  }

  app.get(
    `${prefix}/vehicle-energy`,
    {
      config: { access: { permission: 'accounts:read', scope: institutionTarget } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Energy of cars, for the energy accounts',
        description:
          'Fuel and charging away from home by institution, commodity and month, from the entries of cards, each by whose the car was; ' +
          "beside it what the ledger of reports holds. What own piles gave is in the building's bill, and in no row. No single car is told.",
        querystring: z.strictObject({ institution: ofInstitution, year: yearParameter }),
        response: { 200: json('The months.', answerSchema) },
      },
    },
    async (request) => {
      const { institution, year } = request.query;
      const { rows, leftOut } = await energy(institution, year);
      return {
        rows: rows.map(({ month, to: _, use: __, quantity, amountCny, ...row }) => ({
          ...row,
          month: times.of(month),
          quantity: tidy(quantity),
          amountCny: tidy(amountCny),
        })),
        leftOut,
      };
    },
  );

  app.post(
    `${prefix}/vehicle-energy/reports`,
    {
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'accounts:write', scope: bodyTarget } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Report the energy of cars',
        description:
          'Records the months of a year that are over as reports of use `vehicle` (basis `reported`), all or none. A report of the same ' +
          'institution, commodity and month is replaced, so recording again never counts twice; one of another period that overlaps is ' +
          'refused (`registry.conflict`) and must be taken back first.',
        body: z.strictObject({
          reason: reasonField,
          institution: ofInstitution,
          year: z.int().min(1990).max(2199),
        }),
        response: {
          200: json(
            'Recorded.',
            z.object({
              recorded: z.int(),
              replaced: z.int(),
              unchanged: z.int().describe('Months that stood so already.'),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { reason, institution, year } = request.body;
      const { rows } = await energy(institution, year);
      const barred = rows.find(({ over, state }) => over && state === 'overlap');
      if (barred !== undefined) {
        const message = `${barred.institution}: a report of ${barred.commodity} for vehicles overlaps ${times.of(barred.month).slice(0, 7)} without being of that month; take it back first, by /api/v1/reports/withdrawals`;
        throw new JieyueError('registry.conflict', message);
      }
      const reports = reportsOf(rows);
      const batch = { creating: [], facts: [], definitions: [], bills: [], reports };
      const outcome = await registry.batches.record(batch, authorOf(request, reason), {
        permit: permitOf(request),
      });
      return countsOf(outcome.reports, rows.filter(({ over }) => over).length);
    },
  );
}

function bodyTarget(request: FastifyRequest): Target {
  const { institution } = z.object({ institution: z.string() }).parse(request.body);
  return { kind: 'institution', id: institution };
}
