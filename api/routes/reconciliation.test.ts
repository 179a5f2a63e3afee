// Bills against meters over HTTP: pages of accounts that together are complete, in JSON and as a table.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

let world: AccountingWorld;
let app: FastifyInstance;
let key: string;
/** More than one answer holds. */
const count = 1_003;
beforeAll(async () => {
  world = await accountingWorld();
  const { registry, ids } = world;
  const days = { from: midnight('2024-01-01'), to: midnight('2024-02-01') };
  const accounts = await registry.accounts.createAll(
    Array.from({ length: count }, (_, number) => ({
      number: `N${number}`,
      institution: number % 2 === 0 ? ids.east : ids.west,
      commodity: 'electricity' as const,
      validFrom: days.from,
    })),
    by,
  );
  const bills = accounts.map(({ id, number }) => ({
    account: id,
    document: `D-${number}`,
    ...days,
    quantity: 1,
  }));
  await registry.bills.record(
    bills.map((bill) => ({ ...bill, amountCny: 1 })),
    by,
  );
  key = (await registry.principals.create('a', [{ role: 'auditor', institution: null }])).key;
  app = buildApp({
    store: world.store,
    registry,
    calendar: testCalendar,
    clock: world.clock,
    log: silentLogger,
    metrics: new Metrics(),
    language: 'en',
    version: 'test',
    ready: () => ({ store: true }),
    accounting: world.accounting,
  });
});
afterAll(async () => {
  await app?.close();
  await world?.end();
});

async function ask(more: Record<string, string>, accept = 'application/json') {
  const asked = new URLSearchParams({ institution: world.ids.city, year: '2024', ...more });
  const url = `/api/v1/reconciliation?${asked}`;
  return app.inject({ url, headers: { authorization: `Bearer ${key}`, accept } });
}

describe('reconciliation', () => {
  it('answers more than a thousand accounts completely, a page at a time', async () => {
    const first = (await ask({})).json();
    expect(first.rows.length).toBe(1_000);
    const second = (await ask({ cursor: first.next })).json();
    expect(second.next).toBeNull();
    const documents = [...first.rows, ...second.rows].map((row: { document: string }) => row.document);
    expect(new Set(documents).size).toBe(count);
    expect(documents.length).toBe(count);
    const table = await ask({}, 'text/csv');
    const rest = await ask({ cursor: String(table.headers['x-next-cursor']) }, 'text/csv');
    expect(rest.headers['x-next-cursor']).toBeUndefined();
    expect(rest.body.trimEnd().split('\r\n').length).toBe(1 + count - 1_000);
  });

  it('answers one account alone, and a cursor of another list with what is wrong', async () => {
    const [{ account, document }] = (await ask({ limit: '1' })).json().rows;
    const one = (await ask({ account })).json();
    expect(one.rows).toMatchObject([{ account, document }]);
    expect(one.next).toBeNull();
    expect((await ask({ cursor: 'elsewhere' })).statusCode).toBe(400);
    expect((await ask({ limit: '1001' })).statusCode).toBe(400);
  });
});
