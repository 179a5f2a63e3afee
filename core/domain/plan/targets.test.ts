import { describe, expect, test } from 'vitest';
import { type Plan, planSchema } from '../accounting/definitions.ts';
import { effectiveTargets, type PlanFacts } from './targets.ts';

const plan = (targets: Plan['targets'], caps: Plan['caps'] = {}, document = ''): Plan =>
  planSchema.parse({
    name: { 'zh-CN': '规划', en: 'plan' },
    baseYear: 2020,
    endYear: 2025,
    boundary: 'whole',
    basis: 'billed',
    targets,
    caps,
    coefficients: 'gb',
    carbonFactors: 'grid',
    gridRegion: 'hubei',
    document,
  });

const plans = new Map([
  ['nation', plan({ energyPerPerson: -0.06, waterPerPerson: -0.06 }, {}, 'N-1')],
  ['city', plan({ energyPerPerson: -0.06, waterPerPerson: -0.07 }, { energy: 5000 }, 'C-1')],
]);
const tree = (facts: Record<string, PlanFacts>) => new Map(Object.entries(facts));
const brief = (id: string, facts: Record<string, PlanFacts>) =>
  effectiveTargets(id, tree(facts), plans)?.targets.map(({ indicator, change, origin }) => [
    indicator,
    change,
    origin.kind,
    origin.institution,
    origin.inherited,
    origin.document,
  ]);

describe('effective targets', () => {
  test('a plan is inherited down the tree and says where it was set', () => {
    expect(brief('unit', { city: { parent: null, plan: 'city' }, unit: { parent: 'city' } })).toEqual([
      ['energyPerPerson', -0.06, 'plan', 'city', true, 'C-1'],
      ['waterPerPerson', -0.07, 'plan', 'city', true, 'C-1'],
    ]);
  });

  test('an issued document changes some targets for what is below it; the nearest wins; one without a document is an override', () => {
    const facts: Record<string, PlanFacts> = {
      city: { parent: null, plan: 'city' },
      district: { parent: 'city', planTargets: { targets: { waterPerPerson: -0.05 }, document: 'D-7' } },
      unit: { parent: 'district', planTargets: { targets: { energyPerPerson: -0.1 } } },
    };
    expect(brief('unit', facts)).toEqual([
      ['energyPerPerson', -0.1, 'override', 'unit', false, ''],
      ['waterPerPerson', -0.05, 'document', 'district', true, 'D-7'],
    ]);
    expect(brief('city', facts)?.map(([, change]) => change)).toEqual([-0.06, -0.07]);
    const water = effectiveTargets('unit', tree(facts), plans)?.targets[1];
    expect(water?.planChange).toBe(-0.07);
  });

  test('a plan named further down replaces the one above, and the documents above it with it', () => {
    const facts: Record<string, PlanFacts> = {
      nation: {
        parent: null,
        plan: 'nation',
        planTargets: { targets: { waterPerPerson: -0.2 }, document: 'old' },
      },
      city: { parent: 'nation', plan: 'city' },
    };
    expect(brief('city', facts)?.[1]).toEqual(['waterPerPerson', -0.07, 'plan', 'city', false, 'C-1']);
  });

  test('targets of another plan do not count', () => {
    const facts: Record<string, PlanFacts> = {
      city: {
        parent: null,
        plan: 'city',
        planTargets: { targets: { waterPerPerson: -0.2 }, plan: 'last-plan' },
      },
    };
    expect(brief('city', facts)?.[1]?.[1]).toBe(-0.07);
  });

  test('a cap is of the subtree where it is stated; a decomposed one is nearer', () => {
    const facts: Record<string, PlanFacts> = {
      city: { parent: null, plan: 'city' },
      district: { parent: 'city', planTargets: { targets: {}, caps: { energy: 800 }, document: 'D-7' } },
      unit: { parent: 'district' },
      other: { parent: 'city' },
    };
    const caps = (id: string) =>
      effectiveTargets(id, tree(facts), plans)?.caps.map(({ cap, of }) => [cap, of]);
    expect(caps('unit')).toEqual([[800, 'district']]);
    expect(caps('other')).toEqual([[5000, 'city']]);
  });

  test('null ends a plan from there down, and without any plan there are no targets', () => {
    const facts: Record<string, PlanFacts> = {
      city: { parent: null, plan: 'city' },
      firm: { parent: 'city', plan: null },
      shop: { parent: 'firm' },
    };
    expect(effectiveTargets('shop', tree(facts), plans)).toBeNull();
    expect(effectiveTargets('alone', tree({ alone: { parent: null } }), plans)).toBeNull();
  });

  test('a missing institution, a missing plan and a circle are coded errors that name them', () => {
    expect(() => effectiveTargets('a', tree({ a: { parent: 'b' } }), plans)).toThrow(/no institution b/u);
    expect(() => effectiveTargets('a', tree({ a: { parent: null, plan: 'x' } }), plans)).toThrow(/plan "x"/u);
    const circle = tree({ a: { parent: 'b' }, b: { parent: 'a' } });
    expect(() => effectiveTargets('a', circle, plans)).toThrow(
      expect.objectContaining({ code: 'registry.cycle' }),
    );
  });
});
