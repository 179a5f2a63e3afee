import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { distanceM } from '../../../core/domain/fleet/track/geodesy.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { fleetCity } from '../city.ts';
import { FleetPublisher, type PublishedPosition } from './fleet-publisher.ts';
import { accelerated, atOnce, live } from './pace.ts';

const from = Date.parse('2026-10-12T00:00+08:00');
const fleet = fleetCity({ seed: 6, cars: 2, days: 1, from });
const cars = fleet.cars.map(({ id, point }) => ({ point, positions: fleet.positionsOf(id) }));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function broker(): Promise<{ url: string; messages: [string, PublishedPosition][] }> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `mqtt://127.0.0.1:${address.port}`;
  const listener = await connectAsync(url);
  const messages: [string, PublishedPosition][] = [];
  listener.on('message', (topic, payload) => {
    messages.push([topic, JSON.parse(payload.toString()) as PublishedPosition]);
  });
  await listener.subscribeAsync('fleet/#', { qos: 1 });
  stops.push(async () => {
    await listener.endAsync(true);
    await new Promise<void>((resolve) => aedes.close(resolve));
    server.close();
  });
  return { url, messages };
}

describe('cars that publish', () => {
  it('publish every position of theirs, in order', async () => {
    const { url, messages } = await broker();
    const publisher = new FleetPublisher({ url, cars, pace: atOnce, clock: systemClock });
    stops.push(() => publisher.stop());
    await publisher.start();
    await publisher.done();
    for (const { point, positions } of cars) {
      const wanted = [...positions].map(({ fix }) => [fix.ts, fix.lat, fix.lon, fix.speedKmh]);
      while (messages.filter(([topic]) => topic === `fleet/${point}/position`).length < wanted.length)
        await new Promise((resolve) => setTimeout(resolve, 5));
      const own = messages.filter(([topic]) => topic === `fleet/${point}/position`);
      expect(own.map(([, { time, lat, lng, speed }]) => [time, lat, lng, speed])).toEqual(wanted);
    }
  });

  it('publish places in the datum that they are told', async () => {
    const { url, messages } = await broker();
    const [car] = cars;
    if (car === undefined) throw new Error('no car');
    const positions = [...car.positions].slice(0, 3);
    const options = { url, cars: [{ ...car, positions }], clock: systemClock, datum: 'gcj02' } as const;
    const publisher = new FleetPublisher({ ...options, pace: accelerated(from, systemClock.now(), 1e6) });
    stops.push(() => publisher.stop());
    await publisher.start();
    await publisher.done();
    while (messages.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    messages.forEach(([, { lat, lng }], index) => {
      const { fix } = positions[index] ?? { fix: { lat: 0, lon: 0 } };
      const shift = distanceM(lat, lng, fix.lat, fix.lon);
      expect(shift).toBeGreaterThan(200);
      expect(shift).toBeLessThan(700);
    });
  });

  it('wait for their time, and stop at once', async () => {
    const { url } = await broker();
    const later = { due: (sentAt: number) => live.due(sentAt) + 1e12 };
    const publisher = new FleetPublisher({ url, cars, pace: later, clock: systemClock });
    await publisher.start();
    await publisher.stop();
    await publisher.stop();
    expect(publisher.published).toBe(0);
  });
});
