// What points count together: a virtual point's terms, and what sub-meters take out of the one point above them. Nothing comes
// into being or is lost by a move, no point gives more than it has, and none gives for another.
import type { MeteredStretch } from './census.ts';
import type { Commodity } from './commodities.ts';
import { upstreamFirst } from './flow-order.ts';
import { type LineKey, type LineTable, lineKey } from './line-table.ts';
import type { Use } from './uses.ts';

/** What a series says of a month or a part of it. */
export interface Reading {
  /** NaN: unknown. */
  readonly value: number;
  readonly expectedMs: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
}

/** What moves from one line to another because of a sub-meter, by month. */
export interface Flow {
  readonly from: LineKey;
  readonly to: LineKey;
  /** See `MeteredStretch`. */
  readonly ownBill: boolean;
  /** What really moved; NaN: the sub-meter does not know. */
  readonly quantity: Float64Array;
  /** Of the sub-meter. */
  readonly expectedMs: Float64Array;
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
}

/** What one point has of a line. */
interface Pool {
  readonly number: number;
  readonly line: LineKey;
  /** NaN: unknown. */
  readonly quantity: Float64Array;
  /** What is read of it or its terms; none: it has only what moves to it. */
  terms: Terms | undefined;
  readonly inflows: PoolFlow[];
  readonly outflows: PoolFlow[];
  /** 1: it is silent, and has what it passes on. */
  passing: Uint8Array | undefined;
}

interface Terms {
  readonly subtracted: Float64Array;
  /** Bits by month: something is subtracted; a term is unknown. */
  readonly state: Uint8Array;
  readonly expectedMs: Float64Array;
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
}
/** A term of which less of a month is known is unknown in it: a difference would take a few days of it from a month of the other. */
const leastOfTerm = 0.9;
const isDifference = 1;
const lacksTerm = 2;

interface PoolFlow extends Flow {
  readonly source: Pool;
  readonly target: Pool;
  /** Time in which it may flow, times its share: what a silent point passes on is split by it. */
  readonly weight: Float64Array;
}

export class Pools {
  readonly #table: LineTable;
  readonly #counters: ReadonlySet<string>;
  readonly #pools: Pool[] = [];
  readonly #poolNumbers = new Map<string, number>();
  readonly #flows = new Map<string, PoolFlow>();

  /** @param counters points that count something besides themselves */
  constructor(table: LineTable, counters: ReadonlySet<string>) {
    this.#table = table;
    this.#counters = counters;
  }

  isCounter(point: string): boolean {
    return this.#counters.has(point);
  }

  /** What `holder` has of a line of all that counts in the place of `counter`. */
  pool(counter: string, holder: string, commodity: Commodity, line: LineKey): Pool {
    const name = `${counter} ${holder} ${commodity} ${line}`;
    const number = this.#poolNumbers.get(name) ?? this.#pools.length;
    const known = this.#pools[number];
    if (known !== undefined) return known;
    const quantity = new Float64Array(this.#table.months).fill(Number.NaN);
    const made: Pool = {
      number,
      line,
      quantity,
      terms: undefined,
      inflows: [],
      outflows: [],
      passing: undefined,
    };
    this.#poolNumbers.set(name, number);
    this.#pools.push(made);
    return made;
  }

  /** The flow of a move: `stretch` is its side below 0, `use` that of the other. */
  flow(point: string, commodity: Commodity, stretch: MeteredStretch, use: Use): PoolFlow {
    const { institution, counter = '', above = counter, ownBill = false } = stretch;
    const from = lineKey(institution, commodity, stretch.use, 'metered');
    const to = lineKey(institution, commodity, use, 'metered');
    const source = this.pool(counter, above, commodity, from);
    const target = this.pool(counter, point, commodity, to);
    const name = `${source.number} ${target.number} ${ownBill}`;
    const known = this.#flows.get(name);
    if (known !== undefined) return known;
    this.#table.line(from);
    this.#table.line(to);
    const columnOf = columnsOf(5, this.#table.months);
    const made: PoolFlow = {
      source,
      target,
      from,
      to,
      ownBill,
      quantity: columnOf(0).fill(Number.NaN),
      expectedMs: columnOf(1),
      measuredMs: columnOf(2),
      estimatedMs: columnOf(3),
      weight: columnOf(4),
    };
    source.outflows.push(made);
    target.inflows.push(made);
    this.#flows.set(name, made);
    return made;
  }

  /** @param share above 0 */
  move(flow: PoolFlow, month: number, share: number, reading: Reading): void {
    const { value, expectedMs, measuredMs, estimatedMs } = reading;
    add(flow.expectedMs, month, expectedMs);
    add(flow.measuredMs, month, measuredMs);
    add(flow.estimatedMs, month, estimatedMs);
    add(flow.weight, month, expectedMs * share);
    addKnown(flow.quantity, month, Math.max(0, value * share));
  }

  /** @param share below 0: a term that is subtracted */
  count(pool: Pool, month: number, share: number, reading: Reading): void {
    const { value, expectedMs, measuredMs, estimatedMs } = reading;
    pool.terms ??= emptyTerms(this.#table.months);
    const { terms } = pool;
    add(terms.expectedMs, month, expectedMs);
    add(terms.measuredMs, month, measuredMs);
    add(terms.estimatedMs, month, estimatedMs);
    const unknown = Number.isNaN(value);
    if (expectedMs > 0) {
      const lacks = unknown || measuredMs + estimatedMs < expectedMs * leastOfTerm;
      const bits = (share < 0 ? isDifference : 0) | (lacks ? lacksTerm : 0);
      terms.state[month] = (terms.state[month] ?? 0) | bits;
    }
    if (share >= 0) addKnown(pool.quantity, month, value * share);
    else if (!unknown) add(terms.subtracted, month, value * -share);
  }

  /** Puts what every point has into the lines; returns what moved. */
  settle(): readonly Flow[] {
    for (const pool of this.#pools) this.#settleTerms(pool);
    const flows = [...this.#flows.values()];
    const numbers = flows.map(({ source, target }) => ({ from: source.number, to: target.number }));
    const order = upstreamFirst(numbers).flatMap((number) => this.#pools[number] ?? []);
    for (const pool of order.toReversed()) this.#passOn(pool);
    for (const pool of order) give(pool);
    for (const { line, quantity, passing } of this.#pools) {
      const first = this.#table.line(line) * this.#table.months;
      for (let month = 0; month < quantity.length; month++) {
        if (passing?.[month] !== 1) this.#table.addQuantity(first + month, quantity[month] ?? Number.NaN);
      }
    }
    for (const flow of flows) this.#addTimes(flow.to, flow);
    return flows;
  }

  /** A difference with an unknown term is unknown, and none is below zero. */
  #settleTerms({ line, quantity, terms }: Pool): void {
    if (terms === undefined) return;
    const { subtracted, state, measuredMs, estimatedMs } = terms;
    for (let month = 0; month < quantity.length; month++) {
      const bits = state[month] ?? 0;
      if ((bits & isDifference) === 0) continue;
      if (bits & lacksTerm) {
        quantity[month] = Number.NaN;
        measuredMs[month] = 0;
        estimatedMs[month] = 0;
      } else {
        // NaN stays NaN.
        quantity[month] = Math.max(0, (quantity[month] ?? Number.NaN) - (subtracted[month] ?? 0));
      }
    }
    this.#addTimes(line, terms);
  }

  #addTimes(line: LineKey, times: Pick<Flow, 'expectedMs' | 'measuredMs' | 'estimatedMs'>): void {
    const { expectedMs, measuredMs, estimatedMs } = times;
    const first = this.#table.line(line) * this.#table.months;
    for (let month = 0; month < expectedMs.length; month++) {
      const measured = measuredMs[month] ?? 0;
      this.#table.addTimes(first + month, expectedMs[month] ?? 0, measured, estimatedMs[month] ?? 0);
    }
  }

  /** A sub-meter that is silent has used at least what those below it show: that comes from where its own would. */
  #passOn(pool: Pool): void {
    const { inflows, outflows } = pool;
    if (inflows.length === 0) return;
    for (let month = 0; month < pool.quantity.length; month++) {
      if (inflows.some(({ quantity }) => !Number.isNaN(quantity[month]))) continue;
      const wanted = sumAt(outflows, 'quantity', month);
      const weight = sumAt(inflows, 'weight', month);
      if (!(wanted > 0 && weight > 0)) continue;
      pool.passing ??= new Uint8Array(pool.quantity.length);
      pool.passing[month] = 1;
      for (const flow of inflows) flow.quantity[month] = (wanted * (flow.weight[month] ?? 0)) / weight;
    }
  }
}

function emptyTerms(months: number): Terms {
  const columnOf = columnsOf(4, months);
  return {
    subtracted: columnOf(0),
    state: new Uint8Array(months),
    expectedMs: columnOf(1),
    measuredMs: columnOf(2),
    estimatedMs: columnOf(3),
  };
}

/** Columns of zeros that share one piece of memory: to ask for it costs more than to fill it. */
function columnsOf(count: number, months: number): (column: number) => Float64Array {
  const { buffer, BYTES_PER_ELEMENT: bytes } = new Float64Array(count * months);
  return (column) => new Float64Array(buffer, column * months * bytes, months);
}

/**
 * Moves what leaves a pool: where more is asked for than it has, all share that in proportion. One of which nothing is known
 * gives nothing: what a sub-meter below it shows is then all that is known, and counts.
 */
function give({ quantity, outflows }: Pool): void {
  for (let month = 0; month < quantity.length; month++) {
    const wanted = sumAt(outflows, 'quantity', month);
    const has = quantity[month] ?? Number.NaN;
    const scale = Number.isNaN(has) || wanted === 0 ? 1 : Math.min(1, Math.max(0, has) / wanted);
    for (const flow of outflows) {
      const moved = (flow.quantity[month] ?? Number.NaN) * scale;
      flow.quantity[month] = moved;
      addKnown(flow.target.quantity, month, moved);
    }
    if (has > 0) quantity[month] = Math.max(0, has - wanted);
  }
}

/** Sum of what is known. */
function sumAt(flows: readonly PoolFlow[], column: 'quantity' | 'weight', month: number): number {
  let sum = 0;
  for (const flow of flows) sum += flow[column][month] || 0;
  return sum;
}

function add(column: Float64Array, month: number, value: number): void {
  column[month] = (column[month] ?? 0) + value;
}

/** NaN adds nothing. */
function addKnown(column: Float64Array, month: number, value: number): void {
  if (Number.isNaN(value)) return;
  const before = column[month] ?? Number.NaN;
  column[month] = Number.isNaN(before) ? value : before + value;
}
