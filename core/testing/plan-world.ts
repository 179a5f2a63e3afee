// A small world for tests of plans: the world of accounts with a trial plan from 2023 to 2025, named by the city.
import { type PlanProgress, planProgress } from '../../api/accounting/plan-progress.ts';
import type { PointKey } from '../domain/topics.ts';
import { type AccountingWorld, accountingWorld, points } from './accounting-world.ts';
import { by, midnight, testCalendar } from './test-registry.ts';

export const trialPlan = {
  name: { 'zh-CN': '试行', en: 'Trial' },
  baseYear: 2023,
  endYear: 2025,
  boundary: 'statutory',
  basis: 'metered',
  targets: { electricityPerPerson: -0.2 },
  caps: { electricity: 6_000 },
  factorPolicy: { kind: 'year' },
  coefficients: 'gbt2589-2020',
  carbonFactors: 'mee-2021-2023',
  gridRegion: 'national',
};

export const days = (value: number | null, count: number) => Array.from({ length: count }, () => value);

/** What one point uses a day, by year; 2025 until the end of February, or so many days. */
export interface PerDay {
  readonly 2023: number;
  readonly 2024: number;
  readonly 2025: number;
  readonly daysOf2025?: number;
}

export interface PlanWorld extends AccountingWorld {
  progress(institution: string, year: number): Promise<PlanProgress | undefined>;
  /** Every point that is not named uses nothing, and is known to. */
  fill(perDay: Readonly<Partial<Record<PointKey, PerDay>>>): Promise<void>;
  /** An institution below another, with a house, a meter and a number of users. */
  bureau(name: string, parent: string, point: PointKey, staff: number): Promise<string>;
}

/** @param changes of the trial plan */
export async function planWorld(
  changes: Partial<Record<keyof typeof trialPlan, unknown>> = {},
): Promise<PlanWorld> {
  const world = await accountingWorld();
  const { registry, accounting, ids } = world;
  const validFrom = midnight('2023-01-01');
  await registry.definitions.record('plan', 'trial', { ...trialPlan, ...changes }, by);
  await registry.facts.record([{ entity: ids.city, attribute: 'plan', validFrom, value: 'trial' }], by);
  return {
    ...world,

    progress(institution, year) {
      return planProgress({ accounting, registry, calendar: testCalendar }, { institution, year });
    },

    async fill(perDay) {
      const known = [points.east, points.west, points.piles, points.shared];
      const all = new Set<PointKey>([...known, ...(Object.keys(perDay) as PointKey[])]);
      for (const point of all) {
        const own = perDay[point] ?? { 2023: 0, 2024: 0, 2025: 0 };
        const { daysOf2025 = Object.values(perDay)[0]?.daysOf2025 ?? 59 } = own;
        await world.putDays(point, '2023-01-01', days(own[2023], 365));
        await world.putDays(point, '2024-01-01', days(own[2024], 366));
        await world.putDays(point, '2025-01-01', days(own[2025], daysOf2025));
      }
    },

    async bureau(name, parent, point, staff) {
      const { id } = await registry.institutions.create({ name, parent, validFrom }, by);
      const house = await registry.buildings.create(
        { name: `${name} house`, institution: id, validFrom },
        by,
      );
      await registry.points.register(
        { key: point, name, quantities: ['electricity'], validFrom, building: house.id },
        by,
      );
      await registry.facts.record(
        [{ entity: id, attribute: 'energyUsers', validFrom, value: { staff } }],
        by,
      );
      return id;
    },
  };
}

/** The same use a day in all years. */
export function steady(perDay: number, daysOf2025 = 59): PerDay {
  return { 2023: perDay, 2024: perDay, 2025: perDay, daysOf2025 };
}
