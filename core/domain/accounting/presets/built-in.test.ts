import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  boundarySchema,
  carbonFactorSetSchema,
  coefficientSetSchema,
  planSchema,
  quotaSetSchema,
  userRuleSchema,
} from '../definitions.ts';
import { type BuiltInDefinition, builtInDefinitions } from './built-in.ts';
import { kgPerLitre } from './densities.ts';

const schemas: Record<BuiltInDefinition['kind'], z.ZodType> = {
  coefficients: coefficientSetSchema,
  'carbon-factors': carbonFactorSetSchema,
  boundary: boundarySchema,
  'user-rule': userRuleSchema,
  plan: planSchema,
  quota: quotaSetSchema,
};

function value<K extends BuiltInDefinition['kind']>(kind: K, id: string) {
  const found = builtInDefinitions.find((one) => one.kind === kind && one.id === id);
  expect(found, `${kind} ${id}`).toBeDefined();
  return found?.value as Extract<BuiltInDefinition, { kind: K }>['value'];
}

describe('definitions that come with the program', () => {
  it.each(builtInDefinitions.map(({ kind, id, value }) => [kind, id, value] as const))(
    '%s %s is valid and says nothing that its schema would change',
    (kind, id, value) => {
      expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(schemas[kind].parse(value)).toEqual(value);
    },
  );

  it('have each id of a kind once', () => {
    const names = builtInDefinitions.map(({ kind, id }) => `${kind} ${id}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('name only sets that are there, and regions that have a factor', () => {
    for (const definition of builtInDefinitions) {
      if (definition.kind !== 'plan' && definition.kind !== 'quota') continue;
      value('coefficients', definition.value.coefficients);
      value('boundary', definition.value.boundary);
      if (definition.kind !== 'plan') continue;
      const { grid } = value('carbon-factors', definition.value.carbonFactors);
      expect(grid.map(({ region }) => region)).toContain(definition.value.gridRegion);
    }
  });

  it('have no plan for 2026-2030 before its targets are announced', () => {
    const ends = builtInDefinitions.flatMap(({ kind, value }) => (kind === 'plan' ? value.endYear : []));
    expect(ends).toEqual([2025, 2025, 2025]);
  });

  it('leave resale, private charging and deducted space out of the statutory boundary', () => {
    const { uses } = value('boundary', 'statutory');
    expect(uses).toEqual(['building', 'vehicle', 'data-centre', 'heating', 'canteen', 'charging-official']);
  });
});

const facts = new URL('../../../../../shared/facts/', import.meta.url);
/** The facts lie beside the repository where it is developed, and nowhere else. */
const present = existsSync(new URL('factors.json', facts));

describe.skipIf(!present)('definitions against ../shared/facts (skipped where that folder is absent)', () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, facts), 'utf8'));

  it('hold every standard coal coefficient', () => {
    const { standardCoal } = read('factors.json') as {
      standardCoal: { carrier: string; unit: string; kgcePerUnit: number }[];
    };
    const of = (carrier: string) =>
      standardCoal.find((row) => row.carrier === carrier)?.kgcePerUnit ?? Number.NaN;
    const gbt = value('coefficients', 'gbt2589-2020').kgcePerUnit;
    expect(gbt.electricity?.value).toBe(of('electricity'));
    expect(gbt.natural_gas?.value).toBe(of('natural_gas'));
    expect(gbt.raw_coal?.value).toBe(of('raw_coal'));
    expect(gbt.lpg?.value).toBe(of('lpg'));
    expect(gbt.heat?.value).toBeCloseTo(of('heat') * 1000, 9);
    expect(gbt.gasoline?.value).toBeCloseTo(of('gasoline') * kgPerLitre.gasoline, 9);
    expect(gbt.diesel?.value).toBeCloseTo(of('diesel') * kgPerLitre.diesel, 9);
    const own = value('coefficients', 'db37t-2672-2019').kgcePerUnit;
    expect(own.electricity?.value).toBe(of('electricity_equal_value_shandong'));
    expect(own.natural_gas?.value).toBe(of('natural_gas_gasfield'));
  });

  it('hold every grid factor and fuel factor', () => {
    const { gridCarbon, fuelCarbon } = read('factors.json') as {
      gridCarbon: { factors: unknown[] };
      fuelCarbon: { carrier: string; kgCO2PerUnit: number }[];
    };
    const { grid, perUnit } = value('carbon-factors', 'mee-2021-2023');
    expect(grid).toEqual(gridCarbon.factors);
    const litres: Record<string, number> = kgPerLitre;
    for (const { carrier, kgCO2PerUnit } of fuelCarbon) {
      const factor = perUnit[carrier as keyof typeof perUnit]?.kgCO2;
      expect(factor, carrier).toBeCloseTo(kgCO2PerUnit * (litres[carrier] ?? 1), 9);
    }
  });

  it('hold the plans', () => {
    const { plans } = read('plans.json') as { plans: { id: string; targets: unknown; baseYear: number }[] };
    for (const { id, targets, baseYear } of plans) {
      expect(value('plan', id)).toMatchObject({ targets, baseYear, endYear: 2025, basis: 'billed' });
    }
  });

  it('hold the example of quotas', () => {
    const { quotaExample } = read('factors.json') as { quotaExample: Record<string, number[]> };
    const limits = value('quota', 'db37t-2672-2019').rows.map((row) => row.limits);
    const { kgcePerM2, kWhPerM2, kgcePerPerson } = quotaExample;
    expect(limits).toEqual([kgcePerM2, kWhPerM2, kgcePerPerson]);
  });
});
