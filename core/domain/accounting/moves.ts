// What moves between lines of a book: sub-meters' energy from use to use. Nothing comes into being or is lost by a move, and
// no line falls below zero.
import { type LineTable, siblingKey } from './line-table.ts';
import type { Move } from './metered-lines.ts';

/** All moves from one line to another, by month. */
interface Flow {
  readonly from: number;
  readonly to: number;
  /** NaN: no sub-meter knows. */
  readonly quantity: Float64Array;
  /** Of the sub-meters. */
  readonly expectedMs: Float64Array;
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
}

/**
 * Moves what sub-meters show, on the metered basis and, in the months and commodities in which a bill is there, on the billed
 * one. Where they show more than the line has, the line's rest is 0 and they share what it had in proportion. A metered line
 * of which nothing is known gives nothing: what a sub-meter below it shows is then all that is known, and counts.
 */
export function applyMoves(table: LineTable, moves: readonly Move[]): void {
  const flows = new Map<string, Flow>();
  for (const { from, to, ...move } of moves)
    addFlow(flows, table.months, table.line(from), table.line(to), move);
  // A use that only moves fill has a billed line once one of them does: again until no line is new.
  let waiting = moves;
  for (let left = Number.POSITIVE_INFINITY; waiting.length < left; ) {
    left = waiting.length;
    waiting = waiting.filter(({ from, to, ...move }) => {
      const billed = table.find(siblingKey(from, { basis: 'billed' }));
      if (billed === undefined) return true;
      addFlow(flows, table.months, billed, table.line(siblingKey(to, { basis: 'billed' })), move);
      return false;
    });
  }
  run(table, [...flows.values()]);
}

type Shown = Omit<Move, 'from' | 'to'>;

function addFlow(flows: Map<string, Flow>, months: number, from: number, to: number, move: Shown): void {
  const name = `${from} ${to}`;
  const flow = flows.get(name) ?? emptyFlow(months, from, to);
  flows.set(name, flow);
  add(flow.expectedMs, move.month, move.expectedMs);
  add(flow.measuredMs, move.month, move.measuredMs);
  add(flow.estimatedMs, move.month, move.estimatedMs);
  if (Number.isNaN(move.quantity)) return;
  const before = flow.quantity[move.month] ?? Number.NaN;
  flow.quantity[move.month] = (Number.isNaN(before) ? 0 : before) + Math.max(0, move.quantity);
}

function emptyFlow(months: number, from: number, to: number): Flow {
  return {
    from,
    to,
    quantity: new Float64Array(months).fill(Number.NaN),
    expectedMs: new Float64Array(months),
    measuredMs: new Float64Array(months),
    estimatedMs: new Float64Array(months),
  };
}

function add(column: Float64Array, month: number, value: number): void {
  column[month] = (column[month] ?? 0) + value;
}

function run(table: LineTable, flows: readonly Flow[]): void {
  const leaving = new Map<number, Flow[]>();
  for (const flow of flows) {
    const list = leaving.get(flow.from);
    if (list) list.push(flow);
    else leaving.set(flow.from, [flow]);
  }
  for (const line of sourcesFirst(flows, leaving)) {
    const out = leaving.get(line) ?? [];
    const billed = isBilled(table, line);
    for (let month = 0; month < table.months; month++) {
      moveTimes(table, line, out, month, billed);
      moveOut(table, line, out, month, billed);
    }
  }
}

/** The line that is moved to is known when the sub-meter is, and, on the billed basis, as far as there are bills. */
function moveTimes(
  table: LineTable,
  line: number,
  out: readonly Flow[],
  month: number,
  billed: boolean,
): void {
  const source = line * table.months + month;
  const expected = table.expectedMs[source] ?? 0;
  const covered = expected > 0 ? Math.min(1, (table.measuredMs[source] ?? 0) / expected) : 0;
  const known = billed ? covered : 1;
  for (const { to, expectedMs, measuredMs, estimatedMs } of out) {
    const measured = (measuredMs[month] ?? 0) * known;
    const estimated = (estimatedMs[month] ?? 0) * known;
    table.addTimes(to * table.months + month, expectedMs[month] ?? 0, measured, estimated);
  }
}

function moveOut(table: LineTable, line: number, out: readonly Flow[], month: number, billed: boolean): void {
  const cell = line * table.months + month;
  const has = table.quantity[cell] ?? Number.NaN;
  let wanted = 0;
  for (const { quantity } of out) wanted += quantity[month] || 0;
  const unknown = Number.isNaN(has);
  if (unknown && billed) return;
  const scale = unknown || wanted === 0 ? 1 : Math.max(0, Math.min(1, has / wanted));
  const amount = table.amountCny[cell] ?? Number.NaN;
  for (const { to, quantity } of out) {
    const asked = quantity[month] ?? Number.NaN;
    if (Number.isNaN(asked)) continue;
    const target = to * table.months + month;
    table.addQuantity(target, asked * scale);
    if (has > 0 && !Number.isNaN(amount)) {
      const money = (amount * asked * scale) / has;
      table.addAmount(cell, -money);
      table.addAmount(target, money);
    }
  }
  if (has > 0) table.quantity[cell] = Math.max(0, has - wanted);
}

function isBilled(table: LineTable, line: number): boolean {
  const key = table.keyOf(line);
  return siblingKey(key, { basis: 'billed' }) === key;
}

/** Lines that something leaves, each after those that give to it; a circle is cut where it is met. */
function sourcesFirst(flows: readonly Flow[], leaving: ReadonlyMap<number, readonly Flow[]>): number[] {
  const waiting = new Map<number, number>([...leaving.keys()].map((line) => [line, 0]));
  for (const { to } of flows) {
    const count = waiting.get(to);
    if (count !== undefined) waiting.set(to, count + 1);
  }
  const order = [...waiting].filter(([, count]) => count === 0).map(([line]) => line);
  const done = new Set(order);
  for (const line of order) {
    for (const { to } of leaving.get(line) ?? []) {
      const count = (waiting.get(to) ?? 0) - 1;
      if (!waiting.has(to)) continue;
      waiting.set(to, count);
      if (count === 0 && !done.has(to)) {
        order.push(to);
        done.add(to);
      }
    }
  }
  const circles = [...waiting.keys()].filter((line) => !done.has(line)).sort((a, b) => a - b);
  return [...order, ...circles];
}
