// A unified social credit code (统一社会信用代码) is one institution's at a time.
import type { Message, MessageValue } from '../domain/message.ts';
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import type { Contradiction } from './contradiction.ts';
import { endless, loadSpans, type SpansOf } from './fact-spans.ts';
import type { Permit } from './permit-contracts.ts';
import { ReachView } from './reach.ts';
import { chunks, type Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';

export async function institutionContradictions(
  trx: Db,
  context: RegistryContext,
  changed: readonly ValidFact[],
  permit?: Permit,
): Promise<Contradiction[]> {
  const said = changed.filter(({ kind, attribute }) => kind === 'institution' && attribute === 'creditCode');
  const codes = said.map(({ value }) => value).filter((value) => value !== 'null');
  if (codes.length === 0) return [];
  /** Who is said later is to blame. */
  const mine = new Map(said.map(({ entity, index }) => [entity, index]));
  const found: Contradiction[] = [];
  const seen = new Set<string>();
  for (const [code, held] of await holdersOf(trx, codes)) {
    const orderOf = ({ entity }: Held) => mine.get(entity) ?? -1;
    for (const one of held.toSorted((x, y) => orderOf(y) - orderOf(x))) {
      if (!mine.has(one.entity)) continue;
      for (const other of held) {
        const from = Math.max(one.from, other.from);
        if (other.entity === one.entity || from >= Math.min(one.to, other.to)) continue;
        if (seen.has(`${code} ${other.entity} ${one.entity}`)) continue;
        seen.add(`${code} ${one.entity} ${other.entity}`);
        const { spans } = await loadSpans(trx, ['name'], [one.entity, other.entity]);
        const named = mine.has(other.entity) || (await covered(trx, permit, other.entity, from));
        const said = sayOfFacts('institution.credit-code', {
          one: nameOf(spans, one.entity, from),
          other: named ? nameOf(spans, other.entity, from) : foreign,
          code: String(JSON.parse(code)),
          from: context.calendar.format(from),
        });
        found.push({ entity: one.entity, code: 'registry.invalid', said });
      }
    }
  }
  return found;
}

const foreign: Message = sayOfFacts('institution.foreign');

/** Whether the one who writes may know of it. */
async function covered(trx: Db, permit: Permit | undefined, entity: string, at: number): Promise<boolean> {
  if (permit === undefined || permit.institutions === 'everything') return true;
  const view = new ReachView(trx, permit.institutions);
  await view.load([entity]);
  return view.covers(entity, { from: at, to: at + 1 });
}

interface Held {
  readonly entity: string;
  readonly from: number;
  readonly to: number;
}

/** Code, as JSON → who has it, and when. */
async function holdersOf(trx: Db, codes: readonly string[]): Promise<Map<string, Held[]>> {
  const found = new Map<string, Held[]>();
  for (const part of chunks([...new Set(codes)])) {
    const rows = await trx
      .selectFrom('facts')
      .select(['entity', 'value', 'valid_from', 'valid_to'])
      .where('attribute', '=', 'creditCode')
      .where('superseded_at', 'is', null)
      .where('value', 'in', part)
      .orderBy('valid_from')
      .orderBy('id')
      .execute();
    for (const { entity, value, valid_from: from, valid_to: to } of rows)
      found.set(value, [...(found.get(value) ?? []), { entity, from, to: to ?? endless }]);
  }
  return found;
}

function nameOf(spans: SpansOf, entity: string, at: number): MessageValue {
  const names = spans(entity, 'name');
  const name = names.find(({ from, to }) => from <= at && at < to) ?? names.at(-1);
  if (name === undefined) return entity;
  return sayOfFacts('institution.named', { name: String(name.value), id: entity });
}
