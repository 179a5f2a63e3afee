// What is wrong with several facts together, and whose facts have to be looked at for it.
import type { ErrorCode } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import type { EntityKind } from './attributes/attribute.ts';
import type { ValidFact } from './check-facts.ts';

/** `entity` is the one whose change is to blame. */
export interface Contradiction {
  readonly entity: string;
  readonly code: ErrorCode;
  readonly said: Message;
}

/** Entities of a kind of which one of these attributes changed. */
export function changedOf(
  changed: readonly ValidFact[],
  kind: EntityKind,
  attributes: readonly string[],
): Set<string> {
  const entities = new Set<string>();
  for (const fact of changed) {
    if (fact.kind === kind && attributes.includes(fact.attribute)) entities.add(fact.entity);
  }
  return entities;
}
