// A sample file in the form of a school's yearly export, so that the README's first steps work without any real data.
import { hourMs } from '../core/domain/time.ts';
import { createCity } from './city/city.ts';
import { Random, seedOf } from './random.ts';

export interface Sample {
  /** hour_start (local, without an offset), energy_kwh (used in the hour that starts there), outdoor_temperature_c. */
  readonly csv: string;
  /** Rows below the header: all hours of the year, missing ones with an empty energy cell. */
  readonly rows: number;
  /** Sum of the energy cells, kWh, one decimal. */
  readonly totalKwh: number;
  /** The same by local month, January first. */
  readonly monthsKwh: readonly number[];
  /** Starts of the hours without a value, epoch ms, ascending. */
  readonly missingHours: readonly number[];
}

/** Made up by the simulated city's school: the same seed, year and zone give the same file. */
export function sampleCsv(options: { seed: number; year: number; tz?: string }): Sample {
  const { seed, year, tz = 'Asia/Shanghai' } = options;
  const middle = Date.UTC(year, 6, 1);
  const city = createCity({ seed, tz, from: Date.UTC(year - 1, 11, 30), to: middle, size: 2 });
  const { calendar } = city.days;
  const school = city.buildings.find(({ kind }) => kind === 'school');
  const meter = city.point(`${school?.id}.main`);
  const station = city.points.find(({ quantities }) => quantities.includes('temperature_outdoor'));
  const hours = calendar.starts(calendar.floor(middle, 'year'), calendar.next(middle, 'year'), 'hour');
  const missing = missingAmong(hours.length, new Random(seedOf(seed, `sample ${year}`)));

  const lines = ['hour_start,energy_kwh,outdoor_temperature_c'];
  const months = new Array<number>(12).fill(0);
  for (const [index, start] of hours.entries()) {
    const label = calendar.format(start).slice(0, 16);
    const tenths = Math.round((city.energyAt(meter, start + hourMs) - city.energyAt(meter, start)) * 10);
    const temperature =
      station === undefined ? '' : city.gaugeAt(station, 'temperature_outdoor', start).toFixed(1);
    lines.push(`${label},${missing.has(index) ? '' : tenths / 10},${temperature}`);
    const month = Number(label.slice(5, 7)) - 1;
    if (!missing.has(index)) months[month] = (months[month] ?? 0) + tenths;
  }
  return {
    csv: `${lines.join('\n')}\n`,
    rows: hours.length,
    totalKwh: months.reduce((sum, tenths) => sum + tenths, 0) / 10,
    monthsKwh: months.map((tenths) => tenths / 10),
    missingHours: hours.filter((_, index) => missing.has(index)),
  };
}

/** A few outages of one to four hours, never in the year's first or last day. */
function missingAmong(hours: number, random: Random): ReadonlySet<number> {
  const missing = new Set<number>();
  for (let outage = 0; outage < 5; outage++) {
    const start = random.int(24, hours - 30);
    for (let hour = start + random.int(1, 5) - 1; hour >= start; hour--) missing.add(hour);
  }
  return missing;
}
