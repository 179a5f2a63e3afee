// What was recorded in the registry, by whom, when and why: one list over the tables of facts, ledgers, definitions and records.
import { attributes } from './attributes.ts';
import type { ChangeEntry, ChangePlace, ChangeQuestion, Changes, Mention, Said } from './change-contracts.ts';
import { type ChangeDraft, changeDrafts, type SaidDraft } from './change-drafts.ts';
import { changeHeads } from './change-heads.ts';
import type { RegistryContext } from './context.ts';
import { OwnersThen } from './owners-then.ts';
import type { Db } from './schema.ts';

/** Entries that are read at once where most of those looked at are of others. */
const mostAtOnce = 4_000;

export function createChanges(context: RegistryContext): Changes {
  return {
    async list(question) {
      return context.db
        .transaction()
        .setAccessMode('read only')
        .execute((trx) => pageOf(trx, context, question));
    },
  };
}

async function pageOf(trx: Db, context: RegistryContext, { limit, ...question }: ChangeQuestion) {
  const owners = new OwnersThen(trx);
  const entries: ChangeEntry[] = [];
  const places: ChangePlace[] = [];
  let { after } = question;
  for (let size = limit + 1; ; size = Math.min(mostAtOnce, size * 2)) {
    const heads = await changeHeads(trx, { ...question, after }, size);
    const drafts = await changeDrafts(trx, heads, context);
    await owners.load(drafts.flatMap((draft) => sidesOf(draft).flatMap((side) => namesIn(side, draft))));
    for (const draft of drafts) {
      const entry = entryOf(draft, owners);
      if (question.institutions !== 'everything' && !isOf(entry, question.institutions)) continue;
      entries.push(entry);
      places.push(draft.head.place);
      if (entries.length > limit)
        return { entries: entries.slice(0, limit), next: places[limit - 1] ?? null };
    }
    after = heads.at(-1)?.place;
    if (heads.length < size) return { entries, next: null };
  }
}

function isOf(entry: ChangeEntry, institutions: ReadonlySet<string>): boolean {
  return entry.institutions.some((id) => institutions.has(id));
}

function sidesOf({ after, before }: ChangeDraft): readonly SaidDraft[] {
  return after === null ? before : [after, ...before];
}

function entryOf(draft: ChangeDraft, owners: OwnersThen): ChangeEntry {
  const { head: _, after, before, ...rest } = draft;
  const { at } = rest;
  const institutionsOf = ({ entity, during }: SaidDraft): string[] => {
    if (entity.kind === 'definition') return [];
    const own = owners.institutionsOf(entity.id, during, at);
    const isMove = rest.kind === 'fact' && entity.kind === 'institution' && rest.attribute === 'parent';
    return isMove ? [...own, ...owners.parentsOf(entity.id, during, at)] : [...own];
  };
  // What is said of one entity is of all whose it was, before and after; a record that came from another car is not.
  const isFact = rest.kind === 'fact';
  const shared = isFact && after !== null ? institutionsOf(after) : undefined;
  const saidOf = (said: SaidDraft): Said => {
    const { during: __, ...shown } = said;
    return { ...shown, institutions: sorted(shared ?? institutionsOf(said)) };
  };
  const sides = { after: after && saidOf(after), before: before.map(saidOf) };
  const all = sides.after === null ? sides.before : [sides.after, ...sides.before];
  const mentions = new Map<string, Mention>();
  for (const [index, side] of sidesOf(draft).entries()) {
    for (const id of namesIn(side, draft)) {
      const isItself = id === side.entity.id;
      const whose = isItself ? (all[index]?.institutions ?? []) : owners.institutionsOf(id, side.during, at);
      mention(mentions, owners, id, whose, side.from ?? at, at);
    }
  }
  return {
    ...rest,
    ...sides,
    institutions: sorted(all.flatMap(({ institutions }) => institutions)),
    mentions,
  };
}

function mention(
  mentions: Map<string, Mention>,
  owners: OwnersThen,
  id: string,
  institutions: Iterable<string>,
  day: number,
  at: number,
): void {
  const kind = owners.kind(id);
  if (kind === undefined) return;
  const before = mentions.get(id);
  mentions.set(id, {
    kind,
    name: before?.name ?? owners.nameOf(id, day, at),
    institutions: sorted([...institutions, ...(before?.institutions ?? [])]),
  });
}

/** The entity, and those that what is said of it refers to. */
function namesIn({ entity, value }: SaidDraft, { kind, attribute }: ChangeDraft): readonly string[] {
  if (entity.kind === 'definition') return [];
  if (kind !== 'fact') {
    const { vehicle, institution } = Object(value) as {
      readonly vehicle?: unknown;
      readonly institution?: unknown;
    };
    return [entity.id, ...[vehicle, institution].filter((id) => typeof id === 'string')];
  }
  const rules = attribute === null ? undefined : attributes[entity.kind][attribute];
  if (rules?.refersTo !== undefined && typeof value === 'string') return [entity.id, value];
  return [entity.id, ...(value === null ? [] : (rules?.names?.(value) ?? [])).map(({ id }) => id)];
}

function sorted(ids: Iterable<string>): readonly string[] {
  return [...new Set(ids)].sort();
}
