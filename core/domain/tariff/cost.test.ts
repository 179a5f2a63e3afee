// Laws of cost, over tariffs and consumption made at random: sums of parts, order, monotony, a slow oracle in whole numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar, hourMs } from '../time.ts';
import { type Cost, costBy, costByComponent, costByPeriod, costOf } from './cost.ts';
import { type HourlyUse, periodUse } from './period-use.ts';
import { periodNames, type TariffDayOf, tariffDayNames, tariffDaysFrom } from './periods.ts';
import { demoGasTariff, demoHeatTariff, demoTariff, demoWaterTariff } from './presets/demo.ts';
import { type Tariff, tariffSchema } from './tariff.ts';

const calendar = new Calendar('Asia/Shanghai');
const dayOf = tariffDaysFrom({
  years: [2024, 2025],
  holidays: ['2024-10-01', '2025-01-01', '2025-01-28', '2025-01-29'],
  workdays: ['2025-01-26'],
});
const runs = { numRuns: 150, seed: 20_250_704 };

const halfHours = Array.from({ length: 49 }, (_, slot) =>
  slot === 48 ? '24:00' : `${String(slot >> 1).padStart(2, '0')}:${slot % 2 ? '30' : '00'}`,
);

/** Runs of half hours, some left to `flat`. */
const spans = fc
  .uniqueArray(fc.integer({ min: 0, max: 48 }), { minLength: 2, maxLength: 7 })
  .chain((edges) => {
    const sorted = [...edges].sort((a, b) => a - b);
    const pairs = sorted.slice(1).map((to, index) => [halfHours[sorted[index] ?? 0], halfHours[to]] as const);
    return fc
      .tuple(...pairs.map(() => fc.option(fc.constantFrom(...periodNames))))
      .map((periods) =>
        pairs.flatMap(([from, to], index) => (periods[index] ? [{ from, to, period: periods[index] }] : [])),
      );
  });

const schedules = fc.tuple(spans, spans, fc.integer({ min: 1, max: 2 })).map(([first, second, cut]) => [
  { days: tariffDayNames.slice(0, cut), spans: first },
  { days: tariffDayNames.slice(cut), spans: second },
]);
/** Hundredths. */
const factors = fc.record(
  Object.fromEntries(periodNames.map((name) => [name, fc.integer({ min: 0, max: 300 }).map((n) => n / 100)])),
);
const timeOfUse = fc
  .tuple(schedules, factors, schedules, factors)
  .map(([warm, warmFactors, cold, coldFactors]) => ({
    seasons: [
      { months: [3, 4, 5, 6, 7, 8, 9, 10, 11], factors: warmFactors, schedules: warm },
      { months: [12, 1, 2], factors: coldFactors, schedules: cold },
    ],
  }));
/** Ten-thousandths of a yuan. */
const price = fc.integer({ min: 0, max: 20_000 }).map((n) => n / 10_000);

const name = { 'zh-CN': '试', en: 'trial' };
const tariffs: fc.Arbitrary<Tariff> = fc
  .tuple(fc.option(timeOfUse, { nil: undefined }), price, price, price, fc.boolean(), fc.boolean())
  .map(([times, first, later, flat, factored, tiered]) =>
    tariffSchema.parse({
      name,
      commodity: 'electricity',
      timeOfUse: times,
      components: [
        {
          id: 'energy',
          name,
          factored,
          prices: [
            { from: '2024-01', price: first },
            { from: '2025-01', price: later },
          ],
        },
        { id: 'levy', name, prices: [{ from: '2024-01', price: flat }], adjusted: false },
      ],
      tiers: tiered
        ? { per: 'year', steps: [{ upTo: 300.5, price: 0.1 }, { upTo: 900, price: 0.25 }, { price: 0.75 }] }
        : undefined,
      basic: { capacity: [{ from: '2024-01', price: 23.57 }] },
      fixed: [{ id: 'fee', name, cnyPerMonth: [{ from: '2024-01', price: 11.11 }] }],
    }),
  );

const from = at('2024-12-20');
const to = at('2025-02-03');
const middle = at('2025-01-01');
/** Eighths of a kWh: exact in binary, halves of them too. */
const consumption = fc
  .array(fc.integer({ min: 0, max: 80 }), { minLength: 24, maxLength: 24 * 7 })
  .map((pattern) => hoursOf((index) => (pattern[index % pattern.length] ?? 0) / 8));

describe('a cost', () => {
  it('equals what a slow oracle in whole numbers finds', () => {
    fc.assert(
      fc.property(tariffs, consumption, (tariff, hours) => {
        const plain = { ...tariff, tiers: undefined, basic: undefined, fixed: [] };
        expect(costByComponent(cost(plain, hours).lines)).toEqual(oracle(plain, hours));
      }),
      runs,
    );
  });

  it('is the sum of its months, of its components, and of its periods with what has none', () => {
    fc.assert(
      fc.property(tariffs, consumption, (tariff, hours) => {
        const whole = cost(tariff, hours);
        const total = whole.totalCny ?? Number.NaN;
        const [december, rest] = [
          cost(tariff, hours, { from, to: middle }),
          cost(tariff, hours, { from: middle, to }),
        ];
        expect((december.totalCny ?? 0) + (rest.totalCny ?? 0)).toBeCloseTo(total, 6);
        expect([...december.lines, ...rest.lines]).toEqual(whole.lines);
        const sums = [costByComponent(whole.lines), costBy(whole.lines, (line) => line.month)];
        for (const sum of sums) expect(sumOf(sum.values())).toBeCloseTo(total, 6);
        const without = whole.lines.filter((line) => line.period === null).map((line) => line.amountCny);
        expect(sumOf(costByPeriod(whole.lines).values()) + sumOf(without)).toBeCloseTo(total, 6);
      }),
      runs,
    );
  });

  it('charges by the month the same for a month and for its parts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 99_999 }), (day, areaM2) => {
        const account = () => ({ areaM2, capacityKva: 315, basicBy: 'capacity' });
        const edges = [
          at('2025-01-01'),
          at(`2025-01-${String(day).padStart(2, '0')}`),
          at('2025-02-01'),
        ] as const;
        for (const tariff of [demoHeatTariff, { ...demoTariff, components: [], powerFactor: undefined }]) {
          const amount = (begin: number, end: number) =>
            cost(
              tariff,
              hoursOf(() => 1),
              { from: begin, to: end },
              account,
            ).totalCny ?? Number.NaN;
          const parts = amount(edges[0], edges[1]) + amount(edges[1], edges[2]);
          expect(parts).toBeCloseTo(amount(edges[0], edges[2]), 6);
        }
      }),
      runs,
    );
  });

  it('does not depend on the order of hours', () => {
    fc.assert(
      fc.property(tariffs, consumption, fc.integer({ min: 1, max: 997 }), (tariff, hours, step) => {
        const size = hours.starts.length;
        const order = Array.from({ length: size }, (_, index) => (index * step) % size);
        fc.pre(new Set(order).size === size);
        const shuffled = {
          starts: Float64Array.from(order, (index) => hours.starts[index] ?? 0),
          values: Float64Array.from(order, (index) => hours.values[index] ?? 0),
        };
        expect(cost(tariff, shuffled)).toEqual(cost(tariff, hours));
      }),
      { ...runs, numRuns: 40 },
    );
  });

  it('does not fall when consumption rises', () => {
    fc.assert(
      fc.property(
        tariffs,
        consumption,
        fc.nat(),
        fc.integer({ min: 1, max: 800 }),
        (tariff, hours, place, more) => {
          const values = hours.values.slice();
          const index = place % values.length;
          values[index] = (values[index] ?? 0) + more / 8;
          const before = cost(tariff, hours).totalCny ?? Number.NaN;
          expect(cost(tariff, { ...hours, values }).totalCny).toBeGreaterThanOrEqual(before);
        },
      ),
      runs,
    );
  });

  it('has periods that sum to the consumption, known and unknown', () => {
    fc.assert(
      fc.property(tariffs, consumption, fc.array(fc.nat({ max: 1000 })), (tariff, hours, holes) => {
        const values = hours.values.slice();
        for (const hole of holes) values[hole % values.length] = Number.NaN;
        const uses = periodUse(tariff, calendar, { ...hours, values }, { from, to }, dayOf);
        const known = values.filter((value) => !Number.isNaN(value));
        const total = uses.reduce((sum, use) => sum + sumOf(use.quantity), 0);
        expect(total).toBeCloseTo(sumOf(known), 6);
        const unknown = uses.reduce((sum, use) => sum + sumOf(use.unknownMs), 0);
        expect(unknown).toBe((values.length - known.length) * hourMs);
      }),
      runs,
    );
  });

  it('follows the clock through a day of 23 hours', () => {
    const zone = new Calendar('Europe/Berlin');
    const [start, end] = [zone.parse('2025-03-30') ?? 0, zone.parse('2025-03-31') ?? 0];
    const starts = Float64Array.from({ length: 23 }, (_, index) => start + index * hourMs);
    const tariff = withPeaks([{ from: '01:00', to: '04:30', period: 'peak' }]);
    const hours = { starts, values: starts.map(() => 1) };
    const [use] = periodUse(tariff, zone, hours, { from: start, to: end }, dayOf);
    expect(use?.quantity[periodNames.indexOf('peak')]).toBe(2.5);
    expect(sumOf(use?.quantity ?? [])).toBe(23);
  });

  it('refuses hours off the hour, hours that come twice, and edges that are no midnights', () => {
    const twice = { starts: Float64Array.of(from, from), values: Float64Array.of(1, 1) };
    const off = { starts: Float64Array.of(from + 1), values: Float64Array.of(1) };
    const span = { from, to };
    expect(() => periodUse(demoTariff, calendar, twice, span, dayOf)).toThrow(/twice/);
    expect(() => periodUse(demoTariff, calendar, off, span, dayOf)).toThrow(/on the hour/);
    expect(() => periodUse(demoTariff, calendar, off, { from: from + hourMs, to }, dayOf)).toThrow(
      /midnight/,
    );
  });

  it('comes out under every tariff of the demo city', () => {
    const account = () => ({
      basicBy: 'actual-demand' as const,
      capacityKva: 500,
      maxDemandKw: 300,
      reactiveKvarh: 9_000,
      areaM2: 4_000,
      quota: 50_000,
    });
    for (const tariff of [demoTariff, demoWaterTariff, demoGasTariff, demoHeatTariff]) {
      const found = cost(
        tariff,
        hoursOf(() => 40),
        { from: middle, to },
        account,
      );
      expect(found.gaps).toEqual([]);
      expect(found.totalCny).toBeGreaterThan(1_000);
    }
  });
});

function cost(
  tariff: Tariff,
  hours: HourlyUse,
  span: { from: number; to: number } = { from, to },
  account: () => object = () => ({ capacityKva: 137 }),
): Cost {
  const uses = periodUse(tariff, calendar, hours, span, dayOf);
  const before = [...hours.values].slice(0, (span.from - from) / hourMs);
  return costOf(tariff, { uses, calendar, account, usedBefore: sumOf(before) });
}

/** Half hour by half hour on the text of clocks; amounts in 16 × 1e6 parts of a yuan, as whole numbers. */
function oracle(tariff: Tariff, { starts, values }: HourlyUse): Map<string, number> {
  const parts = new Map<string, bigint>();
  for (const [index, start] of starts.entries()) {
    for (const half of [0, hourMs / 2]) {
      const local = calendar.format(start + half);
      const [date, clock, month] = [local.slice(0, 10), local.slice(11, 16), local.slice(0, 7)];
      const season = tariff.timeOfUse?.seasons.find((entry) => entry.months.includes(Number(month.slice(5))));
      const day = season?.schedules.find(({ days }) => days.includes(dayKind(date)));
      const period = day?.spans.find((span) => span.from <= clock && clock < span.to)?.period ?? 'flat';
      for (const { id, factored, prices } of tariff.components) {
        const row = prices.filter((entry) => entry.from <= month).at(-1);
        const unit = BigInt(Math.round(Number(row?.price) * 10_000));
        const factor = BigInt(factored && season ? Math.round((season.factors[period] ?? 1) * 100) : 100);
        const key = `${id} ${month} ${period}`;
        const sixteenths = BigInt(Math.round((values[index] ?? 0) * 8));
        parts.set(key, (parts.get(key) ?? 0n) + sixteenths * unit * factor);
      }
    }
  }
  const sums = new Map<string, bigint>(tariff.components.map(({ id }) => [id, 0n]));
  for (const [key, amount] of parts) {
    const id = key.split(' ', 1)[0] ?? '';
    const fen = (amount + 80_000n) / 160_000n;
    sums.set(id, (sums.get(id) ?? 0n) + fen);
  }
  return new Map([...sums].map(([id, fen]) => [id, Number(fen) / 100]));
}

function dayKind(date: string): ReturnType<TariffDayOf> & string {
  return dayOf(date) ?? 'workday';
}

function withPeaks(list: readonly { from: string; to: string; period: string }[]): Tariff {
  return tariffSchema.parse({
    name,
    commodity: 'electricity',
    timeOfUse: {
      seasons: [
        {
          months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
          schedules: [{ days: tariffDayNames, spans: list }],
        },
      ],
    },
    components: [{ id: 'energy', name, prices: [{ from: '2024-01', price: 1 }] }],
  });
}

function hoursOf(value: (index: number) => number): HourlyUse {
  const starts = Float64Array.from({ length: (to - from) / hourMs }, (_, index) => from + index * hourMs);
  return { starts, values: starts.map((_, index) => value(index)) };
}

function sumOf(values: Iterable<number | null>): number {
  let sum = 0;
  for (const value of values) sum += value ?? Number.NaN;
  return sum;
}

function at(date: string): number {
  return calendar.parse(date) ?? Number.NaN;
}
