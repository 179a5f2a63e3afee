// Faults of meters, on demand: what they are and how each changes what a device shows.
//
// A fault is a fact about a point and a time, not a process: what the device shows at any moment follows from the list
// of faults alone, so the history, the Modbus servers and the ledger agree whatever is asked for first.
import type { City } from './city/city.ts';
import type { CityPoint } from './city/types.ts';
import { Random, seedOf } from './random.ts';

/** What each fault is, and what `size` means for it. `register` faults concern the point's register alone. */
export const faultKinds = {
  silence: { zh: '离线', en: 'no answer', register: false, size: 'unused' },
  stuck: { zh: '示数不动', en: 'shows the same value again and again', register: false, size: 'unused' },
  spike: {
    zh: '示数瞬时跳高',
    en: 'shows far too much, then goes on as before',
    register: true,
    size: 'added to the reading, in register units',
  },
  dip: {
    zh: '示数瞬时归零',
    en: 'shows next to nothing, then goes on as before',
    register: true,
    size: 'the reading shown instead',
  },
  reset: {
    zh: '示数清零',
    en: 'the register starts again',
    register: true,
    size: 'the reading it starts from',
  },
  'roll-over': {
    zh: '示数翻转',
    en: 'the register passes its highest reading',
    register: true,
    size: 'unused',
  },
  'value-drift': {
    zh: '计量漂移',
    en: 'counts too much or too little',
    register: true,
    size: 'share counted beyond the truth, e.g. -0.05',
  },
  'clock-drift': {
    zh: '时钟漂移',
    en: 'readings are stamped too early or too late',
    register: false,
    size: 'shift reached at the end, ms',
  },
  replacement: { zh: '换表', en: 'another device is put in', register: true, size: 'its first reading' },
} as const satisfies Record<string, { zh: string; en: string; register: boolean; size: string }>;
export type FaultKind = keyof typeof faultKinds;
export const faultKindNames = Object.keys(faultKinds) as FaultKind[];

export interface Fault {
  readonly kind: FaultKind;
  readonly point: string;
  /** Readings in [from, to) are touched; a reset, roll-over or replacement happens at `from`. */
  readonly from: number;
  /** `null`: still going on. Without meaning for a reset, a roll-over and a replacement. */
  readonly to: number | null;
  readonly size: number;
}

/** Whether the fault touches a reading taken at `ts`. */
export function during(fault: Fault, ts: number): boolean {
  return ts >= fault.from && (fault.to === null || ts < fault.to);
}

/**
 * Plants `count` faults by seed, one a point at most, kinds in turn, in the hourly part of the city's history. Times fall
 * on whole hours, so that each spike and dip meets exactly one hourly reading.
 * @throws RangeError when the city has fewer registers than faults are asked for.
 */
export function plantFaults(
  city: City,
  seed: number,
  count: number,
  kinds: readonly FaultKind[] = faultKindNames,
): Fault[] {
  const random = new Random(seedOf(seed, 'faults'));
  const free = city.points.filter(
    (point) => point.register !== null && startOf(city, point) + 4 * week < city.to,
  );
  if (free.length < count)
    throw new RangeError(`${count} faults need as many registers; the city has ${free.length}`);
  return Array.from({ length: count }, (_, index) => {
    const [point] = free.splice(random.int(0, free.length), 1);
    const kind = kinds[index % kinds.length];
    if (point === undefined || kind === undefined) throw new RangeError('no kind or point left');
    return plant(city, point, kind, random);
  });
}

const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;

function plant(city: City, point: CityPoint, kind: FaultKind, random: Random): Fault {
  const first = startOf(city, point) + week;
  const from = first + hour * random.int(0, Math.floor((city.to - 2 * week - first) / hour));
  const wrapsAt = point.device?.wrapsAt ?? 1;
  const fault = (to: number | null, size: number): Fault => ({ kind, point: point.point, from, to, size });
  switch (kind) {
    case 'silence':
    case 'stuck':
      return fault(from + hour * random.int(5, 160), 0);
    case 'spike':
      return fault(from + hour, Math.round(wrapsAt * (0.2 + 0.3 * random.next())));
    case 'dip':
      return fault(from + hour, 0);
    case 'value-drift':
      return fault(null, random.pick([-0.08, -0.04, 0.03, 0.06]));
    case 'clock-drift':
      return fault(from + week, 60_000 * random.int(-20, 20));
    case 'replacement':
      return { ...fault(null, random.int(0, 3)), from: city.days.calendar.floor(from, 'day') };
    default:
      return fault(null, 0);
  }
}

function startOf(city: City, point: CityPoint): number {
  return Math.max(city.hourlyFrom, point.installation?.from ?? city.from);
}
