// Nonsense must be refused with a place, never thrown on; what is accepted must be computable.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../time.ts';
import { costOf } from './cost.ts';
import { periodUse } from './period-use.ts';
import { demoGasTariff, demoHeatTariff, demoTariff, demoWaterTariff } from './presets/demo.ts';
import { tariffSchema } from './tariff.ts';

const runs = { numRuns: 1_500, seed: 215 };
const calendar = new Calendar('Asia/Shanghai');
const demos = [demoTariff, demoWaterTariff, demoGasTariff, demoHeatTariff];

/** What a careless hand or a broken file might put anywhere. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '24:30',
    '2025-13',
    '02-30',
    -1,
    0,
    1e300,
    Number.NaN,
    [],
    {},
    true,
    'flat',
    [{}],
  ),
  fc.anything({ maxDepth: 2 }),
);

describe('the schema of tariffs', () => {
  it('takes the tariffs of the demo city, and takes them again as it gave them', () => {
    for (const tariff of demos)
      expect(tariffSchema.parse(JSON.parse(JSON.stringify(tariff)))).toEqual(tariff);
  });

  it('says where nonsense is and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const found = tariffSchema.safeParse(value);
        expect(found.success || found.error.issues.length > 0).toBe(true);
      }),
      runs,
    );
  });

  it('refuses a tariff with one broken place, or can compute with what it accepted', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...demos),
        fc.nat(),
        junk,
        fc.boolean(),
        (tariff, place, value, leaveOut) => {
          const copy: unknown = JSON.parse(JSON.stringify(tariff));
          const places = placesOf(copy);
          const [holder, key] = places[place % places.length] ?? [{}, ''];
          if (leaveOut) Reflect.deleteProperty(holder, key);
          else Reflect.set(holder, key, value);
          const found = tariffSchema.safeParse(copy);
          if (!found.success) {
            refused++;
            expect(found.error.issues.length).toBeGreaterThan(0);
            return;
          }
          const span = { from: calendar.parse('2025-09-30') ?? 0, to: calendar.parse('2025-10-03') ?? 0 };
          const none = { starts: new Float64Array(), values: new Float64Array() };
          const uses = periodUse(found.data, calendar, none, span, () => undefined);
          const { lines } = costOf(found.data, { uses, calendar, account: () => ({}) }, 'partial');
          for (const line of lines)
            expect(line.amountCny === null || Number.isFinite(line.amountCny)).toBe(true);
        },
      ),
      runs,
    );
    expect(refused).toBeGreaterThan(runs.numRuns / 4);
  });
});

/** Every place of a JSON value: what holds it, and under which key. */
function placesOf(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [value, key] as [object, string],
    ...placesOf(inner),
  ]);
}
