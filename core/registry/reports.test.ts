import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { ReportInput } from './ledgers.ts';

let test: TestRegistry;
let school: string;
beforeEach(async () => {
  test = await testRegistry();
  school = (await test.registry.institutions.create({ name: 'School', parent: null, validFrom: jan }, by)).id;
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const feb = midnight('2024-02-01');
const apr = midnight('2024-04-01');
const everything = { from: 0, to: midnight('2100-01-01') };

function report(more: Partial<ReportInput> = {}): ReportInput {
  return {
    institution: school,
    commodity: 'water',
    use: 'building',
    from: jan,
    to: apr,
    quantity: 500,
    amountCny: null,
    ...more,
  };
}

describe('a report', () => {
  it('of the same institution, commodity, use and period takes the place of the one before', async () => {
    const { reports } = test.registry;
    await reports.record([report(), report({ commodity: 'diesel', use: 'vehicle' })], by);
    test.clock.at += 1_000;
    await reports.record([report({ quantity: 510 })], { author: 'li', reason: 'recounted' });
    expect(await reports.list(everything)).toMatchObject([
      { commodity: 'diesel', quantity: 500, author: 'wang' },
      { commodity: 'water', quantity: 510, author: 'li', supersededAt: null },
    ]);
    const all = await reports.list({ ...everything, superseded: true, institutions: [school] });
    expect(all.map(({ quantity, supersededAt }) => [quantity, supersededAt])).toEqual([
      [500, null],
      [500, test.clock.at],
      [510, null],
    ]);
  });

  it('again changes nothing, whoever says so', async () => {
    const { reports, revision } = test.registry;
    await reports.record([report()], by);
    const before = [await reports.list(everything), await revision()];
    await reports.record([report(), report()], { author: 'li', reason: 'again' });
    expect([await reports.list(everything), await revision()]).toEqual(before);
  });

  it('of days that another one holds is refused, with both periods and the way out; none of the call is kept', async () => {
    const { reports } = test.registry;
    await reports.record([report()], by);
    const fine = report({ commodity: 'heat' });
    await expect(reports.record([fine, report({ from: feb })], by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(
        /report of .* water building for 2024-01-01 until 2024-04-01 and that of 2024-02-01 until 2024-04-01 overlap; correct the dates, or withdraw/,
      ),
      details: { faults: [{ index: 1 }] },
    });
    await expect(reports.record([fine, report({ commodity: 'heat', to: feb })], by)).rejects.toThrow(
      /overlap/,
    );
    expect(await reports.list(everything)).toHaveLength(1);
    await reports.record([report({ use: 'canteen', from: feb })], by);
  });

  it('is refused with what is wrong', async () => {
    const { reports } = test.registry;
    const wrong: [object, RegExp][] = [
      [{ institution: 'nobody' }, /registry.not-found .*no institution "nobody"/],
      [{ commodity: 'steam' }, /no commodity "steam"; there are electricity/],
      [{ use: 'fun' }, /no use "fun"; there are building/],
      [{ quantity: -1 }, /quantity -1 is below 0/],
      [{ quantity: Number.POSITIVE_INFINITY }, /quantity Infinity is not a number/],
      [{ to: jan }, /is not after from/],
      [{ from: jan + 3_600_000 }, /is not local midnight/],
    ];
    for (const [more, fault] of wrong) {
      const error: unknown = await reports.record([report(more)], by).catch((e: unknown) => e);
      expect(`${(error as { code: string }).code} ${(error as Error).message}`).toMatch(fault);
    }
    await expect(reports.record([report(), report({ quantity: 1 })], by)).rejects.toThrow(
      /stands twice in this call \(1 and 2\)/,
    );
    expect(await reports.list(everything)).toEqual([]);
  });

  it('can be withdrawn, and its days are free then', async () => {
    const { reports } = test.registry;
    await reports.record([report()], by);
    const [record] = await reports.list(everything);
    await reports.withdraw([record?.id ?? ''], { author: 'li', reason: 'by quarter instead' });
    test.clock.at += 1;
    await reports.record([report({ to: feb })], by);
    expect(await reports.list({ ...everything, superseded: true })).toMatchObject([
      { to: apr, withdrawn: { author: 'li', reason: 'by quarter instead' } },
      { to: feb, supersededAt: null },
    ]);
    await expect(reports.withdraw(['nothing'], by)).rejects.toThrow(/no report "nothing"/);
  });
});
