// The demo's cars in a real registry: all of them with what is to be said of them, once, and their papers as time goes on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../../core/domain/time.ts';
import { type TestRegistry, testCalendar, testRegistry } from '../../core/testing/test-registry.ts';
import { createDemo } from '../../simulators/demo-faults.ts';
import { demoFleet, fleetPeriod, pastDays } from './fleet.ts';
import { cityInstitutions, registerCity } from './register.ts';
import { registerFleet } from './register-fleet.ts';

const now = Date.parse('2026-11-23T15:00+08:00');
const meters = createDemo({ seed: 1, to: now, from: now - 75 * dayMs });
const period = fleetPeriod(undefined, now, testCalendar);
const fleet = demoFleet(1, period);
const all = { from: 0, to: now + 60 * dayMs };

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = now;
  await registerCity(test.registry, meters, testCalendar, 'en');
});
afterEach(() => test.end());

async function register(at = now, of = fleet): Promise<void> {
  const institutions = await cityInstitutions(test.registry, meters.city);
  await registerFleet(test.registry, meters.city, of, institutions, at);
}

async function counts() {
  const { orders, fences, seals, cards, upkeep, vehicles } = test.registry.fleet;
  return {
    vehicles: (await vehicles.list(now)).length,
    orders: (await orders.list(all)).length,
    fences: (await fences.list(all)).length,
    seals: (await seals.list(all)).length,
    cards: (await cards.list(all)).length,
    upkeep: (await upkeep.list(all)).length,
  };
}

describe('the cars of the demo city', () => {
  it('are registered with terminals, permits and a region, and two of them in place of old ones', async () => {
    await register();
    const { registry } = test;
    const vehicles = await registry.fleet.vehicles.list(now);
    const plates = new Set(vehicles.map(({ plate }) => plate));
    expect(fleet.cars.filter(({ plate }) => !plates.has(plate))).toEqual([]);
    const standing = vehicles.filter(({ disposedOn }) => disposedOn === null);
    expect(standing).toHaveLength(fleet.cars.length);
    expect(standing.every(({ terminal }) => terminal?.startsWith('yjcars/'))).toBe(true);
    const renewed = standing.filter(({ replaces }) => replaces !== null);
    expect(renewed.map(({ powertrain }) => powertrain === 'battery-electric').sort()).toEqual([false, true]);
    const gone = vehicles.filter(({ disposedOn }) => disposedOn !== null).map(({ id }) => id);
    expect(renewed.map(({ replaces }) => replaces).sort()).toEqual(gone.sort());
    const [top] = (await registry.institutions.list(now)).filter(({ parent }) => parent === null);
    const [region] = await registry.facts.history(top?.id ?? '', { attribute: 'region' });
    const fence = await registry.fleet.fences.get(String(region?.value));
    expect(fence?.value.kind).toBe('region');
    const withdrawn = fleet.orders.filter(({ state }) => state === 'withdrawn').length;
    expect((await counts()).orders).toBe(fleet.orders.length - withdrawn);
  });

  it('are registered once, and have the card entries up to now', async () => {
    await register();
    const before = await counts();
    const revision = await test.registry.fleet.revision();
    await register();
    expect(await counts()).toEqual(before);
    expect(await test.registry.fleet.revision()).toBe(revision);
    expect(before.cards - fleet.earlierCards.length).toBe(fleet.cards.filter(({ ts }) => ts <= now).length);
    await register(now + 10 * dayMs);
    expect((await counts()).cards - fleet.earlierCards.length).toBe(
      fleet.cards.filter(({ ts }) => ts <= now + 10 * dayMs).length,
    );
    expect((await counts()).cards).toBeGreaterThan(before.cards);
  });

  it('go on with new days when theirs are over: the same cars, other papers', async () => {
    await register();
    const before = await counts();
    const later = now + 90 * dayMs;
    const next = fleetPeriod(period, later, testCalendar);
    expect(next.from).toBe(testCalendar.floor(later - pastDays * dayMs, 'day'));
    expect(next.sentTo).toBeNull();
    test.clock.at = later;
    const second = demoFleet(1, next);
    expect(second.cars.map(({ plate }) => plate)).toEqual(fleet.cars.map(({ plate }) => plate));
    await register(later, second);
    const after = await counts();
    expect(after).toMatchObject({ vehicles: before.vehicles, fences: before.fences });
    const orders = await test.registry.fleet.orders.list({ from: next.from, to: second.to });
    expect(orders.length).toBeGreaterThan(100);
  });

  it('keep their days while these last, and begin the next where they ended', () => {
    const known = { ...period, sentTo: now };
    expect(fleetPeriod(known, now + 3 * dayMs, testCalendar)).toBe(known);
    const soon = fleetPeriod(known, fleet.to + dayMs, testCalendar);
    expect(soon).toEqual({ from: fleet.to, sentTo: null });
  });
});
