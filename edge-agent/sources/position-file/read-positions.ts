// Reads an export of positions in chunks of rows, from the beginning or from where it was read to before.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { WirePosition } from '../../../core/domain/telemetry.ts';
import { pointPattern } from '../../../core/domain/topics.ts';
import type { PositionFileConfig } from '../../../core/runtime/position-config.ts';
import { firstBytes } from '../csv/bytes.ts';
import { recordsOf } from '../csv/records.ts';
import { positionOf } from '../position-row.ts';
import { type Columns, HeaderFinder } from './header.ts';
import { cellTimeReader, timeReader } from './times.ts';
import { workbookRecords } from './workbook-records.ts';

/** What a line of the file could not give; the rest of the file is read. */
export interface LineFault {
  /** Counted from 1. */
  readonly line: number;
  /** `null` when it is about the row as a whole. */
  readonly column: string | null;
  readonly value: string;
  readonly reason: string;
}

/** A file is read up to a line, and what the lines up to it were. */
export interface Mark {
  readonly line: number;
  readonly digest: string;
}

export interface PositionChunk {
  readonly positions: WirePosition[];
  readonly faults: LineFault[];
  /** Up to where the file need not be read again; never its last row, which may still be being written. */
  readonly mark: Mark;
  /** The last row, and nothing else; it comes again when the file has grown. */
  readonly last: boolean;
  /** The file is read from its beginning although a mark was given: it is another one. */
  readonly anew: boolean;
}

const zip = Buffer.from('PK\u0003\u0004');
const ole = Buffer.from('d0cf11e0', 'hex');
const rowsPerChunk = 1_000;
const shownChars = 100;

/**
 * Yields after every 1 000 rows, and the last row by itself; memory does not grow with a text, a workbook is held. Rows up to `after` are passed over
 * when they are what they were; when they are not, all is read.
 * @throws JieyueError `import.file` when the file cannot be read, lacks a column or its name tells no vehicle.
 */
export async function* readPositions(
  path: string,
  config: PositionFileConfig,
  after?: Mark,
): AsyncGenerator<PositionChunk> {
  const isWorkbook = await beginsAsWorkbook(path);
  const reader = new RowReader(path, config, isWorkbook);
  const hash = createHash('sha256');
  let line = 0;
  let passing = after !== undefined;
  let held: string[] | undefined;
  let rows = 0;
  const digest = () => hash.copy().digest('hex');
  const chunk = (last: boolean) => ({
    ...reader.take(),
    mark: { line, digest: digest() },
    last,
    anew: false,
  });
  const records = isWorkbook
    ? workbookRecords(path, config.sheet)
    : recordsOf(path, config.delimiter, config.encoding);
  for await (const cells of records) {
    if (held) {
      const next = lineOf(held);
      if (after && passing && next > after.line) {
        if (digest() !== after.digest) return yield* anew(path, config);
        passing = false;
      }
      reader.add(held, !passing);
      hash.update(`${held.join('\u0001')}\n`);
      line = next;
      if (!passing && ++rows % rowsPerChunk === 0) yield chunk(false);
    }
    held = cells;
  }
  if (after && passing && (!held || lineOf(held) <= after.line || digest() !== after.digest)) {
    return yield* anew(path, config);
  }
  yield chunk(false);
  if (held) reader.add(held, true);
  if (!reader.hasHeader) throw reader.noHeader();
  yield chunk(true);
}

/** By its first bytes, not by its name. @throws JieyueError `import.file` for one that Excel wrote before 2007. */
async function beginsAsWorkbook(path: string): Promise<boolean> {
  const head = await firstBytes(path);
  if (head.equals(ole)) {
    throw new JieyueError(
      'import.file',
      `${path} is an old Excel (.xls) file, or protected by a password; save it as .xlsx without one, or as CSV (UTF-8)`,
    );
  }
  return head.equals(zip);
}

/** Refused rows have theirs with a minus. */
function lineOf(record: readonly string[]): number {
  return Math.abs(Number(record[0]));
}

async function* anew(path: string, config: PositionFileConfig): AsyncGenerator<PositionChunk> {
  for await (const chunk of readPositions(path, config)) yield { ...chunk, anew: true };
}

class RowReader {
  readonly #config: PositionFileConfig;
  /** Its rows end with their last cell, and what stands beside the table moves none of its columns. */
  readonly #isWorkbook: boolean;
  readonly #header: HeaderFinder;
  readonly #parseTime: ReturnType<typeof timeReader>;
  /** Of all rows, when it does not stand in them. */
  readonly #vehicle: string | undefined;
  #columns: Columns | undefined;
  #positions: WirePosition[] = [];
  #faults: LineFault[] = [];

  constructor(path: string, config: PositionFileConfig, isWorkbook: boolean) {
    this.#config = config;
    this.#isWorkbook = isWorkbook;
    this.#header = new HeaderFinder(path, config);
    this.#parseTime = isWorkbook ? cellTimeReader(config.time) : timeReader(config.time);
    this.#vehicle = config.vehicle.point ?? vehicleOfName(path, config);
  }

  get hasHeader(): boolean {
    return this.#columns !== undefined;
  }

  noHeader(): JieyueError {
    return this.#header.missing();
  }

  take(): { positions: WirePosition[]; faults: LineFault[] } {
    const taken = { positions: this.#positions, faults: this.#faults };
    this.#positions = [];
    this.#faults = [];
    return taken;
  }

  /** `wanted`: not a row that was read before; the header is looked for all the same. */
  add(record: readonly string[], wanted: boolean): void {
    const line = Number(record[0]);
    const cells = record.slice(1);
    const columns = this.#columns;
    if (!columns) {
      if (line > 0) this.#columns = this.#header.take(cells);
      return;
    }
    if (!wanted) return;
    if (line < 0) this.#blame(-line, null, cells[1] ?? '', cells[0] ?? '');
    else if (cells.some((cell) => cell.trim() !== '')) this.#read(line, cells, columns);
  }

  #read(line: number, cells: readonly string[], columns: Columns): void {
    const cell = (index: number) => cells[index]?.trim() ?? '';
    const nameOf = (index: number) => columns.names[index] ?? null;
    const surplus = cells.slice(columns.width).some((text) => text.trim() !== '');
    if (!this.#isWorkbook && (cells.length < columns.width || surplus)) {
      const reason = `${cells.length} cell(s) where the header has ${columns.width}`;
      this.#blame(line, null, cells.join(this.#config.delimiter), reason);
      return;
    }
    const [timeColumn = -1] = columns.time;
    const timeText = columns.time.map(cell).join(' ').trim();
    const time = timeText === '' ? { reason: 'there is no time' } : this.#parseTime(timeText);
    if ('reason' in time) {
      this.#blame(line, nameOf(timeColumn), timeText, time.reason);
      return;
    }
    let point = this.#vehicle;
    if (columns.vehicle !== undefined) {
      const said = cell(columns.vehicle);
      const found = pointOf(said, this.#config);
      if ('reason' in found) {
        this.#blame(line, nameOf(columns.vehicle), said, found.reason);
        return;
      }
      point = found.point;
    }
    const raw = Object.fromEntries(columns.fields.map(([field, index]) => [field, cell(index)]));
    const { position, faults } = positionOf(
      point ?? '',
      time.ts,
      { lat: raw['lat'], lon: raw['lon'], ...raw },
      this.#config,
    );
    if (position) this.#positions.push(position);
    for (const { field, reason } of faults) {
      const index = columns.fields.find(([name]) => name === field)?.[1] ?? -1;
      this.#blame(line, nameOf(index), cell(index), reason);
    }
  }

  #blame(line: number, column: string | null, value: string, reason: string): void {
    this.#faults.push({
      line,
      column,
      value: value.slice(0, shownChars).replaceAll(/\p{Cc}/gu, '?'),
      reason,
    });
  }
}

/** @throws JieyueError `import.file` */
function vehicleOfName(path: string, config: PositionFileConfig): string | undefined {
  const pattern = config.vehicle.fileName;
  if (pattern === undefined) return undefined;
  const escaped = pattern.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const said = new RegExp(`^${escaped.replace('{vehicle}', '(.+?)')}$`, 'u').exec(basename(path))?.[1];
  if (said === undefined)
    throw new JieyueError('import.file', `${path}: its name is not of the form ${pattern}`);
  const found = pointOf(said, config);
  if ('point' in found) return found.point;
  throw new JieyueError('import.file', `${path}: the vehicle "${said}" of its name ${found.reason}`);
}

function pointOf(
  said: string,
  { points }: PositionFileConfig,
): { readonly point: string } | { readonly reason: string } {
  if (said === '') return { reason: 'there is no vehicle' };
  if (points) {
    const point = Object.hasOwn(points, said) ? points[said] : undefined;
    return point === undefined ? { reason: 'is not in the list `points`' } : { point };
  }
  return pointPattern.test(said)
    ? { point: said }
    : { reason: 'is no name of a point; give it one in `points`' };
}
