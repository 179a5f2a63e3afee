import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { BillInput, BillRecord } from './ledgers.ts';

let test: TestRegistry;
let account: string;
beforeEach(async () => {
  test = await testRegistry();
  account = await opened('0042');
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const feb = midnight('2024-02-01');
const mar = midnight('2024-03-01');
const apr = midnight('2024-04-01');
const everything = { from: 0, to: midnight('2100-01-01') };

/** Later ones have later ids. */
async function opened(number: string): Promise<string> {
  test.clock.at += 1;
  const input = { number, institution: null, commodity: 'electricity', validFrom: jan } as const;
  return (await test.registry.accounts.create(input, by)).id;
}

function bill(document: string, more: Partial<BillInput> = {}): BillInput {
  return { account, document, from: jan, to: feb, quantity: 100, amountCny: 60, ...more };
}

async function current(): Promise<readonly BillRecord[]> {
  return test.registry.bills.list(everything);
}

describe('a bill', () => {
  it('is listed as it was said, with who recorded it', async () => {
    await test.registry.bills.record([bill('A1')], by);
    expect(await current()).toEqual([
      {
        ...bill('A1'),
        supplement: false,
        id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
        recordedAt: test.clock.at,
        author: 'wang',
        reason: 'test',
        supersededAt: null,
      },
    ]);
  });

  it('of the same document takes the place of the one before, which stays readable', async () => {
    const { bills } = test.registry;
    await bills.record([bill('A1')], by);
    test.clock.at += 1_000;
    await bills.record([bill('A1', { from: feb, to: mar, quantity: 90 })], {
      author: 'li',
      reason: 'wrong month',
    });
    expect(await current()).toMatchObject([{ document: 'A1', from: feb, quantity: 90, author: 'li' }]);
    const all = await bills.list({ ...everything, superseded: true });
    expect(all).toMatchObject([
      { from: jan, quantity: 100, author: 'wang', supersededAt: test.clock.at },
      { from: feb, supersededAt: null },
    ]);
    expect(all[0]).not.toHaveProperty('withdrawn');
  });

  it('beside another of the same days is refused with both documents and the way out, unless one is a supplement', async () => {
    const { bills } = test.registry;
    await bills.record([bill('A1')], by);
    const late = bill('A2', { from: midnight('2024-01-31'), to: mar });
    await expect(bills.record([late], by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: `account ${account} (0042): bill "A1" (2024-01-01 until 2024-02-01) and bill "A2" (2024-01-31 until 2024-03-01) overlap; correct the dates, record the new one under the old document to replace it, or mark one as a supplement if both hold`,
      details: { faults: [{ index: 0 }] },
    });
    expect(await current()).toHaveLength(1);
    // A credit note.
    await bills.record([bill('A1-C', { quantity: -40, amountCny: -24, supplement: true })], by);
    await bills.record([bill('A2', { from: feb, to: mar })], by);
    await bills.record([{ ...bill('A1'), account: await opened('0043') }], by);
    expect((await current()).map(({ document, quantity }) => [document, quantity])).toEqual([
      ['A1', 100],
      ['A1-C', -40],
      ['A2', 100],
      ['A1', 100],
    ]);
  });

  it('may move to days that another leaves in the same call', async () => {
    const { bills } = test.registry;
    await bills.record([bill('A'), bill('B', { from: feb, to: mar })], by);
    await bills.record([bill('A', { from: feb, to: mar }), bill('B')], by);
    expect((await current()).map(({ document }) => document)).toEqual(['B', 'A']);
  });

  it('that is withdrawn is gone from the list, says who took it back, and can be recorded anew', async () => {
    const { bills } = test.registry;
    await bills.record([bill('A1')], by);
    const [record] = await current();
    const id = record?.id ?? '';
    await expect(bills.withdraw([id, 'nothing'], by)).rejects.toMatchObject({
      code: 'registry.not-found',
      message: 'there is no bill "nothing" to withdraw',
    });
    expect(await current()).toHaveLength(1);
    await bills.withdraw([id], { author: 'li', reason: 'of another unit' });
    expect(await current()).toEqual([]);
    expect(await bills.list({ ...everything, superseded: true })).toMatchObject([
      { id, supersededAt: test.clock.at, withdrawn: { author: 'li', reason: 'of another unit' } },
    ]);
    await expect(bills.withdraw([id], by)).rejects.toMatchObject({ code: 'registry.conflict' });
    await bills.record([bill('A1')], by);
    expect(await current()).toHaveLength(1);
  });

  it('is refused with account, document and fault', async () => {
    const { bills } = test.registry;
    const wrong: [Partial<BillInput>, RegExp][] = [
      [{ account: 'nobody' }, /registry.not-found .*"A1" of account nobody: there is no account "nobody"/],
      [{ document: ' ' }, /1 to 200 characters/],
      [{ from: jan + 1 }, /bill "A1" of account .*: from .* is not local midnight/],
      [{ to: jan }, /to 2024-01-01 is not after from 2024-01-01; to is the day after the last one/],
      [{ to: midnight('2034-02-01') }, /2024-01-01 until 2034-02-01 is longer than 1100 days/],
      [{ quantity: null, amountCny: null }, /a quantity, an amount or both/],
      [{ quantity: Number.NaN }, /quantity NaN is not a number/],
      [{ amountCny: 1e13 }, /amountCny 10000000000000 is beyond/],
    ];
    for (const [more, fault] of wrong) {
      const error: unknown = await bills
        .record([bill('ok', { from: mar, to: apr }), bill('A1', more)], by)
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ details: { faults: [{ index: 1 }] } });
      expect(`${(error as { code: string }).code} ${(error as Error).message}`).toMatch(fault);
    }
    await expect(bills.record([bill('A1')], { author: '', reason: '' })).rejects.toThrow(/who and why/);
    expect(await current()).toEqual([]);
  });

  it('by area or of a flat sum has no quantity', async () => {
    await test.registry.bills.record([bill('H', { quantity: null, amountCny: 30_000 })], by);
    expect(await current()).toMatchObject([{ quantity: null, amountCny: 30_000 }]);
  });

  it('twice in a call is one when it says the same, and refused when it differs', async () => {
    const { bills } = test.registry;
    await bills.record([bill('A1'), bill('A1')], by);
    expect(await current()).toHaveLength(1);
    await expect(
      bills.record([bill('A2'), bill('A3'), bill('A2', { quantity: 1 })], by),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/"A2" .*stands twice in this call \(1 and 3\) and differs/),
      details: { faults: [{ index: 2 }] },
    });
  });

  it('is listed where it touches the time asked about, of the accounts asked for', async () => {
    const { bills } = test.registry;
    const other = await opened('0043');
    await bills.record([bill('A'), bill('B', { from: feb, to: apr }), bill('A', { account: other })], by);
    const documents = async (options: Parameters<typeof bills.list>[0]) =>
      (await bills.list(options)).map((each) => `${each.account === other ? 'other ' : ''}${each.document}`);
    expect(await documents({ from: mar, to: mar + 1 })).toEqual(['B']);
    expect(await documents({ from: feb, to: mar, accounts: [account] })).toEqual(['B']);
    expect(await documents({ from: jan, to: feb, accounts: [other] })).toEqual(['other A']);
    expect(await documents({ from: jan, to: apr, accounts: [] })).toEqual([]);
    expect(await documents({ from: jan, to: apr })).toEqual(['A', 'B', 'other A']);
  });
});

describe('any bills', () => {
  const months = Array.from({ length: 6 }, (_, month) => midnight(`2024-0${month + 1}-01`));
  const at = (index: number) => months[index] ?? 0;
  const some = fc.array(
    fc.record({
      account: fc.integer({ min: 0, max: 1 }),
      document: fc.constantFrom('a', 'b', 'c', 'd'),
      from: fc.integer({ min: 0, max: 4 }),
      length: fc.integer({ min: 1, max: 2 }),
      quantity: fc.integer({ min: -5, max: 5 }),
      supplement: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );

  it('recorded in any order, together, in parts or again, leave the same; what cannot stand together leaves nothing', async () => {
    const { bills } = test.registry;
    let seen = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
        fc.nat(),
        async (list, keys, cut) => {
          const scenes = [];
          // The same in three places: as it comes, in another order, in two parts in that order.
          for (let scene = 0; scene < 3; scene++)
            scenes.push([await opened('x'), await opened('y')] as const);
          const inputsIn = (accounts: readonly [string, string]) =>
            list.map(
              ({ account: which, document, from, length, quantity, supplement }): BillInput => ({
                account: accounts[which === 0 ? 0 : 1],
                document,
                from: at(from),
                to: at(Math.min(5, from + length)),
                quantity,
                amountCny: null,
                supplement,
              }),
            );
          const order = list.map((_, index) => index).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
          const shuffled = (inputs: readonly BillInput[]) => order.flatMap((index) => inputs[index] ?? []);
          const [first = ['', ''], second = ['', ''], third = ['', '']] = scenes;
          const outcome = async (work: Promise<void>) =>
            work.then(
              () => 'taken',
              (error: { code: string }) => error.code,
            );
          const one = await outcome(bills.record(inputsIn(first), by));
          const other = await outcome(bills.record(shuffled(inputsIn(second)), by));
          expect(other).toBe(one);
          expect(await kept(second)).toEqual(await kept(first));
          if (one !== 'taken') {
            seen = { ...seen, refused: seen.refused + 1 };
            expect(one).toBe('registry.invalid');
            expect(await kept(first)).toEqual([]);
            return;
          }
          seen = { ...seen, taken: seen.taken + 1 };
          const parts = shuffled(inputsIn(third));
          const middle = cut % (parts.length + 1);
          await bills.record(parts.slice(0, middle), by);
          await bills.record(parts.slice(middle), by);
          expect(await kept(third)).toEqual(await kept(first));
          const before = await test.registry.revision();
          await bills.record(shuffled(inputsIn(first)), by);
          expect(await test.registry.revision()).toBe(before);
        },
      ),
      { numRuns: 60, seed: 4 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(5);
  });

  async function kept(accounts: readonly string[]) {
    const list = await test.registry.bills.list({ ...everything, accounts });
    return list.map(({ account: id, document, from, to, quantity, supplement }) => [
      accounts.indexOf(id),
      document,
      from,
      to,
      quantity,
      supplement,
    ]);
  }

  it('come by thousands in one call, all or none', async () => {
    const { bills } = test.registry;
    const accounts = await test.registry.accounts.createAll(
      Array.from({ length: 200 }, (_, n) => ({
        number: `${n}`,
        institution: null,
        commodity: 'water' as const,
        validFrom: jan,
      })),
      by,
    );
    const many = accounts.flatMap(({ id }) =>
      Array.from({ length: 5 }, (_, month) =>
        bill(`2024-${month}`, { account: id, from: at(month), to: at(month + 1) }),
      ),
    );
    await expect(
      bills.record([...many, bill('bad', { account: accounts[150]?.id ?? '' })], by),
    ).rejects.toMatchObject({
      message: expect.stringContaining('bill "bad"'),
    });
    expect(await current()).toEqual([]);
    await bills.record(many, by);
    await bills.record(
      many.map((each) => ({ ...each, quantity: 7 })),
      by,
    );
    const all = await current();
    expect(all).toHaveLength(1_000);
    expect(all.every(({ quantity }) => quantity === 7)).toBe(true);
  });
});
