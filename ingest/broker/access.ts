// Who may publish and read what. The same rules stand as a Mosquitto access list in mosquitto.ts; one table tests both.
import { agentIdPattern, parseTopic, topic, topicFilter } from '../../core/domain/topics.ts';

export type User =
  /** Ingest itself: reads every agent's batches and statuses, writes every agent's acknowledgements. */
  | { readonly kind: 'internal' }
  /** An agent reaches its own topics only; its id is its user name. */
  | { readonly kind: 'agent'; readonly id: string };

export function agentUser(id: string): User | undefined {
  return agentIdPattern.test(id) ? { kind: 'agent', id } : undefined;
}

export function mayPublish(user: User, name: string): boolean {
  if (user.kind === 'agent') return name === topic(user.id, 'batch') || name === topic(user.id, 'status');
  return parseTopic(name)?.kind === 'ack';
}

/** Only the very filters are granted: a wider one is refused whole, not narrowed. */
export function maySubscribe(user: User, filter: string): boolean {
  if (user.kind === 'agent') return filter === topic(user.id, 'ack');
  return filter === topicFilter('batch') || filter === topicFilter('status');
}

/** The one kind of message that the broker keeps for later subscribers. */
export function mayBeRetained(user: User, name: string): boolean {
  return user.kind === 'agent' && name === topic(user.id, 'status');
}
