// Acknowledgements, gathered by agent: one message answers many batches.
import { type Ack, limits, type Rejection } from '../core/domain/telemetry.ts';

/** Ids in one message; with 100 refusals it stays under 100 KiB. */
const idsPerAck = 500;

interface Draft {
  readonly ids: string[];
  readonly rejected: Rejection[];
  rejectedCount: number;
}

export class Acks {
  readonly #publish: (agent: string, payload: string) => void;
  readonly #drafts = new Map<string, Draft>();

  constructor(publish: (agent: string, payload: string) => void) {
    this.#publish = publish;
  }

  /** Gathers the answer to a batch. `rejected` may hold fewer than `rejectedCount` says. */
  add(agent: string, id: string, rejected: readonly Rejection[], rejectedCount: number): void {
    let draft = this.#drafts.get(agent);
    if (draft === undefined) {
      draft = { ids: [], rejected: [], rejectedCount: 0 };
      this.#drafts.set(agent, draft);
    }
    draft.ids.push(id);
    draft.rejectedCount += rejectedCount;
    if (rejected.length > 0)
      draft.rejected.push(...rejected.slice(0, limits.rejectedInFull - draft.rejected.length));
    if (draft.ids.length >= idsPerAck) this.#send(agent, draft);
  }

  /** Sends what has been gathered. */
  flush(): void {
    for (const [agent, draft] of this.#drafts) this.#send(agent, draft);
  }

  #send(agent: string, draft: Draft): void {
    this.#drafts.delete(agent);
    const ack: Ack = draft;
    this.#publish(agent, JSON.stringify(ack));
  }
}
