// What the consumption curve must know of many series, by few queries.
import {
  type Correction,
  type Dated,
  type Installation,
  noFacts,
  type SeriesFacts,
} from '../domain/energy/facts.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { InstallationValue } from './attributes/installation.ts';
import { chunks, type Db } from './schema.ts';

interface PointFacts {
  readonly installations: { from: number; value: InstallationValue }[];
  readonly expectedIntervalMs: Dated<number>[];
  readonly intervalLengthMs: Dated<number>[];
}

/** In the order of the requests. A stretch without a fact goes on with the value before it. */
export async function seriesFacts(
  db: Db,
  requests: readonly { point: PointKey; quantity: Quantity }[],
): Promise<SeriesFacts[]> {
  const points = [...new Set(requests.map((request) => request.point))];
  const facts = await factsOfPoints(db, points);
  const corrections = await correctionsOfPoints(db, points);
  return requests.map(({ point, quantity }) => {
    const ofPoint = facts.get(point);
    const ofSeries = corrections.get(`${point} ${quantity}`);
    if (!ofPoint && !ofSeries) return noFacts;
    return {
      installations: (ofPoint?.installations ?? []).map((entry) => installationOf(entry, quantity)),
      expectedIntervalMs: ofPoint?.expectedIntervalMs ?? [],
      intervalLengthMs: ofPoint?.intervalLengthMs ?? [],
      corrections: ofSeries ?? [],
    };
  });
}

async function factsOfPoints(db: Db, points: readonly string[]): Promise<Map<string, PointFacts>> {
  const found = new Map<string, PointFacts>();
  for (const part of chunks(points)) {
    const rows = await db
      .selectFrom('facts')
      .select(['entity', 'attribute', 'valid_from', 'value'])
      .where('entity', 'in', part)
      .where('attribute', 'in', ['installation', 'expectedIntervalMs', 'intervalLengthMs'])
      .where('superseded_at', 'is', null)
      .orderBy('valid_from')
      .execute();
    for (const { entity, attribute, valid_from: from, value } of rows) {
      const facts = found.get(entity) ?? { installations: [], expectedIntervalMs: [], intervalLengthMs: [] };
      found.set(entity, facts);
      if (attribute === 'installation') facts.installations.push({ from, value: JSON.parse(value) });
      else if (attribute === 'expectedIntervalMs')
        facts.expectedIntervalMs.push({ from, value: Number(value) });
      else facts.intervalLengthMs.push({ from, value: Number(value) });
    }
  }
  return found;
}

async function correctionsOfPoints(db: Db, points: readonly string[]): Promise<Map<string, Correction[]>> {
  const found = new Map<string, Correction[]>();
  for (const part of chunks(points)) {
    const rows = await db
      .selectFrom('corrections')
      .select(['point', 'quantity', 'ts', 'action', 'value'])
      .where('point', 'in', part)
      .where('superseded_at', 'is', null)
      .orderBy('ts')
      .execute();
    for (const { point, quantity, ts, action, value } of rows) {
      if (action === 'withdraw') continue;
      const key = `${point} ${quantity}`;
      const list = found.get(key) ?? [];
      found.set(key, list);
      list.push(value === null ? { ts, action } : { ts, action, value });
    }
  }
  return found;
}

function installationOf(
  { from, value }: { from: number; value: InstallationValue },
  quantity: Quantity,
): Installation {
  const { installedAt, serial, multiplier, registers } = value;
  return {
    from: installedAt ?? from,
    ...(serial === undefined ? {} : { serial }),
    multiplier: typeof multiplier === 'number' ? multiplier : multiplier.ct * multiplier.pt,
    ...registers?.[quantity],
  };
}
