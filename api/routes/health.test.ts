import { afterEach, describe, expect, it } from 'vitest';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { positionMarksOf } from '../../ingest/marks.ts';
import type { ApiDeps } from '../deps.ts';

let api: TestApi | undefined;
afterEach(() => api?.end());

async function health(changes: Partial<ApiDeps> = {}, prepare: (made: TestApi) => unknown = () => {}) {
  api = await testApi(changes);
  await prepare(api);
  return api.get('/health', { key: undefined });
}

describe('health', () => {
  it('is ok while all parts run and rollups keep up', async () => {
    const rollupBacklog = { series: 0, oldestAt: null };
    const { status, body } = await health({ pipeline: async () => ({ rollupBacklog }) });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      version: '0.1.0',
      at: '2024-03-11T00:00:00+08:00',
      checks: {
        store: { state: 'ok', detail: null },
        registry: { state: 'ok', detail: null },
        broker: { state: 'ok', detail: null },
        rollups: { state: 'ok', detail: '0 series behind' },
        tracks: { state: 'ok', detail: '0 terminals behind' },
      },
    });
  });

  it('is degraded, and still 200, without the broker', async () => {
    const { status, body } = await health({
      ready: () => ({ store: true, registry: true, broker: false, ingest: true }),
    });
    expect([status, body.status]).toEqual([200, 'degraded']);
    expect(body.checks.broker).toEqual({ state: 'degraded', detail: 'does not run' });
  });

  it('is degraded when rollups are a minute behind', async () => {
    const { body } = await health({}, ({ clock }) => {
      clock.at += 61_000;
    });
    expect([body.status, body.checks.rollups.state]).toEqual(['degraded', 'degraded']);
    expect(body.checks.rollups.detail).toContain('the oldest for 61 s');
  });

  it('is degraded when positions are not followed for a quarter of an hour', async () => {
    const { body } = await health({}, async ({ clock, registry }) => {
      const ts = clock.at;
      const row = {
        vehicle: 'cars/1' as const,
        ts,
        lat: 30,
        lon: 114,
        speedKmh: 0,
        courseDeg: 0,
        extras: {},
      };
      const marks = positionMarksOf([row]);
      await registry.marks.confirm(await registry.marks.announce(marks), marks);
      clock.at += 16 * 60_000;
    });
    expect([body.status, body.checks.tracks.state]).toEqual(['degraded', 'degraded']);
    expect(body.checks.tracks.detail).toBe('1 terminals behind, the oldest for 960 s');
  });

  it('is down, with 503, when the store does not answer, and tells nothing of the inside', async () => {
    const { status, body, text } = await health({}, ({ store }) => {
      store.failure = new Error('cannot open /secret/place');
    });
    expect([status, body.status]).toEqual([503, 'down']);
    expect(body.checks.store).toEqual({ state: 'down', detail: 'does not answer' });
    expect(text).not.toContain('secret');
  });

  it('is down when the registry is closed, or a vital part is known not to run', async () => {
    const closed = await health({}, ({ registry }) => registry.stop());
    expect([closed.status, closed.body.checks.registry.state]).toEqual([503, 'down']);
    await api?.end();
    const stopped = await health({ ready: () => ({ store: false, registry: true, broker: true }) });
    expect([stopped.status, stopped.body.checks.store.state]).toEqual([503, 'down']);
  });

  it('asks the parts once a second at most', async () => {
    await health();
    for (let count = 0; count < 5; count++) await api?.get('/health', { key: undefined });
    expect(api?.store.reads).toEqual(['figures']);
    if (api) api.clock.at += 1_000;
    await api?.get('/health', { key: undefined });
    expect(api?.store.reads).toEqual(['figures', 'figures']);
  });
});
