// Records facts in a transaction: validated, painted over what is current, written, marked, then checked together: trees,
// formulas, what one entity says of itself.
import type { MarkRow } from './announced-marks.ts';
import type { Authorship } from './authorship.ts';
import { carsBelow } from './cars-below.ts';
import {
  canonicalJson,
  checkedAuthorship,
  describe,
  factName,
  type ValidFact,
  validFact,
} from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import { refuseContradictions } from './contradictions.ts';
import { missingDefinitions } from './definitions.ts';
import { kindsOf } from './entities.ts';
import { Faults } from './faults.ts';
import { bumpFleetRevision } from './fleet-revision.ts';
import { addMarks, beginning, farFuture } from './marks.ts';
import type { Permit } from './permit-contracts.ts';
import { markCars } from './position-marks.ts';
import type { FactInput } from './registry.ts';
import { bumpRevision } from './revision.ts';
import { chunks, type Db, type FactsTable } from './schema.ts';
import { paint } from './timeline.ts';
import { refuseCycles } from './tree.ts';
import { sayOfFacts } from './words/facts.ts';
import { definitionNames, kindNames } from './words/names.ts';

/**
 * @returns places in the list of the inputs that changed something.
 * @param permit messages name nothing that it does not cover; it is not checked here
 * @throws JieyueError `registry.invalid`, `registry.not-found`, `registry.cycle`; the caller's transaction must end then.
 */
export async function recordFacts(
  trx: Db,
  context: RegistryContext,
  inputs: readonly FactInput[],
  by: Authorship,
  permit?: Permit,
): Promise<readonly number[]> {
  if (inputs.length === 0) return [];
  const authorship = checkedAuthorship(by);
  const facts = await validFacts(trx, context, inputs);
  const timelines = await currentTimelines(trx, facts);
  const changed: ValidFact[] = [];
  const marks: MarkRow[] = [];
  for (const fact of facts) {
    const timeline = timelineOf(timelines, fact);
    if (!paintOver(timeline, fact, authorship, context)) continue;
    changed.push(fact);
    if (fact.rules.affectsCurve) marks.push(markOf(fact, timeline));
  }
  if (changed.length === 0) return [];
  await write(trx, context, timelines);
  await addMarks(trx, marks, context.clock.now());
  await refuseCycles(
    trx,
    changed.filter((fact) => fact.rules.refersTo === fact.kind && fact.ref !== null),
  );
  await refuseContradictions(trx, context, changed, permit);
  await bump(trx, context, changed);
  return changed.map((fact) => fact.index);
}

/** Accounts of energy do not rest on vehicles, nor the other way round. */
const ofFleet: ReadonlySet<string> = new Set(['vehiclePermits', 'region', 'newEnergyTarget']);

async function bump(trx: Db, context: RegistryContext, changed: readonly ValidFact[]): Promise<void> {
  const isOfFleet = ({ kind, attribute }: ValidFact) => kind === 'vehicle' || ofFleet.has(attribute);
  if (changed.some((fact) => !isOfFleet(fact))) await bumpRevision(trx);
  if (changed.some(isOfFleet)) await bumpFleetRevision(trx);
  // Whose a car is, by which limit it drives, where its region ends: its track is judged anew from that day on.
  const own = changed.filter(isOfFleet).flatMap((fact) => {
    const { kind, entity, attribute } = fact;
    if (attribute === 'vehiclePermits' || attribute === 'newEnergyTarget') return [];
    return [{ vehicle: kind === 'vehicle' ? entity : null, ...stretchOf(fact) }];
  });
  await markCars(trx, context, [...own, ...(await movedCars(trx, changed))]);
}

/** Fences and regions are those of the institutions above: who moves takes its cars along. */
async function movedCars(trx: Db, changed: readonly ValidFact[]) {
  const moved = changed.filter(({ kind, attribute }) => kind === 'institution' && attribute === 'parent');
  if (moved.length === 0) return [];
  const cars = await carsBelow(trx, [...new Set(moved.map(({ entity }) => entity))]);
  if (cars.length === 0) return [];
  const from = Math.min(...moved.map(({ validFrom }) => validFrom));
  return cars.map((vehicle) => ({ vehicle, from, to: farFuture }));
}

function stretchOf({ validFrom, validTo }: ValidFact) {
  return { from: validFrom, to: validTo ?? farFuture };
}

/** All faults of single inputs are found before any is refused. */
async function validFacts(
  trx: Db,
  context: RegistryContext,
  inputs: readonly FactInput[],
): Promise<ValidFact[]> {
  const faults = new Faults();
  const kinds = await kindsOf(
    trx,
    inputs.map((input) => input.entity),
  );
  const facts = inputs.flatMap((input, index) => {
    const kind = kinds.get(input.entity);
    if (kind !== undefined) return faults.attempt(index, () => validFact(context, kind, input, index)) ?? [];
    faults.add(index, 'registry.not-found', sayOfFacts('entity.missing', { id: input.entity }));
    return [];
  });
  await findUnknownNames(trx, context, facts, faults);
  faults.refuse();
  return facts;
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
    const cut = piece.remainsOf === null ? undefined : gone.get(piece.remainsOf);
    const origin = cut?.row;
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
        // What this call itself brought, and cut again, is not stored: what is left of it is new, or of what that was left of.
        remains_of: cut?.isNew ? cut.row.remains_of : piece.remainsOf,
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

async function findUnknownNames(
  trx: Db,
  context: RegistryContext,
  facts: readonly ValidFact[],
  faults: Faults,
): Promise<void> {
  const kinds = await kindsOf(
    trx,
    facts.flatMap((fact) => fact.names.map(({ id }) => id)),
  );
  const missing = await missingDefinitions(
    trx,
    context,
    facts.flatMap((fact) => fact.definition ?? []),
  );
  const regions = facts.filter(({ kind, attribute }) => kind === 'institution' && attribute === 'region');
  const unknown = await regionsMissing(
    trx,
    regions.map(({ value }) => JSON.parse(value)),
  );
  for (const fact of regions) {
    if (!unknown.has(JSON.parse(fact.value))) continue;
    const values = { fact: factName(fact.kind, fact), id: fact.value };
    faults.add(fact.index, 'registry.not-found', sayOfFacts('fact.no-region', values));
  }
  for (const fact of facts) {
    for (const { kind, id } of fact.names) {
      if (kinds.get(id) === kind) continue;
      const values = { fact: factName(fact.kind, fact), kind: kindNames[kind], id };
      faults.add(fact.index, 'registry.not-found', sayOfFacts('fact.no-such', values));
    }
    const { definition } = fact;
    if (definition && missing.some(({ kind, id }) => kind === definition.kind && id === definition.id)) {
      const { kind, id } = definition;
      const values = { fact: factName(fact.kind, fact), kind: definitionNames[kind], id };
      faults.add(fact.index, 'registry.not-found', sayOfFacts('fact.no-definition', values));
    }
  }
}

/** Of ids, those that no fence of kind region has, or had before it was drawn anew. */
async function regionsMissing(trx: Db, values: readonly unknown[]): Promise<Set<unknown>> {
  const ids = [...new Set(values.filter((id) => typeof id === 'string'))];
  const missing = new Set<unknown>(ids);
  for (const part of chunks(ids)) {
    const rows = await trx
      .selectFrom('fleet_records')
      .select(['id', 'value'])
      .where('kind', '=', 'fence')
      .where('id', 'in', part)
      .execute();
    for (const { id, value } of rows)
      if ((JSON.parse(value) as { kind?: unknown }).kind === 'region') missing.delete(id);
  }
  return missing;
}

function timelineKey(entity: string, attribute: string): string {
  return `${entity} ${attribute}`;
}
