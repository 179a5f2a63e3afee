// Which batches are under way and which were acknowledged lately, by agent and id: a batch that comes again while the
// first is under way is not written twice, and one whose acknowledgement was lost is acknowledged again.
// The broker's DUP flag says nothing: some brokers redeliver without it.

/** `agent/id`; an agent id holds no slash. */
export type BatchKey = `${string}/${string}`;

export function batchKey(agent: string, id: string): BatchKey {
  return `${agent}/${id}`;
}

const idPrefix = Buffer.from('{"id":"');
const maxIdBytes = 64;
const quote = 0x22;
const plainId = /^[A-Za-z0-9._:-]+$/;

/**
 * The batch id at the very start of a payload, where our agents write it, without parsing the rest; `undefined`
 * where something else stands. Good enough to drop repetitions early and to answer what cannot be parsed.
 */
export function peekId(payload: Buffer): string | undefined {
  if (payload.length <= idPrefix.length) return undefined;
  if (idPrefix.compare(payload, 0, idPrefix.length) !== 0) return undefined;
  const end = payload.indexOf(quote, idPrefix.length);
  if (end < 0 || end - idPrefix.length > maxIdBytes) return undefined;
  const id = payload.toString('latin1', idPrefix.length, end);
  return plainId.test(id) ? id : undefined;
}

export class BatchIds {
  readonly #underWay = new Set<BatchKey>();
  readonly #half: number;
  #newer = new Map<BatchKey, number>();
  #older = new Map<BatchKey, number>();

  /** Remembers at least half of `remembered` acknowledged ids, the latest; older ones are forgotten by the half. */
  constructor(remembered: number) {
    this.#half = Math.max(1, Math.floor(remembered / 2));
  }

  isUnderWay(key: BatchKey): boolean {
    return this.#underWay.has(key);
  }

  /** The number of refused rows of an acknowledged batch; `undefined` for one that is not remembered. */
  acknowledged(key: BatchKey): number | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  begin(key: BatchKey): void {
    this.#underWay.add(key);
  }

  /** Forgets a batch that got no answer; it may come again. */
  abandon(key: BatchKey): void {
    this.#underWay.delete(key);
  }

  acknowledge(key: BatchKey, rejectedCount: number): void {
    this.#underWay.delete(key);
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, rejectedCount);
  }
}
