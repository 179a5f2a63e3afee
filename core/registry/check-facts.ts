// What a fact must be before it is recorded: of a known attribute, in its form, from a local midnight, by someone.
import { JieyueError } from '../domain/errors.ts';
import { issueMessages } from '../domain/issues.ts';
import type { Message, MessageValue } from '../domain/message.ts';
import type { Calendar } from '../domain/time.ts';
import type { Attribute, EntityKind, Reference } from './attributes/attribute.ts';
import { attributes } from './attributes.ts';
import type { Authorship } from './authorship.ts';
import type { RegistryContext } from './context.ts';
import type { DefinitionName } from './definition-kinds.ts';
import type { FactInput } from './registry.ts';
import { sayOfFacts } from './words/facts.ts';
import { attributeName, kindNames } from './words/names.ts';

export interface ValidFact {
  /** Place in the list of inputs. */
  readonly index: number;
  readonly kind: EntityKind;
  readonly rules: Attribute;
  readonly entity: string;
  readonly attribute: string;
  readonly validFrom: number;
  readonly validTo: number | null | undefined;
  /** Canonical JSON of the value as the attribute's schema reads it. */
  readonly value: string;
  readonly ref: string | null;
  /** All entities that the value names. */
  readonly names: readonly Reference[];
  /** The definition that the value names. */
  readonly definition: DefinitionName | null;
}

/** @throws JieyueError `registry.invalid` naming entity, attribute and value. */
export function validFact(
  { calendar }: Pick<RegistryContext, 'calendar'>,
  kind: EntityKind,
  input: FactInput,
  index: number,
): ValidFact {
  const { entity, attribute, validFrom, validTo } = input;
  const rules = Object.hasOwn(attributes[kind], attribute) ? attributes[kind][attribute] : undefined;
  if (!rules) {
    const known = Object.keys(attributes[kind]).join(', ');
    throw invalid(sayOfFacts('fact.no-attribute', { entity, kind: kindNames[kind], attribute, known }));
  }
  const fact = factName(kind, input);
  requireMidnight(calendar, sayOfFacts('fact.valid-from', { fact }), validFrom);
  if (validTo !== undefined && validTo !== null) {
    requireMidnight(calendar, sayOfFacts('fact.valid-to', { fact }), validTo);
    if (validTo <= validFrom) {
      const [from, to] = [calendar.format(validFrom), calendar.format(validTo)];
      throw invalid(sayOfFacts('fact.ends-first', { fact, from, to }));
    }
  }

  const end = rules.ofMonth === true ? endInMonth(kind, input, calendar) : validTo;

  const parsed = rules.schema.safeParse(input.value);
  if (!parsed.success) {
    const value = String(JSON.stringify(input.value)).slice(0, 200);
    const faults = issueMessages(parsed.error.issues, ': ');
    throw invalid(sayOfFacts('fact.value', { fact, value, faults }));
  }
  const fault = rules.check?.(parsed.data, validFrom, calendar);
  if (fault !== undefined) throw invalid(sayOfFacts('what.fault', { what: fact, fault }));
  const text = typeof parsed.data === 'string' ? parsed.data : null;
  const ref = rules.refersTo === undefined ? null : text;
  return {
    index,
    kind,
    rules,
    entity,
    attribute,
    validFrom,
    validTo: end,
    value: canonicalJson(parsed.data),
    ref,
    names: namesOf(rules, parsed.data, ref),
    definition: rules.definition === undefined || text === null ? null : { kind: rules.definition, id: text },
  };
}

/** The end of the month, where none is given. */
function endInMonth(kind: EntityKind, input: FactInput, calendar: Calendar): number {
  const { validFrom, validTo } = input;
  const end = calendar.next(validFrom, 'month');
  if ((validTo ?? end) <= end) return validTo ?? end;
  const values = { end: calendar.format(end), to: calendar.format(validTo ?? end) };
  throw invalid(sayOfFacts('fact.of-one-month', { fact: factName(kind, input), ...values }));
}

function namesOf(rules: Attribute, value: unknown, ref: string | null): readonly Reference[] {
  if (rules.refersTo !== undefined) return ref === null ? none : [{ kind: rules.refersTo, id: ref }];
  return rules.names?.(value) ?? none;
}
const none: readonly Reference[] = [];

/** @throws JieyueError `registry.invalid` when author or reason is empty. */
export function checkedAuthorship({ author, reason }: Authorship): Authorship {
  if (author.trim() === '' || reason.trim() === '') {
    throw invalid(sayOfFacts('entry.author', { author, reason }));
  }
  return { author, reason };
}

export function describe(fact: { entity: string; attribute: string }): string {
  return `${fact.entity} ${fact.attribute}`;
}

/** As messages call it. */
export function factName(
  kind: EntityKind,
  { entity, attribute }: { entity: string; attribute: string },
): Message {
  return sayOfFacts('fact.name', { entity, attribute: attributeName(kind, attribute) });
}

/** JSON with the keys of objects in order, so that equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Years 1000 to 9999: what a calendar of people can name. */
const earliest = Date.UTC(1000, 0, 1);
const latest = Date.UTC(9999, 0, 1);

/** @throws JieyueError `registry.invalid` naming the nearest midnight. */
export function requireMidnight(calendar: RegistryContext['calendar'], name: MessageValue, at: number): void {
  if (!Number.isSafeInteger(at) || at < earliest || at > latest) {
    throw invalid(sayOfFacts('date.none', { name, at }));
  }
  const day = calendar.floor(at, 'day');
  if (day === at) return;
  const next = calendar.next(at, 'day');
  const nearest = at - day <= next - at ? day : next;
  throw invalid(
    sayOfFacts('date.no-midnight', {
      name,
      at: calendar.format(at),
      zone: calendar.zone,
      nearest: calendar.format(nearest),
      ms: nearest,
    }),
  );
}

function invalid(said: Message): JieyueError {
  return new JieyueError('registry.invalid', said);
}
