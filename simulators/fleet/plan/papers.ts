// Papers that no errand brings about: fences, seals, insurance and inspection; and which trips lie outside working time.
import { dayMs } from '../../../core/domain/time.ts';
import { Random, seedOf } from '../../random.ts';
import type { Network } from '../roads/network.ts';
import type { Expected, TrueTrip } from '../truth.ts';
import { type PlanDay, planDays } from './days.ts';
import type { SimCar, SimFence, SimSeal, SimUpkeep } from './types.ts';

const minute = 60_000;

export function fencesOf(network: Network): SimFence[] {
  const yards = [...network.yards].map(([id, corners]): SimFence => {
    const yard = network.sites.find((site) => site.id === id);
    const institution = id.replace('yard-', '');
    return { id, name: `${yard?.name.zh ?? id}大院`, institution, kind: 'yard', corners, limitKmh: 15 };
  });
  return [
    ...yards,
    {
      id: 'seaside',
      name: '金沙滩',
      institution: null,
      kind: 'forbidden',
      corners: network.seaside,
      limitKmh: null,
    },
    {
      id: 'region',
      name: '云江市行政区域',
      institution: null,
      kind: 'region',
      corners: network.region,
      limitKmh: null,
    },
  ];
}

/** @param weekends the institution that seals its cars over weekends too */
export function sealsOf(cars: readonly SimCar[], days: readonly PlanDay[], weekends?: string): SimSeal[] {
  const institutions = [...new Set(cars.map((car) => car.institution))];
  return [
    ...runsOf(days, 'holiday')
      .filter(({ length }) => length >= 3)
      .flatMap((run) => institutions.map((institution) => sealOf(cars, run, institution, '节假日封存'))),
    ...(weekends === undefined
      ? []
      : runsOf(days, 'weekend').map((run) => sealOf(cars, run, weekends, '周末封存'))),
  ];
}

/** Not sealed: cars around the clock and one in four of an institution, which stays on duty. */
export function isOnDuty(car: SimCar, cars: readonly SimCar[]): boolean {
  const own = cars.filter(({ institution }) => institution === car.institution);
  return car.aroundTheClock || own.indexOf(car) % 4 === 1;
}

function sealOf(cars: readonly SimCar[], run: readonly PlanDay[], institution: string, why: string): SimSeal {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a seal of no days');
  return {
    institution,
    holiday: `${first.date} ${why}`,
    from: first.start,
    to: last.start + dayMs,
    vehicles: cars
      .filter((car) => car.institution === institution)
      .map((car) => ({
        car: car.id,
        place: car.yard.name.zh,
        keyKeeper: '办公室值班员',
        dutyExempt: isOnDuty(car, cars),
      })),
  };
}

/** Insurance once a year and inspection, as they fall into the days. */
export function papersOf(seed: number, cars: readonly SimCar[], days: readonly PlanDay[]): SimUpkeep[] {
  const workdays = days.filter(({ kind }) => kind === 'workday');
  return cars.flatMap((car) => {
    const random = new Random(seedOf(seed, `papers ${car.id}`));
    const kind = random.next() < 0.5 ? 'insurance' : 'inspection';
    const day = workdays[random.int(0, 250)];
    if (day === undefined) return [];
    const next = new Date(day.start + 365 * dayMs).toISOString().slice(0, 10);
    return [
      {
        document: `BX${day.date.replaceAll('-', '')}-${car.id.replace('car-', '')}`,
        car: car.id,
        kind,
        at: day.start + 600 * minute,
        amountCny: kind === 'insurance' ? random.int(2_400, 6_200) : 320,
        workshop: null,
        designated: null,
        dueOn: next,
      } as const,
    ];
  });
}

/** Working time is 7:30 to 19:00 of working days, with the grace at both ends. */
export function offTime(trip: TrueTrip): Expected[] {
  const [day] = planDays(trip.start, 1);
  if (day === undefined) return [];
  const found = (finding: string, start: number, end: number): Expected[] =>
    start < end
      ? [{ finding, car: trip.car, start, end, peak: trip.dark ? null : (end - start) / minute, may: false }]
      : [];
  if (day.kind !== 'workday') return found(day.kind, trip.start, trip.end);
  const [opens, closes] = [day.start + 450 * minute, day.start + 1_140 * minute];
  return [
    ...found('out-of-hours', trip.start, Math.min(trip.end, opens)),
    ...found('out-of-hours', Math.max(trip.start, closes), trip.end),
  ];
}

function runsOf(days: readonly PlanDay[], kind: PlanDay['kind']): PlanDay[][] {
  const runs: PlanDay[][] = [];
  for (const day of days) {
    if (day.kind !== kind) continue;
    const run = runs.at(-1);
    if (run?.at(-1)?.index === day.index - 1) run.push(day);
    else runs.push([day]);
  }
  return runs;
}
