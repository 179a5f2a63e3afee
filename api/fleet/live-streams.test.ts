// Many streams of live positions on real sockets, and slow ones.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { drive, putPositions } from '../../core/testing/fleet-world.ts';
import { type StreamWorld, streamNow, streamWorld, until } from '../../core/testing/live-streams.ts';
import type { TestApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let world: StreamWorld;
let api: TestApi;

beforeEach(async () => {
  world = await streamWorld();
  ({ api } = world);
});
afterEach(() => world.end());

const listen: StreamWorld['listen'] = (options) => world.listen(options);
const start: StreamWorld['start'] = (...options) => world.start(...options);
const silentClient = () => world.silentClient();
const openStreams = () => world.openStreams();

describe('many streams', () => {
  it('are fed by one poll: 200 of them get each change once', async () => {
    let looks = 0;
    const counted = new Proxy(api.deps.store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name === 'latestPositions') looks++;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    await start({ everyMs: 500, perPrincipal: 200 }, { store: counted });
    const streams = await Promise.all(Array.from({ length: 200 }, () => listen()));
    await Promise.all(streams.map((stream) => stream.next(1)));
    await putPositions(api, drive('cars/1', streamNow, 1));
    const began = looks;
    await Promise.all(streams.map((stream) => stream.next(2)));
    expect(looks - began).toBeLessThan(10);
    const moved = streams.map(({ events }) => events[1]?.data.vehicles[0].ts);
    expect(new Set(moved)).toEqual(new Set(['2024-03-10T10:00:00+08:00']));
    expect(new Set(streams.map(({ events }) => events.length))).toEqual(new Set([2]));
  });

  it('do not wait for a client that reads nothing, hold one part of an event for it, and let it go', async () => {
    const facts = Array.from({ length: 1_000 }, (_, index) => ({
      plate: `浙D${String(10_000 + index)}`,
      institution: api.ids.school,
      terminal: `fleet/${index}` as const,
    }));
    const ids = facts.map(() => api.registry.facts.newId());
    await api.registry.facts.record(
      facts.flatMap((said, index) =>
        Object.entries(said).map(([attribute, value]) => ({
          entity: ids[index] ?? '',
          attribute,
          validFrom: midnight('2024-01-01'),
          value,
        })),
      ),
      by,
      ids.map((id) => ({ id, kind: 'vehicle' as const })),
    );
    await start({ stallMs: 30_000 });
    const [slow, deaf] = [await silentClient(), await silentClient()];
    const quick = await listen();
    await quick.next(6);
    const timeOf = (round: number) =>
      new Date(streamNow + round * 1_000 + 8 * hourMs).toISOString().slice(0, 19);
    const reached = (round: number) =>
      quick.events.some(({ data }) =>
        data.vehicles?.some(({ ts }: { ts: string | null }) => ts === `${timeOf(round)}+08:00`),
      );
    // Far more than sockets and kernel hold: 150 rounds of 270 kB.
    const rounds = 150;
    for (let round = 0; round < rounds; round++) {
      const moved = facts.flatMap(({ terminal }) => drive(terminal, streamNow + round * 1_000, 1));
      await putPositions(api, moved);
      if (round % 3 === 2) await until(() => reached(round));
    }
    let received = '';
    slow.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    slow.resume();
    await until(() => received.includes(`${timeOf(rounds - 1)}+08:00`));
    expect(received.length).toBeLessThan(quick.bytes() * 0.7);
    expect(await openStreams()).toBe(3);
    api.clock.at = streamNow + 31_000;
    await until(async () => (await openStreams()) === 2);
    expect(deaf.destroyed).toBe(false);
    expect(quick.events.length).toBeGreaterThan(10);
  });
});
