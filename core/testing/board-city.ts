// Board series of a small simulated city, as the scheduled jobs would write them, for tests of boards. Rows that are not
// known carry `poison` in fields that have no meaning then, so that a board that shows one is found out.
import { inTreeOrder } from '../../api/jobs/tree-order.ts';
import { createCity } from '../../simulators/city/city.ts';
import type { CityPoint } from '../../simulators/city/types.ts';
import { type BoardRow, describedAtMs, totalItem } from '../domain/board-series.ts';
import { type Bucket, Calendar, dayMs, hourMs } from '../domain/time.ts';
import { type Carrier, isCarrier, quantityEntry } from '../domain/units.ts';
import { accountRows } from './board-accounts.ts';
import { boardId, type Place, stateRows } from './board-states.ts';

/** Never a real value: a board must not show it. */
export const poison = 987_654_321;

/** Institutions and buildings that bear another name here: two of a kind share one, and one sorts before the top. */
export const sharedNames = { institution: '市直属局', building: '教学楼' } as const;
const renamed: Readonly<Record<string, string>> = {
  'institution sthjj': sharedNames.institution,
  'institution wgl': sharedNames.institution,
  'institution dyzx': '一中',
  'building xzzx': sharedNames.building,
  'building dyzx': sharedNames.building,
};

export interface BoardCityOptions {
  /** The present, epoch ms. */
  readonly now: number;
  readonly timeZone: string;
}

export interface BoardCity {
  readonly rows: readonly BoardRow[];
  readonly institutions: readonly string[];
  readonly buildings: readonly string[];
  /** Keys `agent/point`. */
  readonly points: readonly string[];
}

export function boardCity({ now, timeZone }: BoardCityOptions): BoardCity {
  const calendar = new Calendar(timeZone);
  const city = createCity({
    seed: 11,
    size: 'demo',
    to: now,
    from: calendar.floor(now - 1_300 * dayMs, 'day'),
    tz: timeZone,
  });
  const places = new Map<string, Place>();
  const institutionPath = (id: string): string => {
    const found = city.institutions.find((institution) => institution.id === id);
    const above = found?.parent ? institutionPath(found.parent) : '';
    return `${above}${boardId('institution', id)}/`;
  };
  for (const { id, name, parent } of city.institutions)
    places.set(`institution ${id}`, {
      name: renamed[`institution ${id}`] ?? name.zh,
      parent: parent === null ? '' : boardId('institution', parent),
      path: institutionPath(id),
    });
  for (const { id, name, institution } of city.buildings)
    places.set(`building ${id}`, {
      name: renamed[`building ${id}`] ?? name.zh,
      parent: boardId('institution', institution),
      path: institutionPath(institution),
    });
  const place = (kind: 'institution' | 'building', id: string): Place =>
    places.get(`${kind} ${id}`) ?? { name: id, parent: '', path: '' };
  const key = (point: CityPoint) => `${point.agent}/${point.point}`;
  const carrierOf = (point: CityPoint): Carrier | undefined => {
    const carrier = point.register === null ? undefined : quantityEntry(point.register)?.carrier;
    return carrier !== undefined && isCarrier(carrier) ? carrier : undefined;
  };
  const buildingsBelow = (institution: string): string[] =>
    city.buildings
      .filter((building) =>
        institutionPath(building.institution).includes(boardId('institution', institution)),
      )
      .map(({ id }) => id);

  const rows: BoardRow[] = [];
  describe();
  for (const { id } of city.institutions) consumptionOf(id, 'institution', buildingsBelow(id));
  for (const { id } of city.buildings) {
    consumptionOf(id, 'building', [id]);
    for (const carrier of ['electricity', 'water'] as const) hoursOf(id, carrier);
  }
  rows.push(
    ...accountRows({
      institutions: city.institutions.map(({ id }) => ({
        id: boardId('institution', id),
        ...place('institution', id),
      })),
      points: city.points.map(key),
      now,
      calendar,
      poison,
    }),
  );
  rows.push(...stateRows(now, city, (point) => ({ ...place('building', point.building), key: key(point) })));
  return {
    rows,
    institutions: city.institutions.map(({ id }) => boardId('institution', id)),
    buildings: city.buildings.map(({ id }) => boardId('building', id)),
    points: city.points.map(key),
  };

  function describe(): void {
    const ts = describedAtMs;
    const institutions = new Map(
      city.institutions.map(({ id }) => [boardId('institution', id), place('institution', id)]),
    );
    for (const [at, { id: institution, name, parent, path }] of inTreeOrder(institutions).entries()) {
      const label = `${String(at).padStart(6, '0')}|${name}|${institution}`;
      rows.push({
        measurement: 'institutions',
        tags: { institution },
        ts,
        fields: { name, label, parent, path, sector: '', active: 1 },
      });
    }
    rows.push({
      measurement: 'institutions',
      tags: { institution: boardId('institution', 'gone') },
      ts,
      fields: {
        name: '已撤销',
        label: `000000|已撤销|${boardId('institution', 'gone')}`,
        parent: '',
        path: '',
        sector: '',
        active: 0,
      },
    });
    for (const { id } of city.buildings) {
      const { name, parent, path } = place('building', id);
      const building = boardId('building', id);
      // A name may hold what separates names from ids.
      const label = `${name}|一期|${building}`;
      rows.push({
        measurement: 'buildings',
        tags: { building },
        ts,
        fields: { name, label, institution: parent, path, active: 1 },
      });
    }
    for (const point of city.points) {
      const { parent, path } = place('building', point.building);
      rows.push({
        measurement: 'points',
        tags: { point: key(point) },
        ts,
        fields: {
          name: point.name.zh,
          label: `${point.name.zh}|${key(point)}`,
          building: boardId('building', point.building),
          institution: parent,
          path,
          carrier: carrierOf(point) ?? '',
          role: point.role,
          active: 1,
        },
      });
    }
  }

  function consumed(points: readonly CityPoint[], carrier: Carrier, from: number, to: number): number {
    return points.reduce((sum, { point }) => sum + city.trueConsumption(point, carrier, from, to), 0);
  }

  function consumptionOf(id: string, kind: 'institution' | 'building', buildings: readonly string[]): void {
    const { name, parent, path } = place(kind, id);
    const inside = city.points.filter(({ building }) => buildings.includes(building));
    const carriers = new Set(inside.map(carrierOf).filter((carrier) => carrier !== undefined));
    for (const carrier of carriers) {
      const billing = inside.filter((point) => point.role === 'billing' && carrierOf(point) === carrier);
      const items = new Map<string, CityPoint[]>([[totalItem, billing]]);
      for (const point of inside) {
        const { role, item } = point;
        if (role !== 'sub-meter' || item === null || carrierOf(point) !== carrier) continue;
        items.set(item, [...(items.get(item) ?? []), point]);
      }
      for (const [item, points] of items) {
        for (const [bucket, back] of [
          ['year', 400 * dayMs],
          ['month', 400 * dayMs],
          ['day', 35 * dayMs],
        ] as const) {
          for (const [index, ts] of starts(bucket, back).entries()) {
            const end = Math.min(calendar.next(ts, bucket), now);
            const before = yearBefore(ts);
            const value = consumed(points, carrier, ts, end);
            const lastYear = consumed(points, carrier, before, before + (end - ts));
            // Every ninth is not known; every seventh was not known a year ago.
            const known = bucket === 'year' || index % 9 !== 3;
            const lastYearKnown = bucket === 'year' || index % 7 !== 5;
            const changeKnown = known && lastYearKnown && lastYear > 0;
            rows.push({
              measurement: 'consumption',
              tags: { of: boardId(kind, id), kind, carrier, item, bucket },
              ts,
              fields: {
                value: known ? value : poison,
                known: known ? 1 : 0,
                coverage: known ? 0.97 : 0,
                estimated_share: 0.01,
                last_year: lastYearKnown ? lastYear : poison,
                last_year_known: lastYearKnown ? 1 : 0,
                change: changeKnown ? (value - lastYear) / lastYear : poison,
                change_known: changeKnown ? 1 : 0,
                ...periodOf(ts, bucket),
                name,
                parent,
                path,
              },
            });
          }
        }
      }
    }
  }

  function periodOf(ts: number, bucket: Bucket): { period?: string } {
    const length = { hour: 0, day: 0, month: 'yyyy-mm'.length, year: 'yyyy'.length }[bucket];
    return length === 0 ? {} : { period: calendar.format(ts).slice(0, length) };
  }

  /** Starts of buckets from `back` ago until now. */
  function starts(bucket: Bucket, back: number): number[] {
    return calendar.starts(calendar.floor(now - back, bucket), now, bucket);
  }

  function yearBefore(ts: number): number {
    return calendar.floor(ts - 365 * dayMs + 12 * hourMs, 'day');
  }

  function hoursOf(id: string, carrier: 'electricity' | 'water'): void {
    const { name, parent, path } = place('building', id);
    const building = boardId('building', id);
    const points = city.points.filter(
      (point) => point.building === id && point.role === 'billing' && carrierOf(point) === carrier,
    );
    for (const [index, day] of starts('day', 32 * dayMs).entries()) {
      const weekday = new Date(day + 12 * hourMs).getUTCDay();
      for (let hour = 0; hour < 24; hour++) {
        const from = day + hour * hourMs;
        if (from + hourMs > now) break;
        const known = (index + hour) % 50 !== 7;
        rows.push({
          measurement: 'day_hours',
          tags: { building, carrier, hour: String(hour).padStart(2, '0') },
          ts: day,
          fields: {
            value: known ? consumed(points, carrier, from, from + hourMs) : poison,
            known: known ? 1 : 0,
            day: weekday === 0 || weekday === 6 ? 'weekend' : 'workday',
          },
        });
      }
      const [from, to] = [day - 2 * hourMs, day + 6 * hourMs];
      if (to > now) continue;
      // Of every tenth night each nothing is known, not the day before it, no night to compare it with. The newest is one
      // without a day before in the first building, and one without others in the second.
      const place = index + city.buildings.findIndex((each) => each.id === id);
      const known = index % 10 !== 5;
      const ratioKnown = known && place % 10 !== 2;
      const usualKnown = known && place % 10 !== 3;
      const value = consumed(points, carrier, from, to);
      const least = Math.min(
        ...Array.from({ length: 8 }, (_, hour) =>
          consumed(points, carrier, from + hour * hourMs, from + (hour + 1) * hourMs),
        ),
      );
      rows.push({
        measurement: 'nights',
        tags: { building, carrier },
        ts: day,
        fields: {
          value: known ? value : poison,
          least_hour: known ? least : poison,
          ratio: ratioKnown
            ? value / 8 / Math.max(0.01, consumed(points, carrier, day - 16 * hourMs, from) / 14)
            : poison,
          ratio_known: ratioKnown ? 1 : 0,
          usual: usualKnown ? value * 0.95 : poison,
          usual_known: usualKnown ? 1 : 0,
          known: known ? 1 : 0,
          name,
          parent,
          path,
        },
      });
    }
  }
}
