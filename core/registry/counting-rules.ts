// Which version of a counting rule (折算规则) holds on which day: a new version never rewrites the days before it.
//
// A version holds from its own `validFrom`; the first one that does not say so holds from ever, a later one from the day on which it was
// recorded. On each day the newest version holds of those that have begun. So the past changes only where a version says that it does.
import type { UserRule } from '../domain/accounting/definitions.ts';
import type { Calendar } from '../domain/time.ts';
import type { Span } from './census-spans.ts';
import type { RegistryContext } from './context.ts';
import type { Db } from './schema.ts';

export interface RuleVersion {
  readonly id: string;
  readonly version: number;
  readonly weights: UserRule['weights'];
}

/** The versions of a rule, each where it holds; ascending, from ever to ever. `undefined`: there is no rule of that name. */
export type CountingRules = (id: string) => readonly Span<RuleVersion>[] | undefined;

export async function readCountingRules(
  db: Db,
  { builtIns, calendar }: Pick<RegistryContext, 'builtIns' | 'calendar'>,
): Promise<CountingRules> {
  const versions = new Map<string, Begun[]>();
  for (const definition of builtIns) {
    if (definition.kind !== 'user-rule') continue;
    const { id, value } = definition;
    versions.set(id, [begun(calendar, id, 0, value, Number.NEGATIVE_INFINITY)]);
  }
  const rows = await db
    .selectFrom('definitions')
    .select(['id', 'version', 'value', 'recorded_at'])
    .where('kind', '=', 'user-rule')
    .orderBy('version')
    .execute();
  for (const { id, version, value, recorded_at: recordedAt } of rows) {
    const before = versions.get(id) ?? [];
    const otherwise = before.length === 0 ? Number.NEGATIVE_INFINITY : calendar.floor(recordedAt, 'day');
    versions.set(id, [...before, begun(calendar, id, version, JSON.parse(value) as UserRule, otherwise)]);
  }
  const spans = new Map([...versions].map(([id, list]) => [id, inForce(list)]));
  return (id) => spans.get(id);
}

interface Begun {
  readonly from: number;
  readonly value: RuleVersion;
}

function begun(
  calendar: Calendar,
  id: string,
  version: number,
  { weights, validFrom }: UserRule,
  otherwise: number,
): Begun {
  const from = validFrom === undefined ? otherwise : (calendar.parse(validFrom) ?? otherwise);
  return { from, value: { id, version, weights } };
}

/** @param versions ascending by version */
function inForce(versions: readonly Begun[]): Span<RuleVersion>[] {
  const edges = [...new Set(versions.map(({ from }) => from))].sort((a, b) => a - b);
  const spans: Span<RuleVersion>[] = [];
  for (const [index, from] of edges.entries()) {
    const newest = versions.findLast((version) => version.from <= from)?.value;
    const to = edges[index + 1] ?? Number.POSITIVE_INFINITY;
    const before = spans.at(-1);
    if (newest === undefined) continue;
    if (before?.value === newest) spans[spans.length - 1] = { ...before, to };
    else spans.push({ from, to, value: newest });
  }
  return spans;
}
