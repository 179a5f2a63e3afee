// Series of energy accounting and of vehicles of a simulated city, as the scheduled jobs would write them, for tests of boards. What is not known
// carries `poison`; of the top institution everything is known.
import { planIndicators } from '../domain/accounting/indicators.ts';
import type { BoardRow } from '../domain/board-series.ts';
import {
  accountingSeries,
  boardBases,
  boardIndicators,
  indicatorBuckets,
} from '../domain/board-series-accounts.ts';
import { fleetMeasurements } from '../domain/board-series-fleet.ts';
import type { Calendar } from '../domain/time.ts';

export interface AccountedPlace {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
  readonly path: string;
}

export interface BoardAccountsOptions {
  /** The top first. */
  readonly institutions: readonly AccountedPlace[];
  /** Keys of points, for findings and balances. */
  readonly points: readonly string[];
  readonly now: number;
  readonly calendar: Calendar;
  readonly poison: number;
}

const allSeries = { ...accountingSeries, ...fleetMeasurements };
type Measurement = keyof typeof allSeries;
type Fields = Readonly<Record<string, number | string>>;

export function accountRows(options: BoardAccountsOptions): BoardRow[] {
  const { institutions, points, now, calendar, poison } = options;
  const rows: BoardRow[] = [];
  const thisYear = calendar.floor(now, 'year');
  const lastYear = calendar.floor(thisYear - 1, 'year');
  const monthsOver = calendar.starts(lastYear, calendar.floor(now, 'month'), 'month');
  const months = calendar.starts(lastYear, now, 'month');
  const add = (
    measurement: Measurement,
    tags: Readonly<Record<string, string>>,
    ts: number,
    fields: Fields,
  ) => rows.push({ measurement, tags, ts, fields } as unknown as BoardRow);
  const period = (ts: number, length: number) => calendar.format(ts).slice(0, length);
  for (const [place, { id: institution, name, parent, path }] of institutions.entries()) {
    const words = { name, shown: `${name} ${place}`, parent, path };
    const of = (measurement: Measurement, seed: number, given: Fields): Fields => ({
      ...numbersOf(measurement, { place, seed, poison }),
      ...given,
    });
    for (const indicator of boardIndicators) {
      for (const basis of boardBases) {
        for (const bucket of indicatorBuckets) {
          for (const [index, ts] of (bucket === 'year' ? [lastYear, thisYear] : monthsOver).entries()) {
            const fields = of('indicators', index, {
              period: period(ts, bucket === 'year' ? 4 : 7),
              ...words,
            });
            add('indicators', { institution, indicator, basis, bucket }, ts, fields);
          }
        }
      }
    }
    for (const indicator of planIndicators) {
      for (const [index, ts] of [lastYear, thisYear].entries()) {
        const seen = period(ts, 4);
        const given = {
          plan: 'national-15',
          state: 'behind',
          state_code: 1,
          reason: 'coverage',
          period: seen,
          ...words,
        };
        add('plan', { institution, indicator }, ts, of('plan', index, given));
        const unknown = { fit: 'applies', state: 'between', period: seen, ...words };
        const levels = { set_zh: '示例', set_en: 'Sample', reached_zh: '约束值', reached_en: 'Constraint' };
        const next = { next_zh: '引导值', next_en: 'Guidance' };
        add(
          'quotas',
          { institution, indicator },
          ts,
          of('quotas', index, { ...unknown, ...levels, ...next }),
        );
        for (const each of [lastYear, thisYear])
          add(
            'plan_years',
            { institution, indicator, seen },
            each,
            of('plan_years', 0, { period: period(each, 4) }),
          );
        for (const sector of ['education', 'health', 'none']) {
          const fields = of('sectors', index + sector.length, { period: seen });
          add('sectors', { institution, indicator, sector }, ts, fields);
        }
      }
    }
    for (const [index, ts] of months.entries()) {
      const when = { period: period(ts, 7), ...words };
      add(
        'quality',
        { institution },
        ts,
        of('quality', index, { year: period(ts, 4), findings: place % 3, ...when }),
      );
      const point = points[place % points.length] ?? '';
      for (const [finding, subject, kind] of [
        ['silent', point, 'point'],
        ['no-users', institution, 'institution'],
      ] as const) {
        const told = { subject_kind: kind, subject_name: subject, since: ts, way_out: finding, told: '3' };
        // Every fourth turned out not to be so.
        add('findings', { institution, finding, subject }, ts, {
          open: (place + index) % 4 === 1 ? 0 : 1,
          ...told,
          ...when,
        });
      }
      add('fleet', { institution }, ts, of('fleet', index, { year: period(ts, 4), ...when }));
      for (const [count, finding] of ['speeding', 'weekend', 'trip-without-order'].entries())
        add('fleet_findings', { institution, finding }, ts, {
          ...{ count: count + place, count_known: 1, period: period(ts, 7) },
        });
      const balance = { point_name: point, verdict: 'balanced', open: 1, ...when };
      add('balances', { institution, point }, ts, of('balances', index, balance));
    }
  }
  return rows;
}

/** Every number of a series; each that is flagged is known or not by turns, and then it is `poison`. */
function numbersOf(
  measurement: Measurement,
  { place, seed, poison }: { place: number; seed: number; poison: number },
): Record<string, number> {
  const { fields } = allSeries[measurement];
  const names = Object.entries(fields).flatMap(([name, kind]) => (kind === 'number' ? [name] : []));
  const numbers: Record<string, number> = {};
  for (const [index, name] of names.entries()) {
    const isFlag = name === 'known' || name.endsWith('_known');
    const isKnown = place === 0 || (place + seed + index) % 5 !== 3;
    numbers[name] = isFlag ? Number(isKnown) : 0.5 + place + index / 10 + seed / 100;
  }
  for (const name of names) {
    const flag = [`${name}_known`, ...(shared[measurement]?.[name] ?? [])].find((each) => each in numbers);
    if (flag !== undefined && numbers[flag] === 0) numbers[name] = poison;
  }
  return numbers;
}

/** Numbers that stand under another's flag. */
const shared: Readonly<Partial<Record<Measurement, Readonly<Record<string, readonly string[]>>>>> = {
  indicators: { value: ['known'] },
  plan: {
    value: ['known'],
    change: ['gap_known'],
    so_far_last: ['change_last_known'],
    last_year: ['change_last_known'],
    so_far_base: ['change_base_known'],
    base_year: ['change_base_known'],
    projected_low: ['interval_known'],
    projected_high: ['interval_known'],
    state_code: ['state_known'],
  },
  plan_years: { value: ['known'] },
  sectors: { value: ['known'] },
  quotas: {
    state_code: ['known'],
    limit_mildest: ['limits_known'],
    limit_strictest: ['limits_known'],
    next_limit: ['next_known'],
    distance: ['next_known'],
    to_go: ['next_known'],
  },
};
