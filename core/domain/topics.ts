// MQTT topics, version in the topic: jieyue/v1/{agent}/batch | ack | status.

export const topicPrefix = 'jieyue/v1';
export const topicKinds = ['batch', 'ack', 'status'] as const;
export type TopicKind = (typeof topicKinds)[number];

/** An agent's id is its MQTT user name: 1 to 64 characters of A-Z a-z 0-9 . _ - */
export const agentIdPattern = /^[A-Za-z0-9._-]{1,64}$/;
/** A point as its agent knows it: 1 to 64 characters of A-Z a-z 0-9 . _ - */
export const pointPattern = /^[A-Za-z0-9._-]{1,64}$/;

/** The store's key of a point: `agent/point`. */
export type PointKey = `${string}/${string}`;

export function pointKey(agent: string, point: string): PointKey {
  return `${agent}/${point}`;
}

/** Splits `agent/point`; `undefined` where either part is not of its form. */
export function parsePointKey(key: string): { agent: string; point: string } | undefined {
  const slash = key.indexOf('/');
  const agent = key.slice(0, slash);
  const point = key.slice(slash + 1);
  return slash > 0 && agentIdPattern.test(agent) && pointPattern.test(point) ? { agent, point } : undefined;
}

export function topic(agent: string, kind: TopicKind): string {
  return `${topicPrefix}/${agent}/${kind}`;
}

/** The filter that reaches every agent's topic of a kind. */
export function topicFilter(kind: TopicKind): string {
  return `${topicPrefix}/+/${kind}`;
}

/** Agent and kind of a topic of ours; `undefined` for any other topic. */
export function parseTopic(text: string): { agent: string; kind: TopicKind } | undefined {
  const parts = text.split('/');
  const [root, version, agent, kind] = parts;
  if (parts.length !== 4 || `${root}/${version}` !== topicPrefix) return undefined;
  if (agent === undefined || !agentIdPattern.test(agent)) return undefined;
  const known = topicKinds.find((candidate) => candidate === kind);
  return known && { agent, kind: known };
}
