// What a source has seen since its start; each kind of refusal has its count.
import type { FrameFault } from '../../../core/domain/fleet/jt808/frame.ts';
import type { LocationFault } from '../../../core/domain/fleet/jt808/location.ts';

export interface Jt808Counters {
  connections: number;
  /** Closed at once: too many in all, or from their address. */
  refusedConnections: number;
  /** Connections that a newer one of the same terminal took the place of. */
  replaced: number;
  /** Closed for want of a good frame, or of an authentication in time. */
  idle: number;
  /** Closed since they sent too much that was no frame, or refused to be read. */
  unruly: number;
  /** Closed since they did not read what they were answered. */
  slowReaders: number;
  /** Times that reading paused: a connection beyond its rate, or all while too many rows waited for the outbox. */
  paused: number;
  frames: number;
  badFrames: Record<FrameFault | 'oversized' | 'escape', number>;
  /** Positions that are durable. */
  positions: number;
  /** Of those, sent later than taken (batches of kind 1). */
  latePositions: number;
  refusedPositions: Record<LocationFault, number>;
  /** Items of locations, and batches, that were not as they say. */
  malformed: number;
  /** Positions that the sink refused: their terminals were told, and send them again. */
  unkept: number;
  unknownTerminals: number;
  failedAuthentications: number;
  /** Messages before their terminal had authenticated, or under another's phone. */
  unauthenticated: number;
  /** Messages that this source does not know, or that are encrypted. */
  unsupported: number;
}

/** By kind: `frames`, `bad-frames-checksum`. */
export function countsOf(counters: Jt808Counters): Record<string, number> {
  const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(counters).flatMap(([name, count]: [string, number | Record<string, number>]) =>
      typeof count === 'number'
        ? [[kebab(name), count]]
        : Object.entries(count).map(([kind, each]) => [`${kebab(name)}-${kind}`, each]),
    ),
  );
}

export function newCounters(): Jt808Counters {
  return {
    connections: 0,
    refusedConnections: 0,
    replaced: 0,
    idle: 0,
    unruly: 0,
    slowReaders: 0,
    paused: 0,
    frames: 0,
    badFrames: { 'too-short': 0, checksum: 0, length: 0, phone: 0, package: 0, oversized: 0, escape: 0 },
    positions: 0,
    latePositions: 0,
    refusedPositions: {
      'too-short': 0,
      time: 0,
      encrypted: 0,
      latitude: 0,
      longitude: 0,
      speed: 0,
      course: 0,
    },
    malformed: 0,
    unkept: 0,
    unknownTerminals: 0,
    failedAuthentications: 0,
    unauthenticated: 0,
    unsupported: 0,
  };
}
