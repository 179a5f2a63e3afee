// How messages get from publishers to subscribers inside the embedded broker (the `mq` of aedes).
// A publisher of batches is read on when ingest's connection took them: that is the back-pressure agents feel (aedes
// lets some through all the same, so the bytes that wait for ingest are bounded too). Nothing else waits, so that one
// frozen agent cannot hold up the acknowledgements of all others.

type Deliver = (packet: BusPacket, done: () => void) => void;
type Done = (error?: Error | null) => void;

export interface BusPacket {
  readonly topic: string;
}

interface Target {
  readonly filter: string;
  readonly deliver: Deliver;
  /** Deliveries whose bytes the socket has not taken yet. */
  pending: number;
}

interface Wildcard {
  readonly levels: readonly string[];
  readonly targets: Target[];
}

export interface TopicBusOptions {
  /** Whether a publisher waits until subscribers took a message of this topic. */
  waits(topic: string): boolean;
  /** Deliveries that may wait for one slow subscriber; beyond, a message is dropped for it (waiting topics excepted). */
  maxPending: number;
  /** Called for each message that was dropped for a subscriber. */
  onDropped(topic: string): void;
}

export class TopicBus {
  readonly #options: TopicBusOptions;
  readonly #exact = new Map<string, Target[]>();
  readonly #wildcards = new Map<string, Wildcard>();
  #closed = false;

  constructor(options: TopicBusOptions) {
    this.#options = options;
  }

  on(filter: string, deliver: Deliver, done?: () => void): this {
    const target: Target = { filter, deliver, pending: 0 };
    if (isWildcard(filter)) {
      const wildcard = this.#wildcards.get(filter) ?? { levels: filter.split('/'), targets: [] };
      wildcard.targets.push(target);
      this.#wildcards.set(filter, wildcard);
    } else {
      const targets = this.#exact.get(filter) ?? [];
      targets.push(target);
      this.#exact.set(filter, targets);
    }
    if (done) setImmediate(done);
    return this;
  }

  removeListener(filter: string, deliver: Deliver, done?: () => void): this {
    const targets = this.#wildcards.get(filter)?.targets ?? this.#exact.get(filter) ?? [];
    const at = targets.findIndex((target) => target.deliver === deliver);
    if (at >= 0) targets.splice(at, 1);
    if (targets.length === 0) {
      this.#wildcards.delete(filter);
      this.#exact.delete(filter);
    }
    if (done) setImmediate(done);
    return this;
  }

  emit(packet: BusPacket, done?: Done): this {
    if (this.#closed) {
      done?.(new Error('the broker is closed'));
      return this;
    }
    const targets = this.#match(packet.topic);
    if (this.#options.waits(packet.topic)) {
      let left = targets.length;
      if (left === 0) done?.();
      for (const target of targets) {
        target.deliver(packet, () => {
          left--;
          if (left === 0) done?.();
        });
      }
      return this;
    }
    for (const target of targets) {
      if (target.pending >= this.#options.maxPending) {
        this.#options.onDropped(packet.topic);
        continue;
      }
      target.pending++;
      target.deliver(packet, () => {
        target.pending--;
      });
    }
    done?.();
    return this;
  }

  close(done?: () => void): this {
    this.#closed = true;
    if (done) setImmediate(done);
    return this;
  }

  /** A copy: a delivery may end a connection and with it a subscription. */
  #match(topic: string): Target[] {
    const found = [...(this.#exact.get(topic) ?? [])];
    const levels = topic.split('/');
    for (const wildcard of this.#wildcards.values()) {
      if (matches(wildcard.levels, levels)) found.push(...wildcard.targets);
    }
    return found;
  }
}

function isWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

function matches(filter: readonly string[], topic: readonly string[]): boolean {
  for (let index = 0; index < filter.length; index++) {
    const level = filter[index];
    if (level === '#') return true;
    if (index >= topic.length || (level !== '+' && level !== topic[index])) return false;
  }
  return filter.length === topic.length;
}
