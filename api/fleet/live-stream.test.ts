// A stream of live positions on a real socket: what it says, and when it ends. Many of them: live-streams.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { addCar, drive, putPositions, sayOfCar } from '../../core/testing/fleet-world.ts';
import {
  type StreamWorld,
  streamNow,
  streamPath,
  streamWorld,
  until,
} from '../../core/testing/live-streams.ts';
import type { TestApi } from '../../core/testing/test-api.ts';

let world: StreamWorld;
let api: TestApi;
let key: string;
let car: string;
beforeEach(async () => {
  world = await streamWorld();
  ({ api, key, car } = world);
});
afterEach(() => world.end());

const server = () => world.server();
const listen: StreamWorld['listen'] = (options) => world.listen(options);
const start: StreamWorld['start'] = (...options) => world.start(...options);
const openStreams = () => world.openStreams();
const log = () => api.registry.fleet.audit.list({ from: 0, to: streamNow * 2, limit: 1_000 });

describe('a stream of live positions', () => {
  it('says all at once, then what changed, and nothing that did not', async () => {
    const other = await addCar(api, { plate: '浙C00002', institution: api.ids.school, terminal: 'cars/2' });
    const stream = await listen();
    expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream']);
    const [first] = await stream.next(1);
    expect(first).toMatchObject({ event: 'positions', data: { reset: true, gone: [] } });
    expect(first?.data.vehicles.map((each: { vehicle: string }) => each.vehicle).sort()).toEqual(
      [car, other].sort(),
    );
    await putPositions(api, drive('cars/2', streamNow, 1));
    const [, second] = await stream.next(2);
    expect(second?.data).toMatchObject({
      reset: false,
      vehicles: [{ vehicle: other, place: { lat: 28 } }],
      gone: [],
    });
    expect(second?.id).not.toBe(first?.id);
  });

  it('goes on where it was for a client that comes back, and begins anew where that cannot be', async () => {
    const stream = await listen();
    const [first] = await stream.next(1);
    stream.stop();
    await putPositions(api, drive('cars/1', streamNow, 1));
    await until(async () => (await openStreams()) === 0);
    const again = await listen({ last: first?.id ?? '' });
    const other = await listen({ last: first?.id ?? '', query: '&datum=gcj02' });
    expect((await again.next(2)).map(({ data }) => data)).toMatchObject([
      { reset: false, vehicles: [] },
      { reset: false, vehicles: [{ vehicle: car, ts: '2024-03-10T10:00:00+08:00' }] },
    ]);
    expect((await other.next(1))[0]?.data).toMatchObject({ reset: true });
    for (const last of ['nonsense', 'a.b.c', `${first?.id}x`, '..'])
      expect((await (await listen({ last })).next(1))[0]?.data.reset).toBe(true);
  });

  it('tells which cars are no longer there, and shows none that went to another institution', async () => {
    const stream = await listen();
    await stream.next(1);
    await sayOfCar(api, car, 'institution', api.ids.hospital, '2024-03-10');
    await putPositions(api, drive('cars/1', streamNow, 1));
    const [, second] = await stream.next(2);
    expect(second?.data).toMatchObject({ vehicles: [], gone: [car] });
  });

  it('is in the audit log before anything is sent, once an hour, and for each car that comes', async () => {
    const stream = await listen({ query: `&institution=${api.ids.school}` });
    await stream.next(1);
    expect(await log()).toMatchObject([
      {
        action: 'stream',
        vehicles: [car],
        institutions: [api.ids.school],
        purpose: 'watch',
        to: streamNow + hourMs,
      },
    ]);
    const other = await addCar(api, { plate: '浙C00002', institution: api.ids.school, terminal: 'cars/2' });
    await stream.next(2);
    expect((await log()).length).toBe(1);
    await putPositions(api, drive('cars/2', streamNow, 1));
    await stream.next(3);
    expect((await log())[0]).toMatchObject({ action: 'stream', vehicles: [other] });
    api.clock.at = streamNow + hourMs + 1;
    await until(async () => (await log()).length >= 3);
    expect((await log())[0]?.vehicles).toEqual([car, other].sort());
  });

  it('shows nothing where the audit log cannot be written', async () => {
    const { audit } = api.registry.fleet;
    const { append } = audit;
    Object.assign(audit, { append: () => Promise.reject(new Error('disk full')) });
    const refused = await listen();
    expect([refused.status, refused.headers['content-type']]).toEqual([500, 'application/problem+json']);
    Object.assign(audit, { append });
    const stream = await listen();
    await stream.next(1);
    Object.assign(audit, { append: () => Promise.reject(new Error('disk full')) });
    await addCar(api, { plate: '浙C00002', institution: api.ids.school, terminal: 'cars/2' });
    await putPositions(api, drive('cars/2', streamNow, 1));
    await stream.ended;
    const places = stream.events
      .flatMap(({ data }) => data.vehicles ?? [])
      .filter((each) => each.place !== null);
    expect(places.map((each) => each.vehicle)).toEqual([car]);
    expect(stream.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'api.internal' } });
    Object.assign(audit, { append });
  });

  it('ends when the key is revoked', async () => {
    const { principal, key: own } = await api.registry.principals.create('leaver', [
      { role: 'vehicle-supervisor', institution: null },
    ]);
    const stream = await listen({ key: own });
    await stream.next(1);
    await api.registry.principals.revoke(principal.id);
    api.clock.at = streamNow + 6_000;
    await stream.ended;
    expect(stream.events.at(-1)).toEqual({ event: 'end', data: { reason: 'api.unauthenticated' } });
    expect((await listen({ key: own })).status).toBe(401);
  });

  it('ends with the server, at once', async () => {
    const streams = await Promise.all([listen(), listen()]);
    await Promise.all(streams.map((stream) => stream.next(1)));
    await server().stop();
    await Promise.all(streams.map(({ ended }) => ended));
    for (const { events } of streams)
      expect(events.at(-1)).toEqual({ event: 'end', data: { reason: 'shutdown' } });
  });

  it('leaves no trace when the client goes away', async () => {
    const stream = await listen();
    await stream.next(1);
    expect(await openStreams()).toBe(1);
    stream.stop();
    await until(async () => (await openStreams()) === 0);
  });

  it('is refused where there are too many, of a key and in all, and again possible when one ends', async () => {
    await start({ perPrincipal: 2, total: 3 });
    const two = [await listen(), await listen()];
    const refused = await listen();
    expect(refused.status).toBe(503);
    const others = await api.keyOf({ role: 'vehicle-supervisor', institution: null });
    await listen({ key: others });
    expect((await listen({ key: others })).status).toBe(503);
    two[0]?.stop();
    await until(async () => (await openStreams()) === 2);
    expect((await listen()).status).toBe(200);
  });

  it('says so when the store does not answer, and goes on when it does', async () => {
    const { store } = api.deps;
    let fails = false;
    const failing = new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== 'latestPositions' || typeof member !== 'function') return member;
        return (...args: unknown[]) =>
          fails ? Promise.reject(new Error('gone')) : (Reflect.apply(member, target, args) as unknown);
      },
    });
    await start({}, { store: failing });
    const stream = await listen();
    await stream.next(1);
    fails = true;
    const [, second] = await stream.next(2);
    expect(second).toMatchObject({ event: 'trouble' });
    fails = false;
    const [, , third] = await stream.next(3);
    expect(third).toMatchObject({ event: 'positions', data: { reset: false, vehicles: [] } });
  });

  it('is for GET alone: HEAD answers and ends', async () => {
    const response = await fetch(`${server().address().url}${streamPath}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
    });
    expect(response.status).toBe(200);
  });
});
