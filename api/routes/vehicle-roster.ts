// GET /vehicle-permits and /vehicle-shares: cars as a stock, against permitted numbers (编制数) and new-energy targets.
import { z } from 'zod';
import { replacementShare, stockShare } from '../../core/domain/fleet/accounts/new-energy.ts';
import {
  type PermitTotals,
  permitTable,
  type RosterVehicle,
  renewalDefaults,
  renewals,
  thereOn,
} from '../../core/domain/fleet/accounts/roster.ts';
import { dues } from '../../core/domain/fleet/accounts/upkeep.ts';
import { vehicleCategories, vehicleCategoryNames } from '../../core/domain/fleet/vehicles.ts';
import { dayMs } from '../../core/domain/time.ts';
import { newEnergyTargetSchema, vehiclePermitsSchema } from '../../core/registry/attributes/institution.ts';
import { wholeYear } from '../accounting/periods.ts';
import { covers, type Reach } from '../auth/access.ts';
import { institutionTarget, ofInstitution, reachBelow } from '../fleet/account-forms.ts';
import { institutionId } from '../fleet/table-names.ts';
import { json, jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { timeParameter } from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { yearParameter } from './figure-forms.ts';

const count = z.int().nullable();
const permitShape = {
  permitted: count.describe('编制数; null: none is recorded.'),
  actual: z.int().describe('Owned. Leased cars take no permitted number.'),
  leased: z.int(),
  over: count.describe('Beyond what is permitted.'),
  free: count,
};
const rowSchema = z.object({
  institution: z.string(),
  category: z.enum(vehicleCategoryNames),
  ...permitShape,
});
const totalsSchema = z.object({
  ...permitShape,
  withoutNumber: z.int().describe('Cars of rows without a permitted number.'),
});
const share = z.number().nullable();
const shareShape = {
  cars: z.int(),
  newEnergy: z.int(),
  battery: z.int(),
  plugIn: z.int(),
  fuelCell: z.int(),
  share: share.describe('Null: there are no cars.'),
  batteryShare: share,
  plugInShare: share,
  target: share.describe('Least share: the fact `newEnergyTarget` of the institution or the nearest above.'),
  met: z.boolean().nullable(),
  missing: z.int().nullable().describe('New-energy cars that lack for the target.'),
};

/** Insurance and inspection are renewed every year or two. */
const dueBackMs = 3 * 366 * dayMs;

export function addVehicleRosterRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, directory, clock, language } = context;

  async function roster(at: number, reach: Reach): Promise<(RosterVehicle & { plate: string })[]> {
    const all = await registry.fleet.vehicles.list(at);
    return all.flatMap(({ institution, ...car }) =>
      institution !== null && covers(reach, institution) ? [{ ...car, institution }] : [],
    );
  }

  app.get(
    `${prefix}/vehicle-permits`,
    {
      config: { access: { permission: 'vehicles:read', scope: institutionTarget } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Permitted and actual numbers of cars (编制)',
        description:
          'By unit and category, at the end of a day: permitted, owned, leased, over and free; cars that may be renewed (更新) by ' +
          `${renewalDefaults.source}; insurance and inspection that are over or end within 30 days. Rows as CSV where \`Accept\` ` +
          'prefers `text/csv`.',
        querystring: z.strictObject({
          institution: ofInstitution,
          at: timeParameter(calendar, 'A day; left out: today.').optional(),
        }),
        response: {
          200: jsonOrCsv(
            'The numbers.',
            z.object({
              date: z.string(),
              rows: z.array(rowSchema).describe('Units and categories with a number or a car.'),
              total: totalsSchema,
              byCategory: z.array(totalsSchema.extend({ category: z.enum(vehicleCategoryNames) })),
              renewals: z.array(
                z.object({
                  vehicle: z.string(),
                  plate: z.string(),
                  state: z.enum(['may-be-renewed', 'unknown']),
                  from: z.string().nullable(),
                  ageYears: z.number().nullable(),
                }),
              ),
              dues: z.array(
                z.object({
                  vehicle: z.string(),
                  plate: z.string(),
                  kind: z.enum(['insurance', 'inspection']),
                  dueOn: z.string().nullable(),
                  state: z.enum(['due-soon', 'overdue', 'unknown']),
                  days: z.int().nullable(),
                }),
              ),
            }),
            z.string(),
          ),
        },
      },
    },
    async (request, reply) => {
      const { institution } = request.query;
      const at = request.query.at ?? clock.now();
      const date = calendar.format(at).slice(0, 10);
      const reach = await reachBelow(directory, institution);
      const cars = await roster(at, reach);
      const said = await registry.facts.allAt('vehiclePermits', at);
      const permits = new Map<string, z.infer<typeof vehiclePermitsSchema>>();
      for (const [id, { value }] of said) {
        const parsed = vehiclePermitsSchema.safeParse(value);
        if (covers(reach, id) && parsed.success) permits.set(id, parsed.data);
      }
      const table = permitTable(cars, permits, date);
      if (wantsCsv(request)) {
        const { institutions } = await directory.page();
        const columns = permitColumns((id) => institutions.get(id)?.name ?? id);
        return sendCsv(
          reply,
          `vehicle-permits-${date}`,
          csv(columns, table.rows, languageOf(request, language)),
        );
      }
      const plates = new Map(cars.map(({ id, plate }) => [id, plate]));
      const plateOf = (id: string) => plates.get(id) ?? id;
      const there = cars.filter((car) => thereOn(car, date)).map(({ id }) => id);
      const upkeep = await registry.fleet.upkeep.list({ vehicles: there, from: at - dueBackMs, to: at });
      const due = dues(
        there,
        upkeep.map(({ id, value }) => ({ id, ...value })),
        date,
      );
      return {
        date,
        rows: table.rows.map((row) => ({ ...row })),
        total: totalsOf(table.total),
        byCategory: [...table.byCategory].map(([category, totals]) => ({ category, ...totalsOf(totals) })),
        renewals: renewals(cars, () => null, date).flatMap(({ vehicle, state, from, ageYears }) =>
          state === 'not-yet'
            ? []
            : [{ vehicle, plate: plateOf(vehicle), state, from, ageYears: tidyOrNull(ageYears) }],
        ),
        dues: due.flatMap(({ vehicle, kind, dueOn, state, days }) =>
          state === 'valid' ? [] : [{ vehicle, plate: plateOf(vehicle), kind, dueOn, state, days }],
        ),
      };
    },
  );

  app.get(
    `${prefix}/vehicle-shares`,
    {
      config: { access: { permission: 'vehicles:read', scope: institutionTarget } },
      schema: {
        tags: [tags.vehicles],
        summary: 'New-energy shares (新能源)',
        description:
          'Of the cars bought in a year in place of others, and of the stock at its end (of the running year: today): two different ' +
          'questions, apart; battery, plug-in and fuel cell apart. Owned cars alone.',
        querystring: z.strictObject({ institution: ofInstitution, year: yearParameter }),
        response: {
          200: json(
            'The shares.',
            z.object({
              year: z.int(),
              replacements: z.object({
                ...shareShape,
                additions: z.int().describe('Bought in place of no other: in no share.'),
              }),
              stock: z.object({ ...shareShape, date: z.string() }),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { institution, year } = request.query;
      const at = Math.min(clock.now(), wholeYear(year, calendar).to - 1);
      const date = calendar.format(at).slice(0, 10);
      const cars = await roster(at, await reachBelow(directory, institution));
      const target = await targetOf(institution, at);
      const { year: _, ...replaced } = replacementShare(cars, year, target.replacements ?? null);
      return {
        year,
        replacements: { ...replaced },
        stock: { date, ...stockShare(cars, date, target.stock ?? null) },
      };
    },
  );

  async function targetOf(institution: string, at: number) {
    const said = await registry.facts.allAt('newEnergyTarget', at);
    const { institutions } = await directory.page();
    const seen = new Set<string>();
    for (let id: string | null = institution; id !== null && !seen.has(id); ) {
      seen.add(id);
      const parsed = newEnergyTargetSchema.safeParse(said.get(id)?.value);
      if (parsed.success) return parsed.data;
      id = institutions.get(id)?.parent ?? null;
    }
    return {};
  }
}

function totalsOf({ permitted, actual, leased, over, free, withoutNumber }: PermitTotals) {
  return { permitted, actual, leased, over, free, withoutNumber };
}

type PermitRow = ReturnType<typeof permitTable>['rows'][number];

function permitColumns(institutionName: (id: string) => string): Column<PermitRow>[] {
  return [
    {
      heading: { 'zh-CN': '单位', en: 'Institution' },
      cell: ({ institution }) => institutionName(institution),
    },
    institutionId(({ institution }) => institution),
    {
      heading: { 'zh-CN': '编制类别', en: 'Category' },
      cell: ({ category }, spoken) => vehicleCategories[category][spoken],
    },
    { heading: { 'zh-CN': '编制数', en: 'Permitted' }, cell: ({ permitted }) => permitted },
    { heading: { 'zh-CN': '实有数', en: 'Owned' }, cell: ({ actual }) => actual },
    { heading: { 'zh-CN': '租赁', en: 'Leased' }, cell: ({ leased }) => leased },
    { heading: { 'zh-CN': '超编', en: 'Over' }, cell: ({ over }) => over },
    { heading: { 'zh-CN': '空编', en: 'Free' }, cell: ({ free }) => free },
  ];
}
