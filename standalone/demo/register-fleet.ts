// Tells the registry of the demo's cars: facts, permits, fences and the region when they are founded, their papers as time goes on.
import { pointKey } from '../../core/domain/topics.ts';
import type { Vehicle } from '../../core/registry/fleet-contracts.ts';
import type { EntityInput, FactInput, Registry } from '../../core/registry/registry.ts';
import type { City } from '../../simulators/city/city.ts';
import type { Fleet } from '../../simulators/fleet/city.ts';
import type { SimCar } from '../../simulators/fleet/plan/types.ts';
import { recordsOf } from '../../simulators/fleet/records.ts';
import { by } from './bills.ts';
import { fleetAgent } from './fleet.ts';
import { type RetiredCar, renewed } from './renewed-cars.ts';

/** What is there already is found by plate, name or number: a registration that was cut short is completed, papers are added up to now. */
export async function registerFleet(
  registry: Registry,
  city: City,
  fleet: Fleet,
  institutions: ReadonlyMap<string, string>,
  now: number,
): Promise<void> {
  const institution = (id: string | null) => {
    const found = institutions.get(id ?? city.institutions[0]?.id ?? '');
    if (found === undefined) throw new RangeError(`the city has no institution "${id}"`);
    return found;
  };
  const vehicles = await registerCars(registry, city, fleet, institution);
  const vehicle = (car: string) => {
    const found = vehicles.get(car);
    if (found === undefined) throw new RangeError(`car ${car} is not registered`);
    return found;
  };
  const records = recordsOf(fleet, { vehicle, institution });
  const { orders, fences, seals, cards, upkeep } = registry.fleet;
  const span = { from: fleet.from, to: fleet.to + 1, superseded: true };
  const written = new Set((await orders.list(span)).map(({ value }) => value.number));
  await orders.record(
    records.orders.map(({ value }) => value).filter(({ number }) => !written.has(number)),
    by,
  );
  const withdrawn = new Set(records.orders.flatMap((each) => (each.withdrawn ? [each.value.number] : [])));
  const standing = (await orders.list({ from: fleet.from, to: fleet.to + 1 })).filter(({ value }) =>
    withdrawn.has(value.number),
  );
  if (standing.length > 0)
    await orders.withdraw(
      standing.map(({ id }) => id),
      by,
    );
  const drawn = new Set((await fences.list({ from: fleet.from, to: now })).map(({ value }) => value.name));
  const missing = records.fences.filter(({ name }) => !drawn.has(name));
  if (missing.length > 0) await fences.record(missing, by);
  await registerRegion(registry, fleet, now);
  await seals.record(records.seals, by);
  await cards.record([...records.earlierCards, ...records.cards.filter(({ ts }) => ts <= now)], by);
  await upkeep.record(
    records.upkeep.filter(({ at }) => at <= now),
    by,
  );
}

type Institution = (id: string | null) => string;

/** @returns car of the simulation → id */
async function registerCars(
  registry: Registry,
  city: City,
  fleet: Fleet,
  institution: Institution,
): Promise<ReadonlyMap<string, string>> {
  const { calendar } = city.days;
  const known = new Map((await registry.fleet.vehicles.list(fleet.to)).map(({ plate, id }) => [plate, id]));
  const creating: EntityInput[] = [];
  const inputs: FactInput[] = [];
  const add = (plate: string, since: string, facts: Readonly<Record<string, unknown>>): string => {
    const found = known.get(plate);
    if (found !== undefined) return found;
    const id = registry.facts.newId();
    creating.push({ id, kind: 'vehicle' });
    const bought = Math.max(city.from, calendar.parse(since) ?? city.from);
    for (const [attribute, value] of Object.entries({ plate, ...facts })) {
      const validFrom = attribute === 'terminal' ? Math.max(bought, fleet.from) : bought;
      inputs.push({ entity: id, attribute, validFrom, value });
    }
    return id;
  };
  const { bought, retired } = renewed(fleet);
  const old = new Map(
    retired.map((car) => [car.replacedBy, add(car.plate, '', retiredFacts(car, institution))]),
  );
  const vehicles = new Map<string, string>();
  for (const car of fleet.cars) {
    const purchasedOn = bought.get(car.id) ?? car.purchasedOn;
    const replaces = old.get(car.id) ?? null;
    const facts = { ...carFacts(car), institution: institution(car.institution), purchasedOn, replaces };
    vehicles.set(car.id, add(car.plate, purchasedOn, facts));
  }
  if (creating.length === 0) return vehicles;
  for (const [id, permits] of permitsOf(fleet))
    inputs.push({
      entity: institution(id),
      attribute: 'vehiclePermits',
      validFrom: city.from,
      value: permits,
    });
  inputs.push({
    entity: institution(null),
    attribute: 'newEnergyTarget',
    validFrom: city.from,
    value: { stock: 0.3, replacements: 0.5 },
  });
  await registry.facts.record(inputs, by, creating);
  return vehicles;
}

type Facts = Partial<Omit<Vehicle, 'id'>>;

function carFacts(car: SimCar): Facts {
  const { category, vehicleClass, powertrain, tankL, batteryKwh, limitKmh, leased } = car;
  const terminal = pointKey(fleetAgent, car.point);
  return { terminal, category, vehicleClass, powertrain, tankL, batteryKwh, limitKmh, leased };
}

function retiredFacts(car: RetiredCar, institution: Institution): Facts {
  const { category, vehicleClass, powertrain, tankL, purchasedOn, disposedOn, disposal } = car;
  const whose = institution(car.institution);
  const what = { category, vehicleClass, powertrain, tankL, purchasedOn, disposedOn, disposal };
  return { ...what, institution: whose, leased: false };
}

/** As many as there are, but the first institution has one car more than it may. */
function permitsOf({ cars }: Fleet): Map<string, Partial<Record<SimCar['category'], number>>> {
  const permits = new Map<string, Partial<Record<SimCar['category'], number>>>();
  for (const { institution, category } of cars) {
    const own = permits.get(institution) ?? {};
    permits.set(institution, { ...own, [category]: (own[category] ?? 0) + 1 });
  }
  const [first] = cars;
  const own = first && permits.get(first.institution);
  if (first && own)
    permits.set(first.institution, { ...own, [first.category]: (own[first.category] ?? 1) - 1 });
  return permits;
}

/** The whole city is the region of all its cars. */
async function registerRegion(registry: Registry, fleet: Fleet, now: number): Promise<void> {
  const drawn = await registry.fleet.fences.list({ from: fleet.from, to: now });
  for (const { id, value } of drawn) {
    if (value.kind !== 'region') continue;
    const said = await registry.facts.history(value.institution, { attribute: 'region' });
    if (said.length > 0) continue;
    await registry.facts.record(
      [{ entity: value.institution, attribute: 'region', validFrom: value.from, value: id }],
      by,
    );
  }
}
