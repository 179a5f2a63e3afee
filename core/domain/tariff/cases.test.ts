// Worked cases: a folder each with `input.json` and `expected.json`, or `error.txt` for a tariff that is refused.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Calendar, hourMs } from '../time.ts';
import { costOf } from './cost.ts';
import type { AccountMonth } from './cost-lines.ts';
import { periodUse, wholeUse } from './period-use.ts';
import { tariffDaysFrom } from './periods.ts';
import { type Tariff, tariffSchema } from './tariff.ts';

interface Case {
  readonly tariff: unknown;
  readonly from: string;
  readonly to: string;
  readonly everyHour?: number;
  readonly unknownHours?: readonly string[];
  readonly months?: Readonly<Record<string, number>>;
  readonly account?: Readonly<Record<string, AccountMonth>>;
  readonly calendar?: Parameters<typeof tariffDaysFrom>[0];
  readonly unknown?: 'null' | 'partial';
}

const folder = new URL('./cases/', import.meta.url);
const calendar = new Calendar('Asia/Shanghai');

const names = readdirSync(folder);
const refused = names.filter((name) => readdirSync(new URL(`${name}/`, folder)).includes('error.txt'));

describe('a worked case', () => {
  it.each(names.filter((name) => !refused.includes(name)))('%s costs what was computed by hand', (name) => {
    const given = read(name, 'input.json') as Case;
    const expected = read(name, 'expected.json') as { lines: unknown[][] };
    const tariff = tariffSchema.parse(given.tariff);
    const { totalCny, gaps, lines } = costOf(
      tariff,
      { uses: usesOf(given, tariff), calendar, account: (month) => given.account?.[month] ?? {} },
      given.unknown,
    );
    const short = lines.map((line) => [line.month, line.component, line.period ?? line.step, line.amountCny]);
    expect({ totalCny, gaps, lines: short }).toEqual(expected);
  });
});

describe('a tariff with a fault', () => {
  it.each(refused)('%s is refused with the place and the reason', (name) => {
    const { tariff } = read(name, 'input.json') as Case;
    const { error } = tariffSchema.safeParse(tariff);
    const found = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}\n`).join('');
    expect(found).toBe(readFileSync(new URL(`${name}/error.txt`, folder), 'utf8'));
  });
});

function usesOf(given: Case, tariff: Tariff) {
  const [from, to] = [at(given.from), at(given.to)];
  if (given.months) {
    return calendar
      .starts(from, to, 'month')
      .map((start) =>
        wholeUse(
          start,
          calendar.next(start, 'month'),
          given.months?.[calendar.format(start).slice(0, 7)] ?? null,
        ),
      );
  }
  const starts = Float64Array.from({ length: (to - from) / hourMs }, (_, index) => from + index * hourMs);
  const unknown = new Set(given.unknownHours?.map((text) => at(`${text}:00`)));
  const values = starts.map((start) => (unknown.has(start) ? Number.NaN : (given.everyHour ?? 0)));
  const dayOf = given.calendar ? tariffDaysFrom(given.calendar) : () => undefined;
  return periodUse(tariff, calendar, { starts, values }, { from, to }, dayOf);
}

function at(text: string): number {
  return calendar.parse(text) ?? Number.NaN;
}

function read(name: string, file: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}/${file}`, folder), 'utf8'));
}
