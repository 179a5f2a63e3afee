// The days of the city: local calendar, kind of day, and the weather, all from the seed alone.
import { Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import { hash, noise, seedOf, smoothNoise } from '../random.ts';
import { type DayKind, dayKindOf, dayNumber, isSchoolVacation } from './holidays.ts';

export interface Day {
  /** Local midnight, epoch ms. */
  readonly start: number;
  /** 24; 23 or 25 where clocks change. */
  readonly hours: number;
  readonly year: number;
  readonly month: number;
  /** 1 (Monday) to 7 (Sunday) */
  readonly weekday: number;
  readonly kind: DayKind;
  readonly schoolVacation: boolean;
  /** By local hour, °C. */
  readonly temperature: Float64Array;
  readonly meanTemperature: number;
  /** Sun on a roof by local hour, as a share of full sun. */
  readonly sun: Float64Array;
  /** Number of the day, the same in every city whatever its first day: noise hangs on it. */
  readonly number: number;
}

export class Days {
  readonly calendar: Calendar;
  /** Local midnight of the first day. */
  readonly from: number;
  readonly #seed: number;
  readonly #days: Day[] = [];

  constructor(options: { seed: number; tz: string; from: number }) {
    this.calendar = new Calendar(options.tz);
    this.from = this.calendar.floor(options.from, 'day');
    this.#seed = seedOf(options.seed, 'weather');
  }

  /** Index of the day that holds `ts`. @throws RangeError before the city's first day. */
  indexOf(ts: number): number {
    if (ts < this.from) throw new RangeError(`the city begins at ${this.calendar.format(this.from)}`);
    let index = Math.floor((ts - this.from + hourMs) / dayMs);
    while (this.at(index).start > ts) index--;
    while (this.at(index).start + this.at(index).hours * hourMs <= ts) index++;
    return index;
  }

  at(index: number): Day {
    while (this.#days.length <= index) this.#append();
    const day = this.#days[index];
    if (day === undefined) throw new RangeError(`no day ${index}`);
    return day;
  }

  #append(): void {
    const last = this.#days.at(-1);
    const start = last === undefined ? this.from : last.start + last.hours * hourMs;
    const hours = (this.calendar.next(start, 'day') - start) / hourMs;
    const [year = 0, month = 1, day = 1] = this.calendar.format(start).slice(0, 10).split('-').map(Number);
    const number = dayNumber(year, month, day);
    const weekday = ((number + 3) % 7) + 1;
    const dayOfYear = number - dayNumber(year, 1, 1);
    const clear = clearness(this.#seed, number, dayOfYear);
    const temperature = temperatures(this.#seed, number, dayOfYear, clear);
    this.#days.push({
      start,
      hours,
      year,
      month,
      weekday,
      kind: dayKindOf({ year, month, day, weekday }),
      schoolVacation: isSchoolVacation({ year, month, day }),
      temperature,
      meanTemperature: temperature.reduce((sum, value) => sum + value, 0) / 24,
      sun: sunshine(this.#seed, number, dayOfYear, clear),
      number,
    });
  }
}

/** Sky of a day, 0.12 (rain) to 1; darker in the plum rains of June and July (梅雨). */
function clearness(seed: number, number: number, dayOfYear: number): number {
  const plumRain = dayOfYear > 163 && dayOfYear < 190 ? 0.55 : 1;
  const mood = 0.62 + 0.45 * smoothNoise(hash(seed, 1), number, 3) + 0.2 * noise(seed, 2, number);
  return Math.min(1, Math.max(0.12, mood)) * plumRain;
}

/** South-east China: January about 6 °C, late July about 29 °C in the mean, never under -2 nor over 38. */
function temperatures(seed: number, number: number, dayOfYear: number, clear: number): Float64Array {
  const season = -Math.cos((2 * Math.PI * (dayOfYear - 22)) / 365.25);
  const spell = (6.5 - 2.5 * season) * smoothNoise(hash(seed, 3), number, 5);
  const mean = 17.5 + 11.6 * season + spell + 0.8 * noise(seed, 4, number);
  const swing = 1.8 + 3.2 * clear;
  return Float64Array.from({ length: 24 }, (_, hour) =>
    bound(mean + swing * Math.cos((2 * Math.PI * (hour - 15)) / 24) + 0.3 * noise(seed, number, hour)),
  );
}

function bound(temperature: number): number {
  if (temperature > 35) return 38 - 3 * Math.exp((35 - temperature) / 3);
  if (temperature < 1) return 3 * Math.exp((temperature - 1) / 3) - 2;
  return temperature;
}

function sunshine(seed: number, number: number, dayOfYear: number, clear: number): Float64Array {
  const season = -Math.cos((2 * Math.PI * (dayOfYear + 10)) / 365.25);
  const length = 12 + 2 * season;
  return Float64Array.from({ length: 24 }, (_, hour) => {
    const height = Math.sin((Math.PI * (hour + 0.5 - (12 - length / 2))) / length);
    if (height <= 0 || Math.abs(hour + 0.5 - 12) > length / 2) return 0;
    return height * (0.78 + 0.17 * season) * clear * (1 - 0.15 * Math.abs(noise(seed, number, hour + 32)));
  });
}
