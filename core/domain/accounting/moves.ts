// What sub-meters moved on the metered basis moves on the billed one too, with its money, as far as bills are there.
import { upstreamFirst } from './flow-order.ts';
import { grouped } from './grouped.ts';
import { type LineTable, siblingKey } from './line-table.ts';
import type { Flow } from './metered-pools.ts';

/** All that moves from one billed line to another, by month. */
interface BilledFlow {
  readonly from: number;
  readonly to: number;
  /** NaN: no sub-meter knows. */
  readonly quantity: Float64Array;
  readonly expectedMs: Float64Array;
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
}

/**
 * In months and commodities in which a bill says a quantity; what has a bill of its own is in no other, and stays. Where more
 * is asked for than was billed, the rest is 0 and all share in proportion.
 * @param elapsedMs time of each month until now
 */
export function moveBilled(table: LineTable, moved: readonly Flow[], elapsedMs: Float64Array): void {
  const flows = new Map<string, BilledFlow>();
  // A use that only moves fill has a billed line once one of them does: again until no line is new.
  let waiting = moved.filter(({ ownBill, from, to }) => !ownBill && from !== to);
  for (let left = Number.POSITIVE_INFINITY; waiting.length < left; ) {
    left = waiting.length;
    waiting = waiting.filter((flow) => {
      const from = table.find(siblingKey(flow.from, { basis: 'billed' }));
      if (from === undefined) return true;
      addFlow(flows, table.months, from, table.line(siblingKey(flow.to, { basis: 'billed' })), flow);
      return false;
    });
  }
  const all = [...flows.values()];
  const leavingFrom = grouped(all, ({ from }) => from);
  for (const line of upstreamFirst(all)) {
    const leaving = leavingFrom.get(line) ?? [];
    for (let month = 0; month < table.months; month++) {
      moveTimes(table, line, leaving, month, elapsedMs[month] ?? 0);
      moveOut(table, line, leaving, month, elapsedMs[month] ?? 0);
    }
  }
}

function addFlow(flows: Map<string, BilledFlow>, months: number, from: number, to: number, flow: Flow): void {
  const name = `${from} ${to}`;
  const into = flows.get(name) ?? emptyFlow(months, from, to);
  flows.set(name, into);
  for (let month = 0; month < months; month++) {
    for (const column of ['expectedMs', 'measuredMs', 'estimatedMs'] as const) {
      into[column][month] = (into[column][month] ?? 0) + (flow[column][month] ?? 0);
    }
    const quantity = flow.quantity[month] ?? Number.NaN;
    if (!Number.isNaN(quantity)) into.quantity[month] = (into.quantity[month] || 0) + quantity;
  }
}

function emptyFlow(months: number, from: number, to: number): BilledFlow {
  return {
    from,
    to,
    quantity: new Float64Array(months).fill(Number.NaN),
    expectedMs: new Float64Array(months),
    measuredMs: new Float64Array(months),
    estimatedMs: new Float64Array(months),
  };
}

/**
 * What is moved to is expected in the part of the month in which bills are, and known as far as both the sub-meter and the
 * bills are: where no bill is expected, neither is what would move out of it.
 */
function moveTimes(
  table: LineTable,
  line: number,
  leaving: readonly BilledFlow[],
  month: number,
  elapsed: number,
): void {
  const source = line * table.months + month;
  const billable = table.expectedMs[source] ?? 0;
  if (!(billable > 0 && elapsed > 0)) return;
  const open = Math.min(1, billable / elapsed);
  const covered = open * Math.min(1, (table.measuredMs[source] ?? 0) / billable);
  const priced = open * Math.min(1, table.amountMsOf(line, month) / billable);
  for (const { to, expectedMs, measuredMs, estimatedMs } of leaving) {
    const measured = measuredMs[month] ?? 0;
    const estimated = (estimatedMs[month] ?? 0) * covered;
    table.addTimes(to * table.months + month, (expectedMs[month] ?? 0) * open, 0, estimated);
    table.addCovered(to, month, measured * covered, measured * priced);
  }
}

/** Of a month that is billed in part, what moved in that part: taken as even over the month. */
function moveOut(
  table: LineTable,
  line: number,
  leaving: readonly BilledFlow[],
  month: number,
  elapsed: number,
): void {
  const cell = line * table.months + month;
  const has = table.quantity[cell] ?? Number.NaN;
  if (Number.isNaN(has)) return;
  const billed = elapsed > 0 ? Math.min(1, (table.measuredMs[cell] ?? 0) / elapsed) : 1;
  let wanted = 0;
  for (const { quantity } of leaving) wanted += (quantity[month] || 0) * billed;
  const scale = wanted === 0 ? 1 : Math.max(0, Math.min(1, has / wanted));
  const amount = table.amountCny[cell] ?? Number.NaN;
  for (const { to, quantity } of leaving) {
    const asked = (quantity[month] ?? Number.NaN) * billed;
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
