import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import { by, midnight, testCalendar } from '../testing/test-registry.ts';
import { migrate, migrations } from './migrate.ts';
import type { Tables } from './schema.ts';
import { createRegistry } from './sql-registry.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

describe('a registry of an earlier version', () => {
  it('keeps its facts readable, and takes bills and definitions from then on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jieyue-migrate-'));
    const path = join(folder, 'registry.sqlite');
    const at = midnight('2024-01-01');
    const old = new Kysely<Tables>({ dialect: sqliteDialect({ path, busyTimeoutMs: 1_000 }) });
    const earlier = Object.entries(migrations).filter(([name]) => name < '0004');
    await migrate(old, path, Object.fromEntries(earlier));
    await old
      .insertInto('entities')
      .values({ id: 'i', kind: 'institution', agent: null, created_at: at })
      .execute();
    const fact = {
      entity: 'i',
      valid_from: at,
      valid_to: null,
      ref: null,
      recorded_at: at,
      superseded_at: null,
    };
    await old
      .insertInto('facts')
      .values([
        { ...fact, ...by, id: 'f1', attribute: 'name', value: '"市教育局"', remains_of: null },
        { ...fact, ...by, id: 'f2', attribute: 'sector', value: '"教育系统"', remains_of: null },
      ])
      .execute();
    await old.destroy();

    const clock = { now: () => at };
    const registry = createRegistry({ path, calendar: testCalendar, clock, log: silentLogger });
    await registry.start();
    expect(await registry.institutions.list(at)).toEqual([{ id: 'i', name: '市教育局', parent: null }]);
    expect(await registry.facts.valueAt('i', 'sector', at)).toBe('教育系统');
    const input = { number: '1', institution: 'i', commodity: 'water', validFrom: at } as const;
    const account = (await registry.accounts.create(input, by)).id;
    const bill = { account, document: '1', from: at, to: midnight('2024-02-01'), quantity: 3, amountCny: 9 };
    await registry.bills.record([bill], by);
    expect(await registry.bills.list({ from: at, to: at + 1 })).toMatchObject([bill]);
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('names what entries are left of, where that was cut again by the call that brought it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jieyue-migrate-'));
    const path = join(folder, 'registry.sqlite');
    const [at, then] = [midnight('2024-01-01'), midnight('2024-06-01')];
    const old = new Kysely<Tables>({ dialect: sqliteDialect({ path, busyTimeoutMs: 1_000 }) });
    await migrate(
      old,
      path,
      Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0008')),
    );
    await old
      .insertInto('entities')
      .values({ id: 'i', kind: 'institution', agent: null, created_at: at })
      .execute();
    const fact = {
      ...by,
      entity: 'i',
      attribute: 'sector',
      ref: null,
      recorded_at: then,
      superseded_at: null,
    };
    const first = {
      id: 'first',
      valid_from: 1,
      valid_to: null,
      value: '"a"',
      recorded_at: at,
      superseded_at: then,
    };
    const span = (
      id: string,
      valid_from: number,
      valid_to: number | null,
      value: string,
      remains_of: string | null,
    ) => ({
      ...fact,
      id,
      valid_from,
      valid_to,
      value,
      remains_of,
    });
    await old
      .insertInto('facts')
      .values([
        { ...fact, ...first, remains_of: null },
        span('kept', 1, 2, '"a"', 'first'),
        span('cut-1', 2, 3, '"b"', 'never-stored'),
        span('cut-2', 3, 4, '"c"', null),
        span('left', 4, 5, '"a"', 'never-stored-either'),
      ])
      .execute();
    await old.destroy();

    const registry = createRegistry({
      path,
      calendar: testCalendar,
      clock: { now: () => then },
      log: silentLogger,
    });
    await registry.start();
    const facts = await registry.facts.history('i');
    expect(facts.map(({ id, remainsOf }) => [id, remainsOf])).toEqual([
      ['kept', 'first'],
      ['cut-1', null],
      ['cut-2', null],
      ['left', 'first'],
    ]);
    const { entries } = await registry.changes.list({
      institutions: 'everything',
      from: 0,
      to: then + 1,
      limit: 10,
    });
    expect(entries.map(({ id }) => id).sort()).toEqual(['cut-1', 'cut-2', 'first']);
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
