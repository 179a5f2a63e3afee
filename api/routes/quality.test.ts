// Data quality over HTTP: what is overdue for calibration, and whom to call, for those who may see facts.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

let world: AccountingWorld;
let app: FastifyInstance;
const keys: Record<string, string> = {};
beforeAll(async () => {
  world = await accountingWorld();
  const { registry, ids } = world;
  const validFrom = midnight('2024-01-01');
  await registry.facts.record(
    [
      { entity: points.east, attribute: 'calibrationDue', validFrom, value: '2024-05-31' },
      { entity: points.piles, attribute: 'calibrationDue', validFrom, value: '2024-06-01' },
      { entity: points.east, attribute: 'contact', validFrom, value: { name: '王工', phone: '0571-1234' } },
    ],
    by,
  );
  keys['auditor'] = (await registry.principals.create('a', [{ role: 'auditor', institution: null }])).key;
  keys['viewer'] = (await registry.principals.create('v', [{ role: 'viewer', institution: null }])).key;
  const grants = [
    { role: 'viewer', institution: null },
    { role: 'facility-engineer', institution: ids.west },
  ] as const;
  keys['elsewhere'] = (await registry.principals.create('e', grants)).key;
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

interface Finding {
  readonly institution: string;
  readonly finding: { readonly code: string };
  readonly subject: { readonly id: string };
  readonly since: string | null;
  readonly contact: unknown;
}

async function get(who: string, more = '', accept = 'application/json') {
  const url = `/api/v1/quality?institution=${world.ids.city}&year=2024&month=5${more}`;
  const answer = await app.inject({ url, headers: { authorization: `Bearer ${keys[who]}`, accept } });
  expect(answer.statusCode).toBe(200);
  return answer;
}

async function findings(who: string): Promise<Finding[]> {
  return (await get(who)).json().findings;
}

const ofEast = ({ subject }: Finding) => subject.id === points.east;

describe('data quality', () => {
  it('counts and lists what was due for calibration before the month’s end, with the day', async () => {
    const { institutions } = (await get('auditor')).json();
    const counts = institutions.map(
      (row: { institution: string; calibrationOverdue: number }) =>
        [row.institution, row.calibrationOverdue] as const,
    );
    expect(new Map(counts).get(world.ids.east)).toBe(1);
    expect(new Map(counts).get(world.ids.west)).toBe(0);
    const overdue = (await findings('auditor')).filter(
      ({ finding }) => finding.code === 'calibration-overdue',
    );
    expect(overdue).toMatchObject([
      { institution: world.ids.east, subject: { id: points.east }, since: '2024-05-31T00:00:00+08:00' },
    ]);
  });

  it('says beside each finding of a point whom to call, and nobody where nobody is named', async () => {
    const all = await findings('auditor');
    const silent = all.filter(({ finding }) => finding.code === 'silent');
    expect(silent.find(ofEast)?.contact).toEqual({ name: '王工', phone: '0571-1234' });
    expect(silent.find(({ subject }) => subject.id === points.piles)).toMatchObject({ contact: null });
  });

  it.each(['viewer', 'elsewhere'])('tells no contact to a %s, who may not see facts there', async (who) => {
    const all = await findings(who);
    expect(all.filter(ofEast)).not.toEqual([]);
    for (const { contact } of all) expect(contact).toBeNull();
    expect((await get(who, '&table=findings', 'text/csv')).body).not.toContain('王工');
  });

  it('has both in its tables for spreadsheets', async () => {
    const found = (await get('auditor', '&table=findings', 'text/csv')).body;
    expect(found.split('\r\n')[0]).toMatch(/,contact,telephone$/);
    expect(found).toMatch(/calibration is overdue,.*,王工,0571-1234\r\n/);
    expect((await get('auditor', '', 'text/csv')).body.split('\r\n')[0]).toMatch(
      /,points overdue for calibration$/,
    );
  });
});
