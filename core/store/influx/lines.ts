// Rows as lines of the line protocol. Every number is a float; tags are ids.
import { escape as escaped } from '@influxdata/influxdb-client';
import type { BoardRow } from '../../domain/board-series.ts';
import type { Exclusion, RollupRow } from '../../domain/energy/rollup.ts';
import { JieyueError } from '../../domain/errors.ts';
import { exclusions, figures, positions, readings, rollups, rowStates, tags } from '../../domain/series.ts';
import type { FigureRow, PositionRow, RollupBucket, Series } from '../port.ts';
import { tagOf } from './tag-text.ts';

/** All but value and time of a reading's line: made once a series. */
export function readingPrefix({ point, quantity }: Series): string {
  return `${readings.name},${ids({ [tags.point]: point, [tags.quantity]: quantity })} ${readings.fields.value}=`;
}

export function positionLine(row: PositionRow): string {
  const { fields, name } = positions;
  const values = [
    `${fields.lat}=${row.lat}`,
    `${fields.lon}=${row.lon}`,
    `${fields.speedKmh}=${row.speedKmh}`,
    `${fields.courseDeg}=${row.courseDeg}`,
    `${fields.extras}=${escaped.quoted(JSON.stringify(row.extras))}`,
  ];
  return `${name},${ids({ [tags.vehicle]: row.vehicle })} ${values.join(',')} ${row.ts}`;
}

export function rollupLine(bucket: RollupBucket, series: Series, row: RollupRow): string {
  const { fields } = rollups;
  const known = row.value !== null;
  const values = [
    `${fields.value}=${row.value ?? 0}`,
    `${fields.known}=${known ? 1 : 0}`,
    `${fields.state}=${known ? rowStates.known : rowStates.unknown}`,
    `${fields.range}=${(row.min === null ? 0 : 1) + (row.max === null ? 0 : 2)}`,
    `${fields.measuredMs}=${row.measuredMs}`,
    `${fields.estimatedMs}=${row.estimatedMs}`,
  ];
  if (row.min !== null) values.push(`${fields.min}=${row.min}`);
  if (row.max !== null) values.push(`${fields.max}=${row.max}`);
  return `${rollups[bucket]},${seriesIds(series)} ${values.join(',')} ${row.ts}`;
}

/** In the place of a rollup that is no more. */
export function missingRollupLine(bucket: RollupBucket, series: Series, ts: number): string {
  const { fields } = rollups;
  const zero = [fields.value, fields.known, fields.range, fields.measuredMs, fields.estimatedMs];
  const values = [...zero.map((field) => `${field}=0`), `${fields.state}=${rowStates.missing}`];
  return `${rollups[bucket]},${seriesIds(series)} ${values.join(',')} ${ts}`;
}

export function exclusionLine(series: Series, row: Exclusion, state: number = rowStates.known): string {
  const { fields, name } = exclusions;
  const values = [
    `${fields.until}=${row.until}`,
    `${fields.value}=${row.value}`,
    `${fields.withheld}=${row.withheld}`,
    `${fields.state}=${state}`,
  ];
  return `${name},${seriesIds(series)},${tags.code}=${escaped.tag(row.code)} ${values.join(',')} ${row.ts}`;
}

export function figureLine(row: FigureRow): string {
  const { fields, name } = figures;
  const state = row.value === null ? rowStates.missing : rowStates.known;
  const keys = ids({
    [tags.institution]: row.institution,
    [tags.figure]: row.figure,
    [tags.bucket]: row.bucket,
  });
  return `${name},${keys} ${fields.value}=${row.value ?? 0},${fields.state}=${state} ${row.ts}`;
}

/** @throws JieyueError `row.refused-by-store` for a number that is none, or a row without fields */
export function boardLine({ measurement, tags: values, ts, fields }: BoardRow): string {
  let cells = '';
  for (const name in fields) {
    const value: number | string | undefined = fields[name as keyof typeof fields];
    if (value === undefined) continue;
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new JieyueError('row.refused-by-store', `${measurement} at ${ts}: ${name} is ${value}`);
    const cell = `${fieldNames.of(name)}=${typeof value === 'string' ? fieldTexts.of(value) : value}`;
    cells = cells === '' ? cell : `${cells},${cell}`;
  }
  if (cells === '' || !Number.isSafeInteger(ts))
    throw new JieyueError('row.refused-by-store', `${measurement} at ${ts} has no fields or no time`);
  return `${measurement}${keysOf(values)} ${cells} ${ts}`;
}

/** What is escaped again and again (names and paths of institutions stand in each of their rows), as many as are of use. */
class Escaped {
  readonly #known = new Map<string, string>();
  readonly #make: (text: string) => string;

  constructor(make: (text: string) => string) {
    this.#make = make;
  }

  of(text: string): string {
    let found = this.#known.get(text);
    if (found === undefined) {
      if (this.#known.size >= mostKnown) this.#known.clear();
      found = this.#make(text);
      this.#known.set(text, found);
    }
    return found;
  }
}

const mostKnown = 1_000;
const fieldNames = new Escaped((name) => escaped.tag(name));
const fieldTexts = new Escaped((text) => escaped.quoted(text));

/** By the object itself: rows of one series mostly share it. */
const knownKeys = new WeakMap<object, string>();

function keysOf(values: Readonly<Record<string, string>>): string {
  let found = knownKeys.get(values);
  if (found === undefined) {
    found = Object.keys(values).length === 0 ? '' : `,${ids(values)}`;
    knownKeys.set(values, found);
  }
  return found;
}

function seriesIds({ point, quantity }: Series): string {
  return ids({ [tags.point]: point, [tags.quantity]: quantity });
}

function ids(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([tag, value]) => `${tag}=${escaped.tag(tagOf(value))}`)
    .join(',');
}
