// Tells the registry of the demo city: institutions, buildings, points with their devices.
import type { Language } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { pointKey } from '../../core/domain/topics.ts';
import type { FactInput, PointInput, Registry } from '../../core/registry/registry.ts';
import type { CityPoint, Name } from '../../simulators/city/types.ts';
import type { Meters } from '../../simulators/meters.ts';

const by = { author: 'demo', reason: 'demo city' };

/** Doing it again changes nothing but would found a second city: call it for an empty registry. */
export async function registerCity(
  registry: Registry,
  meters: Meters,
  calendar: Calendar,
  language: Language,
): Promise<void> {
  const { city } = meters;
  const validFrom = city.from;
  const named = (name: Name) => (language === 'en' ? name.en : name.zh);
  const institutions = new Map<string, string>();
  for (const { id, name, parent } of city.institutions) {
    const above = parent === null ? null : (institutions.get(parent) ?? null);
    const created = await registry.institutions.create({ name: named(name), parent: above, validFrom }, by);
    institutions.set(id, created.id);
  }
  const buildings = new Map<string, string>();
  for (const { id, name, institution } of city.buildings) {
    const owner = institutions.get(institution) ?? null;
    const created = await registry.buildings.create({ name: named(name), institution: owner, validFrom }, by);
    buildings.set(id, created.id);
  }
  // A point that is part of another one comes after it.
  const ordered = [...city.points].sort((a, b) => Number(a.parent !== null) - Number(b.parent !== null));
  const inputs = ordered.map(
    (point): PointInput => ({
      key: pointKey(point.agent, point.point),
      name: named(point.name),
      quantities: point.quantities,
      role: point.role,
      parent: point.parent === null ? null : pointKey(city.point(point.parent).agent, point.parent),
      ...(point.item === null ? {} : { item: point.item }),
      building: buildings.get(point.building) ?? null,
      validFrom,
    }),
  );
  await registry.points.registerAll(inputs, by);
  await registry.facts.record(
    city.points.flatMap((point) => [...intervals(point, calendar), ...devices(meters, point, calendar)]),
    by,
  );
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
