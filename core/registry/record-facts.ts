// Records facts in a transaction: validated, painted over what is current, written, marked, trees checked.
import { JieyueError } from '../domain/errors.ts';
import type { MarkRow } from './announced-marks.ts';
import { canonicalJson, checkedAuthorship, describe, type ValidFact, validFact } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import { kindsOf } from './entities.ts';
import { addMarks, beginning, farFuture } from './marks.ts';
import type { Authorship, FactInput } from './registry.ts';
import { chunks, type Db, type FactsTable } from './schema.ts';
import { paint } from './timeline.ts';
import { refuseCycles } from './tree.ts';

/** @throws JieyueError `registry.invalid`, `registry.not-found`, `registry.cycle`; the caller's transaction must end then. */
export async function recordFacts(
  trx: Db,
  context: RegistryContext,
  inputs: readonly FactInput[],
  by: Authorship,
): Promise<void> {
  if (inputs.length === 0) return;
  const authorship = checkedAuthorship(by);
  const kinds = await kindsOf(
    trx,
    inputs.map((input) => input.entity),
  );
  const facts = inputs.map((input) => {
    const kind = kinds.get(input.entity);
    if (kind === undefined) {
      throw new JieyueError('registry.not-found', `there is no entity "${input.entity}"; create it first`);
    }
    return validFact(context, kind, input);
  });
  await refuseUnknownReferences(trx, facts);

  const timelines = await currentTimelines(trx, facts);
  const changed: ValidFact[] = [];
  const marks: MarkRow[] = [];
  for (const fact of facts) {
    const timeline = timelineOf(timelines, fact);
    if (!paintOver(timeline, fact, authorship, context)) continue;
    changed.push(fact);
    if (fact.rules.affectsCurve) marks.push(markOf(fact, timeline));
  }
  if (changed.length === 0) return;
  await write(trx, context, timelines);
  await addMarks(trx, marks, context.clock.now());
  await refuseCycles(
    trx,
    changed.filter((fact) => fact.rules.refersTo === fact.kind && fact.ref !== null),
  );
}

/** An entry on its way: as it is stored, new, or superseded by this call. */
interface Working {
  readonly row: Omit<FactsTable, 'recorded_at' | 'superseded_at'>;
  readonly isNew: boolean;
}

interface Timeline {
  current: Working[];
  readonly superseded: string[];
  newestRecord: number;
}

function timelineOf(timelines: Map<string, Timeline>, fact: ValidFact): Timeline {
  const timeline = timelines.get(timelineKey(fact.entity, fact.attribute));
  if (!timeline) throw new Error(`no timeline was loaded for ${describe(fact)}`);
  return timeline;
}

/**
 * What a fact changes, once it is painted. An entry that was the first is no longer, or another one, only where the new
 * one begins no later: then that is the first now.
 */
function markOf(fact: ValidFact, { current }: Timeline): MarkRow {
  const isFirst = current[0]?.row.valid_from === fact.validFrom;
  const from = isFirst && fact.rules.firstReachesBack ? beginning : fact.validFrom;
  return { point: fact.entity, quantity: '', from, to: farFuture };
}

/** @returns whether anything changed. */
function paintOver(timeline: Timeline, fact: ValidFact, by: Authorship, context: RegistryContext): boolean {
  const { afterCut } = fact.rules;
  const painted = paint(
    timeline.current.map(({ row }) => ({
      id: row.id,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      value: row.value,
    })),
    fact,
    afterCut && ((value) => canonicalJson(afterCut(JSON.parse(value)))),
  );
  if (!painted) return false;

  const gone = new Map(
    timeline.current
      .filter(({ row }) => painted.superseded.includes(row.id))
      .map((entry) => [entry.row.id, entry]),
  );
  for (const entry of gone.values()) if (!entry.isNew) timeline.superseded.push(entry.row.id);
  const added = painted.added.map((piece): Working => {
    const origin = piece.remainsOf === null ? undefined : gone.get(piece.remainsOf)?.row;
    return {
      isNew: true,
      row: {
        id: newId(context),
        entity: fact.entity,
        attribute: fact.attribute,
        valid_from: piece.validFrom,
        valid_to: piece.validTo,
        value: piece.value,
        ref: origin ? origin.ref : fact.ref,
        author: origin ? origin.author : by.author,
        reason: origin ? origin.reason : by.reason,
        remains_of: piece.remainsOf,
      },
    };
  });
  timeline.current = [...timeline.current.filter(({ row }) => !gone.has(row.id)), ...added].sort(
    (a, b) => a.row.valid_from - b.row.valid_from,
  );
  return true;
}

/** One time of record for all, never before that of what it follows, so that `asKnownAt` tells a story in order. */
async function write(trx: Db, context: RegistryContext, timelines: Map<string, Timeline>): Promise<void> {
  const all = [...timelines.values()];
  const recordedAt = all.reduce(
    (latest, { newestRecord }) => Math.max(latest, newestRecord),
    context.clock.now(),
  );
  for (const ids of chunks(all.flatMap((timeline) => timeline.superseded))) {
    await trx.updateTable('facts').set({ superseded_at: recordedAt }).where('id', 'in', ids).execute();
  }
  const rows = all.flatMap((timeline) =>
    timeline.current.filter((entry) => entry.isNew).map((entry) => entry.row),
  );
  for (const part of chunks(rows, 50)) {
    await trx
      .insertInto('facts')
      .values(part.map((row) => ({ ...row, recorded_at: recordedAt, superseded_at: null })))
      .execute();
  }
}

async function currentTimelines(trx: Db, facts: readonly ValidFact[]): Promise<Map<string, Timeline>> {
  const timelines = new Map<string, Timeline>();
  for (const fact of facts) {
    timelines.set(timelineKey(fact.entity, fact.attribute), { current: [], superseded: [], newestRecord: 0 });
  }
  const names = [...new Set(facts.map((fact) => fact.attribute))];
  for (const entities of chunks([...new Set(facts.map((fact) => fact.entity))])) {
    const rows = await trx
      .selectFrom('facts')
      .selectAll()
      .where('entity', 'in', entities)
      .where('attribute', 'in', names)
      .where('superseded_at', 'is', null)
      .orderBy('valid_from')
      .execute();
    for (const { recorded_at, superseded_at: _, ...row } of rows) {
      const timeline = timelines.get(timelineKey(row.entity, row.attribute));
      if (!timeline) continue;
      timeline.current.push({ row, isNew: false });
      timeline.newestRecord = Math.max(timeline.newestRecord, recorded_at);
    }
  }
  return timelines;
}

async function refuseUnknownReferences(trx: Db, facts: readonly ValidFact[]): Promise<void> {
  const kinds = await kindsOf(
    trx,
    facts.flatMap((fact) => fact.ref ?? []),
  );
  for (const fact of facts) {
    if (fact.ref === null || kinds.get(fact.ref) === fact.rules.refersTo) continue;
    throw new JieyueError(
      'registry.not-found',
      `${describe(fact)}: there is no ${fact.rules.refersTo} "${fact.ref}"; create it first`,
    );
  }
}

function timelineKey(entity: string, attribute: string): string {
  return `${entity} ${attribute}`;
}
