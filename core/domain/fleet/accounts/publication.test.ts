import { describe, expect, it } from 'vitest';
import type { Language } from '../../texts.ts';
import { Calendar } from '../../time.ts';
import type { OdometerSpan } from '../track/odometer.ts';
import type { Place, Stop, Trip } from '../trips/model.ts';
import { carAccounts } from './car-account.ts';
import {
  type PublishedCar,
  type PublishedTripsCar,
  publishedCars,
  publishedDistricts,
  publishedTrips,
} from './publication.ts';

type TestCar = PublishedCar & PublishedTripsCar;

const calendar = new Calendar('Asia/Shanghai');
const from = Date.parse('2025-03-01T00:00+08:00');
const to = Date.parse('2025-04-01T00:00+08:00');
const hour = 3_600_000;
const odometer = { km: Number.NaN, filledKm: 0 } as OdometerSpan;
const districtAt = ({ lat }: Place) => (lat < 28 ? 'Lucheng' : lat < 29 ? 'Ouhai' : null);
const trip = (start: number, a: number, b: number, distanceKm: number) =>
  ({
    kind: 'trip',
    start,
    end: start + hour,
    from: { lat: a, lon: 120 },
    to: { lat: b, lon: 120 },
    distanceKm,
    odometer,
  }) as Trip;

function car(plate: string, more: Partial<TestCar> = {}, language: Language = 'en'): TestCar {
  const segments = more.segments ?? [
    trip(from + 9 * hour, 27.512345, 28.5, 12.34),
    { kind: 'stop', start: from + 10 * hour, end: from + 20 * hour, at: { lat: 28.5, lon: 120 } } as Stop,
    trip(from + 20 * hour, 28.5, 27.5, 12.36),
    trip(to + hour, 27.5, 35, 99),
  ];
  const records = { vehicle: plate, segments, cards: [], upkeep: [], orders: [] };
  const [account] = carAccounts(records, [[from, to]], calendar);
  if (account === undefined) throw new Error('no account');
  const base = {
    vehicle: plate,
    plate,
    institution: 'Office',
    category: 'other',
    publicationExempt: false,
  } as const;
  const districts = publishedDistricts(segments, from, to, districtAt, language);
  return { ...base, segments, sums: account.sums, districts, ...more };
}
const secret = car('浙C00003', { category: 'confidential-communication' });
const cars = [car('浙C00002', { segments: [] }), secret, car('浙C00001')];

describe('the publication of a month', () => {
  it('shows places by district, mileage and fuel; what is not known is empty, not 0', () => {
    const { titles, rows } = publishedCars(cars, 'en');
    expect(rows).toEqual([
      ['浙C00001', 'Office', 'Lucheng, Ouhai', 2, 24.7, null, null],
      ['浙C00002', 'Office', null, null, null, null, null],
    ]);
    expect(titles).toHaveLength(7);
  });

  it('does not tell of the months before and after', () => {
    const segments = [trip(from - 0.5 * hour, 28.5, 27.5, 9), trip(to - 0.5 * hour, 27.5, 28.5, 9)];
    const [row] = publishedCars([car('浙C00001', { segments })], 'en').rows;
    expect(row?.[2]).toBe('Lucheng');
  });

  it('shows trips by date, without times or coordinates', () => {
    const { titles, rows } = publishedTrips([...cars].reverse(), from, to, districtAt, calendar, 'en');
    expect(rows).toEqual([
      ['2025-03-01', '浙C00001', 'Office', 'Lucheng', 'Ouhai', 12.3],
      ['2025-03-01', '浙C00001', 'Office', 'Ouhai', 'Lucheng', 12.4],
    ]);
    expect(titles).toHaveLength(6);
  });

  it('leaves exempt cars out, and says how many', () => {
    const shown = car('浙C00004', { category: 'emergency' });
    const hidden = car('浙C00005', { publicationExempt: true });
    const { rows, leftOut, note } = publishedCars([...cars, shown, hidden], 'zh-CN');
    expect(rows.map(([plate]) => plate)).toEqual(['浙C00001', '浙C00002', '浙C00004']);
    expect(leftOut).toEqual([
      { category: 'confidential-communication', cars: 1 },
      { category: 'other', cars: 1 },
    ]);
    expect(note).toBe('未公示车辆 2 辆（机要通信用车 1、其他用车 1）');
    expect(publishedCars([], 'en').note).toBe('Left out: 0 cars');
  });

  it('says that a district is unknown, in the language of the table', () => {
    const far = [car('浙C00001', { segments: [trip(from, 35, 35, 5)] }, 'zh-CN')];
    expect(publishedTrips(far, from, to, districtAt, calendar, 'zh-CN').rows[0]).toContain('未知');
    expect(publishedCars(far, 'zh-CN').rows[0]?.[2]).toBe('未知');
  });
});
