// GET /vehicle-accounts: per-car accounts (单车核算) of a month or a year, their sums, and what is held against cards and repairs.
import { z } from 'zod';
import { type SumName, sumNames } from '../../core/domain/fleet/accounts/car-account.ts';
import { type CardFinding, cardDefaults } from '../../core/domain/fleet/accounts/card-rules.ts';
import { cardFindingTexts, sumTexts } from '../../core/domain/fleet/accounts/texts.ts';
import { vehicleClasses } from '../../core/domain/fleet/vehicles.ts';
import type { Language } from '../../core/domain/texts.ts';
import {
  accountSchema,
  cardFindingSchema,
  institutionTarget,
  monthParameter,
  ofInstitution,
  ratiosSchema,
  reachBelow,
  stretchOf,
  sumsSchema,
} from '../fleet/account-forms.ts';
import { type AccountedCar, accountsOf } from '../fleet/car-accounts.ts';
import { institutionId } from '../fleet/table-names.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { yearParameter } from './figure-forms.ts';

const timeoutMs = 120_000;

const answerSchema = z.object({
  from: z.string(),
  to: z.string(),
  cars: z.array(accountSchema),
  fleet: z.object({
    sums: sumsSchema,
    ratios: ratiosSchema,
    known: z.record(z.enum(sumNames), z.int()).describe('Of how many cars each sum is known.'),
  }),
  cardFindings: z.array(cardFindingSchema),
  cardUnknowns: z
    .array(z.object({ about: z.string(), reason: z.string(), entries: z.int() }))
    .describe('What could not be said of card entries, and why.'),
  repairs: z
    .array(
      z.object({
        vehicle: z.string(),
        entry: z.string(),
        at: z.string(),
        amountCny: z.number(),
        workshop: z.string().nullable(),
      }),
    )
    .describe('Repairs and maintenance outside of designated workshops (定点维修).'),
});

export function addVehicleAccountRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, times, directory, sight, language } = context;

  app.get(
    `${prefix}/vehicle-accounts`,
    {
      handlerTimeout: timeoutMs,
      config: { access: { permission: 'vehicles:read', scope: institutionTarget } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Per-car accounts (单车核算)',
        description:
          'Mileage, trips, days used, orders, fuel, charging, upkeep and cost of each car, for as long as it was of the institution or ' +
          'one below it; consumption from full tank to full tank; the sums of all; what is held against fuel cards, without places: ' +
          `a card is far from the car where that stood more than ${cardDefaults.farM / 1000} km away for a quarter of an hour before and after. ` +
          'Dispatches are counted from orders that have begun, never from positions. The cars as CSV where `Accept` prefers `text/csv`.',
        querystring: z.strictObject({
          institution: ofInstitution,
          year: yearParameter,
          month: monthParameter.optional(),
        }),
        response: {
          200: jsonOrCsv('The accounts.', answerSchema, z.string().describe('A row for each car.')),
        },
      },
    },
    async (request, reply) => {
      const { institution, year, month } = request.query;
      const { from, to } = stretchOf(year, month, calendar);
      const index = await sight.index();
      const reach = await reachBelow(directory, institution);
      const found = await accountsOf({ registry, calendar }, index, {
        ...{ reach, from, to },
        now: context.clock.now(),
      });
      const spoken = languageOf(request, language);
      if (wantsCsv(request)) {
        const { institutions } = await directory.page();
        const columns = columnsOf((id) => institutions.get(id)?.name ?? id);
        const name = `vehicle-accounts-${year}${month === undefined ? '' : `-${month}`}`;
        return sendCsv(reply, name, csv(columns, found.cars, spoken));
      }
      const describeFinding = ({ kind, start, end, peak, ...rest }: CardFinding) => {
        // Metres from a place that was typed in say where the car was.
        const hides = kind === 'card-far-from-car';
        return {
          ...rest,
          kind: { code: kind, text: cardFindingTexts[kind][spoken] },
          peak: hides ? null : tidyOrNull(peak),
          start: times.of(start),
          end: times.of(end),
          vehicles: [...rest.vehicles],
          cards: [...rest.cards],
          entries: [...rest.entries],
        };
      };
      return {
        from: times.of(from),
        to: times.of(to),
        cars: found.cars.map(describeCar),
        fleet: {
          sums: tidied(found.fleet.sums),
          ratios: tidied(found.fleet.ratios),
          known: found.fleet.known,
        },
        cardFindings: found.cardFindings.map(describeFinding),
        cardUnknowns: counted(found.cardUnknowns),
        repairs: found.repairs.map(({ vehicle, entry, at, amountCny, workshop }) => ({
          vehicle,
          entry,
          at: times.of(at),
          amountCny,
          workshop,
        })),
      };
    },
  );
}

function describeCar({ id, plate, institution, vehicleClass, account, cost }: AccountedCar) {
  const { sums, ratios, mileage, consumption } = account;
  return {
    vehicle: id,
    plate,
    institution,
    vehicleClass,
    sums: tidied(sums),
    ratios: tidied(ratios),
    mileageBy: mileage === null ? null : { ...mileage.choices },
    noFuelFigure: consumption.fuel.reason,
    noChargingFigure: consumption.charging.reason,
    cost: {
      cnyPerKm: tidyOrNull(cost.cnyPerKm),
      medianCnyPerKm: tidyOrNull(cost.medianCnyPerKm),
      cars: cost.cars,
      ratio: tidyOrNull(cost.ratio),
    },
  };
}

function tidied<Name extends string>(
  values: Readonly<Record<Name, number | null>>,
): Record<Name, number | null> {
  const entries = Object.entries<number | null>(values).map(([name, value]) => [name, tidyOrNull(value)]);
  return Object.fromEntries(entries) as Record<Name, number | null>;
}

function counted(unknowns: readonly { readonly about: string; readonly reason: string }[]) {
  const counts = new Map<string, { about: string; reason: string; entries: number }>();
  for (const { about, reason } of unknowns) {
    const key = `${about} ${reason}`;
    const before = counts.get(key) ?? { about, reason, entries: 0 };
    counts.set(key, { ...before, entries: before.entries + 1 });
  }
  return [...counts.values()];
}

function columnsOf(institutionName: (id: string) => string): Column<AccountedCar>[] {
  const heading = (zh: string, en: string): Record<Language, string> => ({ 'zh-CN': zh, en });
  const sum = (name: SumName): Column<AccountedCar> => ({
    heading: sumTexts[name],
    cell: ({ account }) => tidyOrNull(account.sums[name]),
  });
  return [
    { heading: heading('车牌号', 'Plate'), cell: ({ plate }) => plate },
    {
      heading: heading('使用单位', 'Institution'),
      cell: ({ institution }) => institutionName(institution),
    },
    institutionId(({ institution }) => institution),
    {
      heading: heading('车型', 'Class'),
      cell: ({ vehicleClass }, spoken) => vehicleClasses[vehicleClass][spoken],
    },
    ...sumNames.map(sum),
    {
      heading: heading('百公里油耗（升）', 'L/100 km'),
      cell: ({ account }) => tidyOrNull(account.ratios.litresPer100Km),
    },
    {
      heading: heading('百公里电耗（千瓦时）', 'kWh/100 km'),
      cell: ({ account }) => tidyOrNull(account.ratios.kwhPer100Km),
    },
    {
      heading: heading('每公里费用（元）', 'CNY/km'),
      cell: ({ account }) => tidyOrNull(account.ratios.cnyPerKm),
    },
    {
      heading: heading('与同车型中位数之比', 'Of the median of its class'),
      cell: ({ cost }) => tidyOrNull(cost.ratio),
    },
  ];
}
