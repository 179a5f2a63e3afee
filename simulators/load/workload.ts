// What a load generator sends, as a pure function: row k of agent i is known without having been sent, and so the ledger
// of a run is a few numbers an agent, from which every row can be written out again.
import type { WireReading } from '../../core/domain/telemetry.ts';
import type { Quantity } from '../../core/domain/units.ts';
import { Random, seedOf } from '../random.ts';

export interface LateRows {
  /** Share of batches whose rows are late, 0 to 1. */
  readonly share: number;
  /** They lie scattered over this time before `startTs`. Default: a year. */
  readonly spanMs: number;
  /** Distance of the slots they fall into; each (series, slot) is used once. */
  readonly stepMs: number;
  /** Moves the slots, e.g. off the grid of rows that are already stored. */
  readonly offsetMs: number;
}

export interface Workload {
  readonly seed: number;
  readonly points: number;
  /** Time of the first fresh row; each round over all points is `stepMs` later. */
  readonly startTs: number;
  readonly stepMs: number;
  readonly late: LateRows;
}

export interface SeriesName {
  readonly point: string;
  readonly quantity: Quantity;
}

/** What one agent sent, acknowledged or not: rows 0 to `fresh` and 0 to `late` of its workload. */
export interface AgentLedger {
  readonly agent: string;
  readonly workload: Workload;
  readonly freshRows: number;
  readonly lateRows: number;
}

const places = ['rsj', 'xzzx', 'yyzy', 'dyzx', 'tsgd', 'ggzy'];
const devices = ['ahu', 'kt', 'zm', 'dt', 'sb', 'cz'];
const kinds = ['electricity', 'electricity', 'electricity', 'water', 'gas', 'heat'] as const;
const centsPerMs = 0.001;
const leastCents = 10_000_000;
/** Values keep nine characters: 100000.00 to 999999.99. */
const mostCents = 99_999_999;

/** Names such as `rsj-03f-ahu2.p0017`: 18 to 19 characters, all different. */
export function seriesNames(points: number): SeriesName[] {
  return Array.from({ length: points }, (_, index) => ({
    point: `${places[index % 6]}-${pad((index % 31) + 1, 2)}f-${devices[Math.floor(index / 6) % 6]}${index % 9}.p${pad(index, 4)}`,
    quantity: kinds[Math.floor(index / 7) % kinds.length] ?? 'electricity',
  }));
}

/** One agent's rows by number. */
export class Rows {
  readonly series: readonly SeriesName[];
  readonly #workload: Workload;
  readonly #slots: number;
  readonly #stride: number;
  readonly #shift: number;

  constructor(workload: Workload) {
    this.#workload = workload;
    this.series = seriesNames(workload.points);
    this.#slots = Math.max(1, Math.floor(workload.late.spanMs / workload.late.stepMs));
    const random = new Random(seedOf(workload.seed, 'late rows'));
    this.#stride = coprime(this.#slots, random);
    this.#shift = random.int(0, this.#slots);
  }

  /** Late rows before slots repeat. */
  get lateCapacity(): number {
    return this.#slots * this.series.length;
  }

  seriesOf(row: number): number {
    return row % this.series.length;
  }

  freshTs(row: number): number {
    return this.#workload.startTs + Math.floor(row / this.series.length) * this.#workload.stepMs;
  }

  lateTs(row: number): number {
    const { startTs, late } = this.#workload;
    const round = Math.floor(row / this.series.length);
    const slot = (this.#stride * round + this.#shift + 7_919 * this.seriesOf(row)) % this.#slots;
    return startTs - this.#slots * late.stepMs + slot * late.stepMs + late.offsetMs;
  }

  /** Value in hundredths: rises with time, whichever way the row comes. */
  cents(series: number, ts: number): number {
    const { startTs, late } = this.#workload;
    const since = ts - (startTs - late.spanMs) + Math.abs(late.offsetMs);
    const cents = leastCents + ((series * 7_919) % 1_000_000) + Math.floor(since * centsPerMs);
    if (cents > mostCents)
      throw new RangeError(`the load reaches beyond the register's width at ${new Date(ts).toISOString()}`);
    return cents;
  }
}

/** Every row of a ledger, fresh ones first: what a store that lost nothing holds. */
export function* ledgerRows(ledger: AgentLedger): Generator<WireReading> {
  const rows = new Rows(ledger.workload);
  const at = (row: number, ts: number): WireReading => {
    const series = rows.seriesOf(row);
    const name = rows.series[series];
    if (name === undefined) throw new RangeError('a workload needs points');
    return [name.point, name.quantity, ts, rows.cents(series, ts) / 100];
  };
  for (let row = 0; row < ledger.freshRows; row++) yield at(row, rows.freshTs(row));
  for (let row = 0; row < ledger.lateRows; row++) yield at(row, rows.lateTs(row));
}

function coprime(slots: number, random: Random): number {
  for (;;) {
    const candidate = random.int(1, Math.max(2, slots));
    if (divisor(candidate, slots) === 1) return candidate;
  }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
