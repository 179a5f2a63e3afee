// Figures of an institution are under its own plan and region of the grid, unless the question says otherwise.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { points } from '../../core/testing/accounting-world.ts';
import { type PlanWorld, planWorld, steady } from '../../core/testing/plan-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { wholeYear } from './periods.ts';
import type { TermsQuestion } from './terms.ts';

let world: PlanWorld;
beforeEach(async () => {
  world = await planWorld({ boundary: 'everything' });
  await world.fill({ [points.east]: steady(10), [points.piles]: steady(1) });
});
afterEach(() => world.end());

async function ask(institution: string, year = 2024, terms: TermsQuestion = {}) {
  const question = {
    institution,
    indicators: ['carbon'] as const,
    period: wholeYear(year, testCalendar),
    terms,
  };
  const { figures, ...under } = await world.accounting.figures(question);
  return { ...under, carbon: figures[0]?.value ?? Number.NaN, figure: figures[0] };
}

const record = (entity: string, attribute: string, from: string, value: string | null) =>
  world.registry.facts.record([{ entity, attribute, validFrom: midnight(from), value }], by);

describe('terms that a question leaves out', () => {
  it('are those of the plan in force at the period’s end, inherited down the tree, and the answer says so', async () => {
    const answer = await ask(world.ids.east);
    expect(answer.plan).toEqual({ id: 'trial', version: 1 });
    expect(answer.terms).toMatchObject({ boundary: { id: 'everything' }, basis: 'metered' });
    expect(answer.figure).toMatchObject({ boundary: { id: 'everything' }, basis: 'metered' });
  });

  it('are of the default plan where none is in force then', async () => {
    await record(world.ids.east, 'plan', '2024-07-01', null);
    const ofDefault = { plan: { id: 'national-14' }, terms: { basis: 'billed' } };
    await expect(ask(world.ids.east, 2024)).resolves.toMatchObject(ofDefault);
    await expect(ask(world.ids.city, 2024)).resolves.toMatchObject({ plan: { id: 'trial' } });
    await expect(ask(world.ids.east, 2023)).resolves.toMatchObject({ plan: { id: 'trial' } });
  });

  it('are what the question says, where it says something', async () => {
    const terms = { plan: 'national-14', basis: 'metered', boundary: 'statutory' } as const;
    await expect(ask(world.ids.east, 2024, terms)).resolves.toMatchObject({
      plan: { id: 'national-14' },
      terms: { basis: 'metered', boundary: { id: 'statutory' } },
    });
  });

  it('the region of the grid is where the institution lies, or the nearest one above that says', async () => {
    const national = await ask(world.ids.east);
    expect(national.terms.gridRegion).toBe('national');
    await record(world.ids.city, 'gridRegion', '2023-01-01', 'Hubei');
    const ofCity = await ask(world.ids.east);
    expect(ofCity.terms.gridRegion).toBe('Hubei');
    expect(ofCity.carbon).not.toBeCloseTo(national.carbon, 3);
    await record(world.ids.east, 'gridRegion', '2024-01-01', 'East');
    expect((await ask(world.ids.east)).terms.gridRegion).toBe('East');
    expect((await ask(world.ids.east, 2023)).terms.gridRegion).toBe('Hubei');
    const asked = await ask(world.ids.east, 2024, { gridRegion: 'national' });
    expect(asked.carbon).toBeCloseTo(national.carbon, 9);
  });

  it('are the same in the tree of an institution, by month, taken apart, and in its plan', async () => {
    const { accounting, ids } = world;
    await record(ids.city, 'gridRegion', '2023-01-01', 'Hubei');
    const question = {
      institution: ids.east,
      indicators: ['carbon'] as const,
      period: wholeYear(2024, testCalendar),
    };
    const under = { plan: { id: 'trial' }, terms: { gridRegion: 'Hubei', boundary: { id: 'everything' } } };
    for (const answer of [
      await accounting.tree(question),
      await accounting.months(question),
      await accounting.explain({ ...question, indicator: 'carbon' }),
    ]) {
      expect(answer).toMatchObject(under);
    }
    expect((await world.progress(ids.east, 2024))?.terms).toMatchObject(under.terms);
    // Nobody is asked for: the terms are the default ones.
    const { institution: _, ...all } = question;
    expect(await accounting.tree(all)).toMatchObject({ plan: { id: 'national-14' } });
  });
});
