import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentStatus } from '../../core/domain/telemetry.ts';
import type { RejectInput } from '../../core/registry/registry.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

function status(changes: Partial<AgentStatus> = {}): AgentStatus {
  return {
    state: 'online',
    at: api.clock.at - 20_000,
    version: '0.1.0',
    outbox: {
      rows: 120,
      batches: 2,
      bytes: 4_096,
      limitBytes: 536_870_912,
      oldestTs: api.clock.at - 90_000,
      nearFull: false,
      refusedRows: 0,
    },
    quarantinedBatches: 1,
    sources: [
      {
        name: 'meters',
        protocol: 'modbus-tcp',
        state: 'degraded',
        devices: 12,
        devicesSilent: 1,
        lastReadAt: api.clock.at - 21_000,
        fault: 'device main: no answer within 2000 ms',
      },
    ],
    ...changes,
  };
}

describe('agents', () => {
  it('show state, lag behind now, outbox, quarantine, sources and open alarms', async () => {
    const now = api.clock.at;
    await api.registry.agents.putStatus('gateway-1', status(), now - 15_000);
    await api.registry.agents.putStatus('gateway-2', status({ state: 'offline' }), now - 3_600_000);
    await api.registry.alarms.raise('quarantine', 'gateway-1', 'batch b7 never found an answer', now - 5_000);
    await api.registry.alarms.raise('clock-fault', 'gateway-1', 'over', now - 9_000);
    await api.registry.alarms.clear('clock-fault', 'gateway-1', now - 8_000);
    const { body } = await api.get('/api/v1/agents');
    const [first, second, third] = body.agents;
    expect(first).toMatchObject({
      id: 'gateway-1',
      state: 'online',
      disabled: false,
      version: '0.1.0',
      reportedAt: '2024-03-10T23:59:40+08:00',
      offlineSince: null,
      statusAgeSeconds: 15,
      lagSeconds: 75,
      outbox: { rows: 120, batches: 2, oldest: '2024-03-10T23:58:30+08:00', nearFull: false, fault: null },
      quarantinedBatches: 1,
      sources: [
        {
          name: 'meters',
          protocol: 'modbus-tcp',
          state: 'degraded',
          devices: 12,
          devicesSilent: 1,
          lastReadAt: '2024-03-10T23:59:39+08:00',
          fault: 'device main: no answer within 2000 ms',
        },
      ],
    });
    expect(first.alarms).toEqual([
      expect.objectContaining({ kind: 'quarantine', clearedAt: null, count: 1 }),
    ]);
    expect(second).toMatchObject({ state: 'offline', offlineSince: '2024-03-10T23:00:00+08:00' });
    expect(third).toMatchObject({ state: 'never-seen', lagSeconds: null, outbox: null, sources: [] });
  });

  it('with an empty outbox have no lag, and tell of a disk that fails', async () => {
    const { outbox } = status();
    const empty = { ...outbox, rows: 0, batches: 0, oldestTs: null, fault: 'free space on its disk' };
    await api.registry.agents.putStatus('gateway-3', status({ outbox: empty }), api.clock.at);
    const { body } = await api.get('/api/v1/agents');
    expect(body.agents[2]).toMatchObject({
      lagSeconds: 0,
      outbox: { oldest: null, fault: 'free space on its disk' },
    });
  });
});

describe('refused rows', () => {
  const reject = (agent: string, index: number): RejectInput => ({
    agent,
    rejection: { id: 'b1', list: 'readings', index, code: 'row.value', message: `row ${index}` },
    row: `["p","power",0,"${index}"]`,
  });

  it('come in pages, the newest first, of one agent or of those the key may see', async () => {
    const inputs = Array.from({ length: 30 }, (_, index) => reject(`gateway-${1 + (index % 2)}`, index));
    await api.registry.rejects.add(inputs, api.clock.at);
    const key = await api.keyOf({ role: 'facility-engineer', institution: api.ids.school });
    const cases: [string, string | undefined, number][] = [
      ['', undefined, 30],
      ['&agent=gateway-2', undefined, 15],
      ['&agent=nobody', undefined, 0],
      ['', key, 15],
      ['&agent=gateway-1', key, 15],
    ];
    for (const [filter, caller, expected] of cases) {
      for (const limit of [1, 4, 15, 30, 1000]) {
        const seen: number[] = [];
        let next: string | null = '';
        while (next !== null) {
          const cursor: string = next === '' ? '' : `&cursor=${next}`;
          const options = caller === undefined ? {} : { key: caller };
          const { status, body } = await api.get(`/api/v1/rejects?limit=${limit}${filter}${cursor}`, options);
          expect(status).toBe(200);
          seen.push(...body.rejects.map(({ seq }: { seq: number }) => seq));
          next = body.next;
        }
        expect([filter, limit, seen.length]).toEqual([filter, limit, expected]);
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
      }
    }
  });

  it('of an agent with a point that belongs to nobody yet are for keys over everything', async () => {
    const own = await testApi();
    try {
      const key = await own.keyOf({ role: 'facility-engineer', institution: own.ids.school });
      const count = async () => (await own.get('/api/v1/rejects', { key })).body.rejects.length;
      await own.registry.rejects.add([reject('gateway-1', 0)], own.clock.at);
      expect(await count()).toBe(1);
      const unplaced = {
        key: 'gateway-1/new',
        name: 'New',
        quantities: ['power'],
        validFrom: midnight('2024-01-01'),
      } as const;
      await own.registry.points.register(unplaced, by);
      own.clock.at += 60_000;
      expect(await count()).toBe(0);
    } finally {
      await own.end();
    }
  });

  it('show where they stood, why they were refused, and themselves', async () => {
    const { body } = await api.get('/api/v1/rejects?agent=gateway-2&limit=1');
    expect(body.rejects).toEqual([
      {
        seq: expect.any(Number),
        at: '2024-03-11T00:00:00+08:00',
        agent: 'gateway-2',
        batch: 'b1',
        list: 'readings',
        index: 29,
        code: 'row.value',
        message: 'row 29',
        row: '["p","power",0,"29"]',
      },
    ]);
  });
});

describe('alarms', () => {
  it('are those that are open, or those that are over', async () => {
    const kinds = async (query: string) =>
      (await api.get(`/api/v1/alarms${query}`)).body.alarms.map(({ kind }: { kind: string }) => kind);
    expect(await kinds('')).toEqual(['quarantine']);
    expect(await kinds('?cleared=false')).toEqual(['quarantine']);
    expect(await kinds('?cleared=true')).toEqual(['clock-fault']);
    expect((await api.get('/api/v1/alarms?cleared=perhaps')).body.detail).toContain(
      'cleared "perhaps": expected one of true, false',
    );
  });

  it('about no agent are seen by grants over everything only', async () => {
    await api.registry.alarms.raise('disk', 'store', 'nearly full', api.clock.at);
    const key = await api.keyOf({ role: 'auditor', institution: api.ids.city });
    const seen = (await api.get('/api/v1/alarms', { key })).body.alarms;
    expect(seen.map(({ subject }: { subject: string }) => subject)).toEqual(['gateway-1']);
    expect((await api.get('/api/v1/alarms')).body.alarms).toHaveLength(2);
  });
});
