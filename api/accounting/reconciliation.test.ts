// Bills against meters over the ends of years, and by devices that hang below each other; over a real registry and store.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../../core/domain/time.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { wholeYear } from './periods.ts';
import { reconciliation } from './reconciliation.ts';

const validFrom = midnight('2023-01-01');
let world: AccountingWorld;
beforeEach(async () => {
  world = await accountingWorld();
  await world.putDays(points.east, '2023-01-01', new Array<number>(731).fill(10));
  await world.putDays(points.piles, '2023-01-01', new Array<number>(731).fill(2));
});
afterEach(() => world.end());

const of = (year: number, institution = world.ids.east) =>
  reconciliation(
    { ...world, calendar: testCalendar },
    { institution, period: wholeYear(year, testCalendar) },
  );
const account = async (number: string, institution = world.ids.east) =>
  (await world.registry.accounts.create({ number, institution, commodity: 'electricity', validFrom }, by)).id;
const fact = (entity: string, attribute: string, date: string, value: unknown) =>
  world.registry.facts.record([{ entity, attribute, validFrom: midnight(date), value }], by);
/** A bill from each 20th to the next, 10 a day. */
async function billEveryMonth(id: string, perDay: number): Promise<void> {
  const edges = Array.from({ length: 24 }, (_, month) => Date.UTC(2023, month, 20) - 8 * 3_600_000);
  const bills = edges.slice(1).map((to, index) => {
    const from = edges[index] ?? 0;
    const quantity = (perDay * (to - from)) / dayMs;
    return { account: id, document: `${index}`, from, to, quantity, amountCny: quantity };
  });
  await world.registry.bills.record(bills, by);
}

describe('bills against meters', () => {
  it('that reach over the end of a year are of days in which the account is open', async () => {
    const id = await account('1');
    await fact(points.east, 'account', '2023-01-01', id);
    await billEveryMonth(id, 10);
    const { rows, findings } = await of(2024);
    expect(rows[0]).toMatchObject({ from: midnight('2023-12-20'), to: midnight('2024-01-20'), coverage: 1 });
    expect(rows.map(({ verdict }) => verdict)).toEqual(rows.map(() => 'within-tolerance'));
    expect(findings.map(({ kind }) => kind)).not.toContain('outside-open');
  });

  it('of a time in which the account is closed are outside, however little of the year it was open', async () => {
    const id = await account('1');
    await billEveryMonth(id, 10);
    await fact(id, 'open', '2023-12-25', false);
    const { findings } = await of(2024);
    const outside = findings.filter(({ kind }) => kind === 'outside-open');
    expect(outside.length).toBe(12);
    const across = outside.find(({ from }) => from === midnight('2023-12-20'));
    // 26 of its 31 days.
    expect(across?.quantity).toBeCloseTo(260, 9);
    expect(findings.map(({ kind }) => kind)).not.toContain('missing');
  });

  it('count a device below another of the same account once, also where only a part of the time it hangs there', async () => {
    const id = await account('1');
    await fact(points.east, 'account', '2023-01-01', id);
    await fact(points.piles, 'account', '2023-01-01', id);
    await billEveryMonth(id, 10);
    expect((await of(2024)).rows.map(({ metered }) => metered)).toEqual(
      (await of(2024)).rows.map(({ billed }) => expect.closeTo(billed ?? 0, 9)),
    );
    // From here on it stands beside the meter.
    await fact(points.piles, 'parent', '2024-06-20', null);
    const { rows } = await of(2024);
    for (const { from, billed, metered } of rows)
      expect(metered).toBeCloseTo((billed ?? 0) * (from < midnight('2024-06-20') ? 1 : 1.2), 9);
  });

  it('take what is billed to an account of its own below the meter out of the account above', async () => {
    const [main, piles] = [await account('1'), await account('2')];
    await fact(points.east, 'account', '2023-01-01', main);
    await fact(points.piles, 'account', '2023-01-01', piles);
    await billEveryMonth(main, 8);
    await billEveryMonth(piles, 2);
    const { rows, findings } = await of(2024);
    expect(rows.map(({ verdict }) => verdict)).toEqual(rows.map(() => 'within-tolerance'));
    expect(new Set(rows.map(({ account }) => account))).toEqual(new Set([main, piles]));
    expect(findings.map(({ kind }) => kind)).not.toContain('differs');
    // A day of the piles that is not known leaves that day of the main account unknown: no bill is too low for it.
    await world.putDays(points.piles, '2024-03-01', new Array<null>(10).fill(null));
    const [across] = (await of(2024)).rows.filter(
      ({ account, from }) => account === main && from === midnight('2024-02-20'),
    );
    expect(across).toMatchObject({ verdict: 'cannot-say', metered: expect.closeTo(8 * 19, 9) });
  });

  it('come a page of accounts at a time, each account once, and of one account alone', async () => {
    const ids: string[] = [];
    for (const number of ['1', '2', '3', '4', '5']) {
      const id = await account(number);
      await billEveryMonth(id, 10);
      ids.push(id);
    }
    const all = await of(2024);
    const ask = (more: { account?: string; after?: string; limit?: number }) =>
      reconciliation(
        { ...world, calendar: testCalendar },
        { institution: world.ids.east, period: wholeYear(2024, testCalendar), ...more },
      );
    const rows: unknown[] = [];
    const pages: number[] = [];
    for (let after: string | undefined; ; ) {
      const page = await ask({ limit: 2, ...(after === undefined ? {} : { after }) });
      rows.push(...page.rows);
      pages.push(new Set(page.rows.map((row) => row.account)).size);
      if (page.next === null) break;
      after = page.next;
    }
    expect(pages).toEqual([2, 2, 1]);
    expect(all.next).toBeNull();
    expect(rows).toEqual(all.rows);
    const one = await ask({ account: ids[3] ?? '' });
    expect(one.rows).toEqual(all.rows.filter((row) => row.account === ids[3]));
    expect(one.rows.length).toBe(12);
    expect(one.findings.every((finding) => finding.account === ids[3])).toBe(true);
    const foreign = await account('6', world.ids.west);
    expect((await ask({ account: foreign })).rows).toEqual([]);
  });

  it('know a meter that stands with somebody else, and one that never spoke', async () => {
    const id = await account('1', world.ids.west);
    await fact(points.east, 'account', '2023-01-01', id);
    await billEveryMonth(id, 10);
    expect((await of(2024, world.ids.west)).rows[1]).toMatchObject({ verdict: 'within-tolerance' });
    await world.registry.points.register(
      { key: 'g/silent', name: 'Silent', quantities: ['electricity'], validFrom, account: id },
      by,
    );
    expect((await of(2024, world.ids.west)).rows[1]).toMatchObject({ coverage: 0.5, verdict: 'cannot-say' });
  });

  it('of an account that was handed over are asked of whoever had it', async () => {
    const id = await account('1');
    await billEveryMonth(id, 10);
    await fact(id, 'institution', '2024-06-20', world.ids.west);
    const days = (rows: readonly { readonly from: number }[]) => rows.map(({ from }) => from);
    const [east, west] = [await of(2024), await of(2024, world.ids.west)];
    expect(Math.max(...days(east.rows))).toBe(midnight('2024-05-20'));
    expect(Math.min(...days(west.rows))).toBe(midnight('2024-06-20'));
    expect([...east.findings, ...west.findings].map(({ kind }) => kind)).not.toContain('outside-open');
  });
});
