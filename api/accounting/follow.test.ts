// Whatever changes, in whatever order: a book that was followed is the book that is made from scratch.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import type { Accounting } from './accounting.ts';
import { wholeYear } from './periods.ts';

type Step = (world: AccountingWorld) => Promise<unknown>;

const date = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([month, day]) => `2024-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);
const perDay = fc.array(fc.option(fc.integer({ min: 0, max: 50 }).map((value) => value / 4)), {
  minLength: 1,
  maxLength: 70,
});
const meter = fc.constantFrom(points.east, points.piles, points.west, points.shared);
const owner = fc.constantFrom('city', 'east', 'west');
const house = fc.constantFrom('eastHouse', 'westHouse', 'sharedHouse');

const late = fc.tuple(meter, date, perDay).map(
  ([point, from, rows]): Step =>
    (world) =>
      world.putDays(point, from, rows),
);
const users = fc.tuple(owner, date, fc.integer({ min: 1, max: 400 })).map(
  ([who, from, staff]): Step =>
    ({ registry, ids }) =>
      registry.facts.record(
        [{ entity: ids[who], attribute: 'energyUsers', validFrom: midnight(from), value: { staff } }],
        by,
      ),
);
const housing = fc.tuple(house, owner, date).map(
  ([which, who, from]): Step =>
    ({ registry, ids }) =>
      registry.facts.record(
        [{ entity: ids[which], attribute: 'institution', validFrom: midnight(from), value: ids[who] }],
        by,
      ),
);
const moving = fc.tuple(meter, house, date).map(
  ([entity, which, from]): Step =>
    ({ registry, ids }) =>
      registry.facts.record(
        [{ entity, attribute: 'building', validFrom: midnight(from), value: ids[which] }],
        by,
      ),
);
const report = fc.tuple(owner, fc.integer({ min: 1, max: 11 }), fc.integer({ min: 0, max: 900 })).map(
  ([who, month, quantity]): Step =>
    ({ registry, ids }) =>
      registry.reports.record(
        [
          {
            institution: ids[who],
            commodity: 'electricity',
            use: 'building',
            from: midnight(`2024-${String(month).padStart(2, '0')}-01`),
            to: midnight(`2024-${String(month + 1).padStart(2, '0')}-01`),
            quantity,
            amountCny: null,
          },
        ],
        by,
      ),
);
const anHour = fc.constant<Step>(async ({ clock }) => {
  clock.at += 5_400_000;
});
const ask = fc.constant<Step>(({ accounting }) => answers(accounting));

async function answers(accounting: Accounting): Promise<unknown> {
  const all: unknown[] = [];
  for (const year of [2024, 2025]) {
    for (const basis of ['metered', 'reported'] as const) {
      const { tables } = await accounting.tree({
        indicators: ['energyPerPerson', 'electricity', 'waterPerPerson', 'carbonPerArea'],
        period: wholeYear(year, testCalendar),
        terms: { basis },
      });
      all.push(tables);
    }
  }
  return all;
}

describe('a book that is followed', () => {
  it('is the book made from scratch, after any edits and late readings', { timeout: 120_000 }, async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: late },
      { weight: 1, arbitrary: users },
      { weight: 1, arbitrary: housing },
      { weight: 1, arbitrary: moving },
      { weight: 1, arbitrary: report },
      { weight: 1, arbitrary: anHour },
      { weight: 3, arbitrary: ask },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const world = await accountingWorld();
        try {
          await answers(world.accounting);
          for (const run of steps) await run(world);
          expect(await answers(world.accounting)).toEqual(await answers(world.another()));
        } finally {
          await world.end();
        }
      }),
      { numRuns: 20, seed: 20_250_301 },
    );
  });
});
