// Tells the registry of the demo city: definitions, institutions, buildings, accounts, points with their devices, bills.
import type { Language } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { pointKey } from '../../core/domain/topics.ts';
import type { EntityInput, FactInput, PointInput, Registry } from '../../core/registry/registry.ts';
import { standingCharges } from '../../simulators/accounts/charges.ts';
import { cityDefinitions } from '../../simulators/accounts/definitions.ts';
import { cityFacts } from '../../simulators/accounts/facts.ts';
import { pointUses } from '../../simulators/accounts/points.ts';
import { cityAccounts } from '../../simulators/accounts/supply.ts';
import type { CityAccount, PointUse, Say } from '../../simulators/accounts/types.ts';
import type { City } from '../../simulators/city/city.ts';
import type { CityPoint, Name } from '../../simulators/city/types.ts';
import type { Meters } from '../../simulators/meters.ts';
import { by, ids, recordBills, recordCharges } from './bills.ts';
import { datedFrom } from './dated.ts';

/**
 * What is there already is found by its name (institutions, buildings) or number (accounts): a registration that was cut
 * short is completed, and one that is there changes nothing. Bills up to the city's present; `recordBillsSince` goes on.
 */
export async function registerCity(
  registry: Registry,
  meters: Meters,
  calendar: Calendar,
  language: Language,
): Promise<void> {
  const { city } = meters;
  const named = (name: Name) => (language === 'en' ? name.en : name.zh);
  for (const { kind, id, value } of cityDefinitions) await registry.definitions.record(kind, id, value, by);
  const places = await registerPlaces(registry, city, named);
  const accounts = cityAccounts(city);
  await registerAccounts(registry, accounts, places, named);
  await recordCharges(registry, await ids(registry, accounts), standingCharges(city, accounts));
  await registerPoints(registry, meters, calendar, accounts, places, named);
  await recordBills(registry, city, accounts, { from: city.from, to: calendar.floor(city.to, 'month') });
}

/** The city's own names of its institutions → ids, in whatever language it was registered. Those renamed since are missing. */
export async function cityInstitutions(registry: Registry, city: City): Promise<ReadonlyMap<string, string>> {
  const known = await registry.institutions.list(city.to);
  return new Map(
    city.institutions.flatMap(({ id, name }): [string, string][] => {
      const found = known.find((each) => each.name === name.zh || each.name === name.en);
      return found === undefined ? [] : [[id, found.id]];
    }),
  );
}

interface Places {
  readonly institutions: ReadonlyMap<string, string>;
  readonly buildings: ReadonlyMap<string, string>;
}

/** Institutions and buildings with all their facts, in one transaction. */
async function registerPlaces(
  registry: Registry,
  city: City,
  named: (name: Name) => string,
): Promise<Places> {
  const validFrom = city.from;
  const creating: EntityInput[] = [];
  const inputs: FactInput[] = [];
  const institutions = new Map<string, string>();
  const buildings = new Map<string, string>();
  const knownInstitutions = await registry.institutions.list(validFrom);
  const knownBuildings = await registry.buildings.list(validFrom);
  const add = (kind: 'institution' | 'building', facts: Readonly<Record<string, unknown>>): string => {
    const id = registry.facts.newId();
    creating.push({ id, kind });
    for (const [attribute, value] of Object.entries(facts))
      inputs.push({ entity: id, attribute, validFrom, value });
    return id;
  };
  for (const { id, name, parent: above } of city.institutions) {
    const parent = above === null ? null : (institutions.get(above) ?? null);
    const known = knownInstitutions.find((each) => each.name === named(name) && each.parent === parent);
    institutions.set(id, known?.id ?? add('institution', { name: named(name), parent }));
  }
  for (const { id, name, institution: owner } of city.buildings) {
    const institution = institutions.get(owner) ?? null;
    const known = knownBuildings.find(
      (each) => each.name === named(name) && each.institution === institution,
    );
    buildings.set(id, known?.id ?? add('building', { name: named(name), institution }));
  }
  const say: Say = {
    text: named,
    institution(id) {
      const found = institutions.get(id);
      if (found === undefined) throw new RangeError(`the city has no institution "${id}"`);
      return found;
    },
  };
  for (const { of, attribute, from, to, value } of datedFrom(cityFacts(city), city)) {
    const entity = (of.kind === 'institution' ? institutions : buildings).get(of.id);
    if (entity === undefined) continue;
    const end = to === null ? {} : { validTo: to };
    inputs.push({ entity, attribute, validFrom: from, value: value(say), ...end });
  }
  await registry.facts.record(inputs, by, creating);
  return { institutions, buildings };
}

async function registerAccounts(
  registry: Registry,
  accounts: readonly CityAccount[],
  { institutions }: Places,
  named: (name: Name) => string,
): Promise<void> {
  const known = await ids(registry, accounts);
  const missing = accounts.filter(({ number }) => !known.has(number));
  await registry.accounts.createAll(
    missing.map(({ number, name, supplier, institution, commodity, use, billing, tariff, from }) => ({
      number,
      name: named(name),
      supplier: named(supplier),
      institution: institutions.get(institution) ?? null,
      commodity,
      use,
      billing,
      ...(tariff === null ? {} : { tariff }),
      validFrom: from,
    })),
    by,
  );
}

async function registerPoints(
  registry: Registry,
  meters: Meters,
  calendar: Calendar,
  accounts: readonly CityAccount[],
  { buildings }: Places,
  named: (name: Name) => string,
): Promise<void> {
  const { city } = meters;
  const uses = pointUses(city, accounts);
  const numbers = await ids(registry, accounts);
  // A point that is part of another one comes after it.
  const ordered = [...city.points].sort((a, b) => depth(city, a) - depth(city, b));
  const inputs = ordered.map(
    (point): PointInput => ({
      key: pointKey(point.agent, point.point),
      name: named(point.name),
      quantities: point.quantities,
      role: point.role,
      parent: point.parent === null ? null : pointKey(city.point(point.parent).agent, point.parent),
      ...(point.item === null ? {} : { item: point.item }),
      building: buildings.get(point.building) ?? null,
      validFrom: calendar.floor(point.installation?.from ?? city.from, 'day'),
      ...pointFacts(uses.get(point.point), numbers, named),
    }),
  );
  await registry.points.registerAll(inputs, by);
  await registry.facts.record(
    city.points.flatMap((point) => [...intervals(point, calendar), ...devices(meters, point, calendar)]),
    by,
  );
}

function depth(city: City, point: CityPoint): number {
  return point.parent === null ? 0 : 1 + depth(city, city.point(point.parent));
}

function pointFacts(
  said: PointUse | undefined,
  numbers: ReadonlyMap<string, string>,
  named: (name: Name) => string,
): Partial<PointInput> {
  if (said === undefined) return {};
  const { account, contact, ...rest } = said;
  const id = account === undefined ? undefined : numbers.get(account);
  return {
    ...rest,
    ...(id === undefined ? {} : { account: id }),
    ...(contact === undefined ? {} : { contact: { name: named(contact.name), phone: contact.phone } }),
  };
}

function intervals(point: CityPoint, calendar: Calendar): FactInput[] {
  return point.expectedIntervals.map(({ from, value }) => ({
    entity: pointKey(point.agent, point.point),
    attribute: 'expectedIntervalMs',
    validFrom: calendar.floor(from, 'day'),
    value,
  }));
}

function devices(meters: Meters, point: CityPoint, calendar: Calendar): FactInput[] {
  const { register } = point;
  if (register === null) return [];
  return meters.installations(point.point).map((installation) => {
    const { from, serial, multiplier, wrapsAt, ratingPerHour, firstValue, previousFinalValue } = installation;
    const validFrom = calendar.floor(from, 'day');
    const values = Object.entries({ wrapsAt, ratingPerHour, firstValue, previousFinalValue });
    const known = Object.fromEntries(values.filter(([, value]) => value !== undefined));
    return {
      entity: pointKey(point.agent, point.point),
      attribute: 'installation',
      validFrom,
      value: {
        installedAt: from,
        multiplier,
        registers: { [register]: known },
        ...(serial ? { serial } : {}),
      },
    };
  });
}
