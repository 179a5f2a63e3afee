// Which column of an export holds what. The header is the first of the first rows that names all columns: exports often begin with a
// title. Pure.
import { JieyueError } from '../../../core/domain/errors.ts';
import type { PositionFileConfig } from '../../../core/runtime/position-config.ts';
import type { RawField } from '../position-row.ts';

export interface Columns {
  /** Cells of a row. */
  readonly width: number;
  readonly time: readonly number[];
  readonly vehicle: number | undefined;
  readonly fields: readonly (readonly [field: RawField, index: number])[];
  readonly names: readonly string[];
}

/** Rows that may stand before the header. */
const titleRows = 10;
const shownColumns = 30;

/** Takes rows until one of them is the header. */
export class HeaderFinder {
  readonly #path: string;
  readonly #config: PositionFileConfig;
  #first: readonly string[] | undefined;
  #rows = 0;

  constructor(path: string, config: PositionFileConfig) {
    this.#path = path;
    this.#config = config;
  }

  /** @throws JieyueError `import.file` when ten rows have been no header, or a column stands there twice. */
  take(cells: readonly string[]): Columns | undefined {
    const names = cells.map((cell) => cell.trim());
    const wanted = wantedColumns(this.#config);
    if (wanted.every((name) => names.includes(name))) {
      const twice = wanted.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
      if (twice === undefined) return columnsOf(names, this.#config);
      throw new JieyueError(
        'import.file',
        `${this.#path} has the column ${quoted(twice)} more than once; rename one`,
      );
    }
    // A title is shorter than the header that lacks a column.
    if (
      names.filter((name) => name !== '').length > (this.#first?.filter((name) => name !== '').length ?? 0)
    ) {
      this.#first = names;
    }
    if (++this.#rows >= titleRows) throw this.missing();
    return undefined;
  }

  /** What to say when there was no header. */
  missing(): JieyueError {
    if (!this.#first) return new JieyueError('import.file', `${this.#path} has no rows`);
    const names = this.#first;
    const missing = wantedColumns(this.#config).filter((name) => !names.includes(name));
    const more = names.length > shownColumns ? ` and ${names.length - shownColumns} more` : '';
    return new JieyueError(
      'import.file',
      `${this.#path} has no column ${missing.map(quoted).join(', ')}; ` +
        `its columns: ${names.slice(0, shownColumns).map(quoted).join(', ')}${more}`,
    );
  }
}

function wantedColumns(config: PositionFileConfig): string[] {
  const { time, vehicle } = config;
  const times = typeof time.column === 'string' ? [time.column] : time.column;
  const fields = fieldColumns(config).map(([, name]) => name);
  return [...times, ...(vehicle.column === undefined ? [] : [vehicle.column]), ...fields].map((name) =>
    name.trim(),
  );
}

function fieldColumns(config: PositionFileConfig): [RawField, string][] {
  const columns: Record<RawField, string | undefined> = {
    lat: config.lat,
    lon: config.lon,
    speed: config.speed?.column,
    course: config.course,
    odometer: config.odometer?.column,
    ignition: config.ignition?.column,
    fix: config.fix?.column,
    altitude: config.altitude,
    satellites: config.satellites,
    fuel: config.fuel,
  };
  return (Object.entries(columns) as [RawField, string | undefined][]).flatMap(([field, name]) =>
    name === undefined ? [] : [[field, name] as [RawField, string]],
  );
}

function columnsOf(names: readonly string[], config: PositionFileConfig): Columns {
  const { time, vehicle } = config;
  const at = (name: string) => names.indexOf(name.trim());
  return {
    width: names.length,
    names,
    time: (typeof time.column === 'string' ? [time.column] : time.column).map(at),
    vehicle: vehicle.column === undefined ? undefined : at(vehicle.column),
    fields: fieldColumns(config).map(([field, name]) => [field, at(name)] as const),
  };
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
