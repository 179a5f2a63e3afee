// Marks of readings, announced before their rows can be seen and confirmed when those are durable. A write has one for
// each of its series: they stay one text until they are asked for, and become rows then, those of many writes together.
import { dayMs } from '../domain/time.ts';
import { chunks, type Db } from './schema.ts';

export interface MarkRow {
  readonly point: string;
  /** Empty: all quantities. */
  readonly quantity: string;
  readonly from: number;
  readonly to: number;
}

export interface TimedMarkRow extends MarkRow {
  /** When it was confirmed. */
  readonly at: number;
}

/** Confirmed announcements that are not rows yet; beyond, the next confirmation makes rows of them. */
export const mostFolded = 64;

/** @returns the marks of confirmed announcements, a row for each stretch of each series. */
export async function confirmedMarks(db: Db): Promise<TimedMarkRow[]> {
  const texts = await db
    .selectFrom('confirmed_marks as confirmed')
    .innerJoin('announced_marks as announced', 'announced.id', 'confirmed.id')
    .select(['announced.marks', 'confirmed.at'])
    .orderBy('confirmed.id')
    .execute();
  const folded = new Folded();
  for (const { marks, at } of texts) folded.add(marks, at);
  return folded.rows();
}

/** Takes confirmed announcements out. In one transaction with keeping their marks elsewhere. */
export async function takeConfirmed(trx: Db): Promise<TimedMarkRow[]> {
  const marks = await confirmedMarks(trx);
  const ids = await trx.deleteFrom('confirmed_marks').returning('id').execute();
  for (const part of chunks(ids))
    await trx
      .deleteFrom('announced_marks')
      .where(
        'id',
        'in',
        part.map(({ id }) => id),
      )
      .execute();
  return marks;
}

interface Stretch {
  from: number;
  to: number;
  at: number;
}

/** Marks of many announcements: stretches of a series that touch, or lie within a day of each other, are one. */
class Folded {
  readonly #bySeries = new Map<string, Map<string, Map<string, Stretch[]>>>();

  /** @param text by `encode` */
  add(text: string, at: number): void {
    eachMark(text, (agent, quantity, point, from, to) => {
      const points = this.#of(agent, quantity);
      const stretches = points.get(point);
      if (stretches === undefined) points.set(point, [{ from, to, at }]);
      else if (!join(stretches.at(-1), from, to, at)) stretches.push({ from, to, at });
    });
  }

  rows(): TimedMarkRow[] {
    const rows: TimedMarkRow[] = [];
    for (const [agent, ofAgent] of this.#bySeries) {
      for (const [quantity, points] of ofAgent) {
        for (const [point, stretches] of points) {
          for (const stretch of joined(stretches))
            rows.push({ point: `${agent}/${point}`, quantity, ...stretch });
        }
      }
    }
    return rows;
  }

  #of(agent: string, quantity: string): Map<string, Stretch[]> {
    const ofAgent = this.#bySeries.get(agent) ?? new Map<string, Map<string, Stretch[]>>();
    this.#bySeries.set(agent, ofAgent);
    const points = ofAgent.get(quantity) ?? new Map<string, Stretch[]>();
    ofAgent.set(quantity, points);
    return points;
  }
}

/** Whether they could be made one. */
function join(stretch: Stretch | undefined, from: number, to: number, at: number): boolean {
  if (stretch === undefined || from - stretch.to > dayMs || stretch.from - to > dayMs) return false;
  stretch.from = Math.min(stretch.from, from);
  stretch.to = Math.max(stretch.to, to);
  stretch.at = Math.min(stretch.at, at);
  return true;
}

function joined(stretches: Stretch[]): readonly Stretch[] {
  if (stretches.length === 1) return stretches;
  const result: Stretch[] = [];
  for (const stretch of stretches.sort((a, b) => a.from - b.from)) {
    if (!join(result.at(-1), stretch.from, stretch.to, stretch.at)) result.push(stretch);
  }
  return result;
}

/** Names stand once for all their marks, times count from the first: `{"base","marks":{agent:{quantity:[point,from,length,…]}}}`. */
interface Encoded {
  readonly base: number;
  readonly marks: Readonly<Record<string, Readonly<Record<string, readonly (string | number)[]>>>>;
}

export function encode(marks: readonly MarkRow[]): string {
  let base = Number.POSITIVE_INFINITY;
  for (const { from } of marks) base = Math.min(base, from);
  const byAgent: Record<string, Record<string, (string | number)[]>> = Object.create(null);
  for (const { point, quantity, from, to } of marks) {
    const slash = point.indexOf('/');
    const agent = point.slice(0, slash);
    byAgent[agent] ??= Object.create(null) as Record<string, (string | number)[]>;
    const ofAgent = byAgent[agent];
    ofAgent[quantity] ??= [];
    ofAgent[quantity].push(point.slice(slash + 1), from - base, to - from);
  }
  return JSON.stringify({ base: Number.isFinite(base) ? base : 0, marks: byAgent } satisfies Encoded);
}

/** Of text by `encode`. */
export function decode(text: string): MarkRow[] {
  const rows: MarkRow[] = [];
  eachMark(text, (agent, quantity, point, from, to) => {
    rows.push({ point: `${agent}/${point}`, quantity, from, to });
  });
  return rows;
}

function eachMark(
  text: string,
  take: (agent: string, quantity: string, point: string, from: number, to: number) => void,
): void {
  const { base, marks } = JSON.parse(text) as Encoded;
  for (const [agent, ofAgent] of Object.entries(marks)) {
    for (const [quantity, cells] of Object.entries(ofAgent)) {
      for (let at = 0; at + 2 < cells.length; at += 3) {
        const from = base + Number(cells[at + 1]);
        take(agent, quantity, String(cells[at]), from, from + Number(cells[at + 2]));
      }
    }
  }
}
