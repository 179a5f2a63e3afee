// What a virtual point is made of, and when: its dated formulas expanded to series that are measured.
import { type DatedFormula, formulaPeriods } from '../domain/energy/virtual.ts';
import type { PointKey } from '../domain/topics.ts';
import { type Carrier, type Quantity, quantitiesOfCarrier } from '../domain/units.ts';
import { holdingIn } from './current-facts.ts';
import { chunks, type Db } from './schema.ts';
import { overlap, type Stretch } from './stretches.ts';

/** A stretch in which `factor` of a series' consumption is a part of a virtual point. */
export interface VirtualLeaf extends Stretch {
  readonly point: PointKey;
  readonly quantity: Quantity;
  readonly factor: number;
}

/** A stretch in which a virtual point has one formula; `leaves` stretch over all of it, but where a leaf changed its quantity. */
export interface VirtualPeriod extends Stretch {
  readonly leaves: readonly VirtualLeaf[];
  /** Points of the formula that do not measure the carrier in all of the period: what they count is not known. */
  readonly unmeasured: readonly PointKey[];
}

/** Ascending; none where the point is not virtual. Reads level by level, in the caller's snapshot. */
export async function virtualPeriods(
  db: Db,
  point: PointKey,
  carrier: Carrier,
  range: Stretch,
): Promise<VirtualPeriod[]> {
  const formulas = await formulasBelow(db, point, range);
  const periods = formulaPeriods(point, formulas, range);
  const points = new Set(periods.flatMap(({ leaves }) => leaves.map((leaf) => leaf.point)));
  const measured = await measuredBy(db, [...points], carrier, range);
  return periods.map(({ from, to, leaves }) => {
    const found: VirtualLeaf[] = [];
    const unmeasured: PointKey[] = [];
    for (const leaf of leaves) {
      const key = leaf.point as PointKey;
      let known = 0;
      for (const { quantity, stretch } of measured.get(key) ?? []) {
        const part = overlap({ valid_from: stretch.from, valid_to: stretch.to }, { from, to });
        if (part === undefined) continue;
        known += part.to - part.from;
        found.push({ point: key, quantity, factor: leaf.factor, ...part });
      }
      if (known < to - from) unmeasured.push(key);
    }
    return { from, to, leaves: found, unmeasured };
  });
}

async function formulasBelow(db: Db, point: string, range: Stretch): Promise<Map<string, DatedFormula[]>> {
  const formulas = new Map<string, DatedFormula[]>();
  const seen = new Set([point]);
  for (let level = [point]; level.length > 0; ) {
    const next = new Set<string>();
    for (const part of chunks(level)) {
      const rows = await holdingIn(db, range)
        .select(['entity', 'value', 'valid_from', 'valid_to'])
        .where('entity', 'in', part)
        .where('attribute', '=', 'formula')
        .execute();
      for (const { entity, value, ...row } of rows) {
        const stretch = overlap(row, range);
        const formula = JSON.parse(value) as Pick<DatedFormula, 'terms'> | null;
        if (stretch === undefined || formula === null) continue;
        const list = formulas.get(entity) ?? [];
        formulas.set(entity, list);
        list.push({ ...stretch, terms: formula.terms });
        for (const term of formula.terms) if (!seen.has(term.point)) next.add(term.point);
      }
    }
    for (const key of next) seen.add(key);
    level = [...next];
  }
  return formulas;
}

async function measuredBy(
  db: Db,
  points: readonly string[],
  carrier: Carrier,
  range: Stretch,
): Promise<Map<string, { quantity: Quantity; stretch: Stretch }[]>> {
  const wanted = quantitiesOfCarrier(carrier);
  const measured = new Map<string, { quantity: Quantity; stretch: Stretch }[]>();
  for (const part of chunks(points)) {
    const rows = await holdingIn(db, range)
      .select(['entity', 'value', 'valid_from', 'valid_to'])
      .where('entity', 'in', part)
      .where('attribute', '=', 'quantities')
      .orderBy('valid_from')
      .execute();
    for (const { entity, value, ...row } of rows) {
      const stretch = overlap(row, range);
      const quantity = (JSON.parse(value) as Quantity[]).find((name) => wanted.includes(name));
      if (stretch === undefined || quantity === undefined) continue;
      const list = measured.get(entity) ?? [];
      measured.set(entity, list);
      list.push({ quantity, stretch });
    }
  }
  return measured;
}
