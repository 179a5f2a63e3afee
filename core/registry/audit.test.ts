import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { AuditInput, AuditLog } from './audit-contracts.ts';

const Libsql = createRequire(import.meta.url)('libsql') as typeof import('libsql');
let test: TestRegistry;
let audit: AuditLog;
beforeEach(async () => {
  test = await testRegistry();
  audit = test.registry.fleet.audit;
});
afterEach(() => test.end());

const look = (changes: Partial<AuditInput> = {}): AuditInput => ({
  principal: 'P1',
  name: 'Li',
  action: 'track',
  vehicles: ['V1'],
  institutions: ['I1'],
  from: 1_000,
  to: 2_000,
  purpose: 'complaint 12',
  ...changes,
});

/** Straight into the file, past the program. */
function raw(...statements: readonly string[]): void {
  const db = new Libsql(test.path);
  try {
    for (const statement of statements) db.exec(statement);
  } finally {
    db.close();
  }
}
const unlock = ['update', 'delete', 'replace'].map((change) => `drop trigger audit_no_${change}`);

it('entries are numbered, dated and chained, also when many come at once', async () => {
  const entries = await Promise.all(
    Array.from({ length: 20 }, (_, n) => audit.append(look({ purpose: `p${n}` }))),
  );
  expect(entries.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  const verdict = await audit.verify();
  expect(verdict).toMatchObject({ entries: 20, broken: null, head: { seq: 20 } });
  expect(await audit.verify(verdict.head ?? undefined)).toEqual(verdict);
});

it('an entry without a purpose is refused, so that nothing is shown', async () => {
  await expect(audit.append(look({ purpose: '  ' }))).rejects.toMatchObject({ code: 'registry.invalid' });
  expect(await audit.verify()).toEqual({ entries: 0, head: null, broken: null });
});

it('entries are read newest first, by institution, car, person and time', async () => {
  await audit.append(look());
  test.clock.at += 1_000;
  await audit.append(look({ vehicles: ['V2', 'V3'], institutions: ['I2'], principal: 'P2' }));
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 };
  const seqs = async (question: object) => (await audit.list({ ...all, ...question })).map(({ seq }) => seq);
  expect(await seqs({})).toEqual([2, 1]);
  expect(await seqs({ limit: 1 })).toEqual([2]);
  expect(await seqs({ before: 2 })).toEqual([1]);
  expect(await seqs({ institutions: new Set(['I2']) })).toEqual([2]);
  expect(await seqs({ vehicle: 'V1' })).toEqual([1]);
  expect(await seqs({ principal: 'P2' })).toEqual([2]);
  expect(await seqs({ to: test.clock.at })).toEqual([1]);
});

it('the file itself refuses to change or to forget entries', async () => {
  await audit.append(look());
  expect(() => raw(`update audit set purpose = 'x'`)).toThrow(/never changed/);
  expect(() => raw('delete from audit')).toThrow(/never changed/);
  for (const word of ['insert or replace', 'replace', 'insert or ignore', 'insert'])
    expect(() => raw(`${word} into audit select * from audit`)).toThrow(/never changed|UNIQUE/);
  expect(await audit.verify()).toMatchObject({ entries: 1, broken: null });
});

it('whatever is changed, removed, put in or swapped is found, though the locks were broken', async () => {
  const columns = [
    'at',
    'principal',
    'name',
    'action',
    'vehicles',
    'institutions',
    'from_ts',
    'to_ts',
    'purpose',
  ];
  for (let n = 1; n <= 6; n++) await audit.append(look({ purpose: `p${n}`, vehicles: [`V${n}`] }));
  const { head } = await audit.verify();
  raw(...unlock, 'create table kept as select * from audit');
  const restore = ['delete from audit', 'insert into audit select * from kept'];
  const changed = fc.record({
    seq: fc.integer({ min: 1, max: 6 }),
    column: fc.constantFrom(...columns, 'previous', 'hash'),
  });
  await fc.assert(
    fc.asyncProperty(changed, async ({ seq, column }) => {
      raw(...restore, `update audit set ${column} = ${column} || '1' where seq = ${seq}`);
      expect((await audit.verify()).broken).not.toBeNull();
      expect((await audit.verify()).broken?.seq).toBeLessThanOrEqual(seq + 1);
    }),
    { seed: 3, numRuns: 40 },
  );
  for (let seq = 1; seq <= 5; seq++) {
    raw(...restore, `delete from audit where seq = ${seq}`);
    expect(await audit.verify()).toMatchObject({ broken: { seq } });
    raw(`update audit set seq = seq - 1 where seq > ${seq}`);
    expect(await audit.verify()).toMatchObject({ broken: { seq } });
    raw(
      ...restore,
      `update audit set seq = 100 where seq = ${seq}`,
      `update audit set seq = ${seq} where seq = ${seq + 1}`,
      `update audit set seq = ${seq + 1} where seq = 100`,
    );
    expect(await audit.verify()).toMatchObject({ broken: { seq } });
  }
  const copy = (seq: number) =>
    `insert into audit select ${seq}, at, principal, name, action, vehicles, institutions, from_ts, to_ts, purpose, previous, 'h' from audit where seq = 1`;
  for (const seq of [-7, 0, 7, 900]) {
    raw(...restore, copy(seq));
    expect(await audit.verify()).toMatchObject({ broken: { seq: Math.min(seq, 7) } });
  }
  raw(
    ...restore,
    'update audit set seq = seq + 1000',
    'update audit set seq = seq - 999',
    copy(1).replace('seq = 1', 'seq = 2'),
  );
  expect(await audit.verify()).toMatchObject({ broken: { seq: 1 } });
  raw(...restore, 'delete from audit where seq > 4');
  expect((await audit.verify()).broken).toBeNull();
  expect(await audit.verify(head ?? undefined)).toMatchObject({ broken: { seq: 5 } });
  raw(...restore);
  expect(await audit.verify(head ?? undefined)).toMatchObject({ broken: null, entries: 6 });
});

it.each([
  `vehicles = '[ "V1" ]'`,
  String.raw`vehicles = '["\u0056\u0031"]'`,
  `institutions = institutions || ' '`,
  `purpose = purpose || char(0) || 'what nobody reads'`,
  'name = cast(name as blob)',
  'from_ts = from_ts + 0.5',
])('an entry that reads the same, or nearly, and is written otherwise is found: %s', async (change) => {
  for (let n = 1; n <= 3; n++) await audit.append(look());
  raw(...unlock, `update audit set ${change} where seq = 2`);
  expect(await audit.verify()).toMatchObject({ broken: { seq: 2 }, entries: 1 });
});

it('whatever words an entry has, the chain holds, or the entry is refused', async () => {
  const words = fc.string({
    unit: fc.constantFrom('a', '岁', '\ud800', '\udc00', '\u0000', '"', '\\', '\u2028', '\ufeff', ' '),
  });
  let entries = 0;
  await fc.assert(
    fc.asyncProperty(words, words, async (purpose, id) => {
      const said = look({ purpose, vehicles: [id] });
      const kept = await audit.append(said).catch(() => undefined);
      if (kept !== undefined) entries++;
      expect(await audit.verify()).toMatchObject({ broken: null, entries });
    }),
    { seed: 11, numRuns: 60 },
  );
  expect(entries).toBeGreaterThan(0);
});
