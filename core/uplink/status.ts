// The agent's status message: built when asked for, published at connect, when something changes and at regular intervals.
import type { AgentStatus, SourceHealth } from '../domain/telemetry.ts';
import type { OutboxDepth } from './outbox.ts';

export interface StatusOptions {
  readonly version: string;
  readonly now: () => number;
  readonly depth: () => OutboxDepth;
  readonly publish: (payload: string) => void;
}

/** How often a change is looked for; a status is published no more often than this. */
const lookEveryMs = 1_000;
/** Published at least so often. */
const repeatEveryMs = 30_000;

/** Near full from this share of the limit on, until it falls below the second. */
const nearFullFrom = 0.8;
const nearFullUntil = 0.7;

export class StatusReporter {
  readonly #o: StatusOptions;
  #sources: () => readonly SourceHealth[] = () => [];
  #timer: NodeJS.Timeout | undefined;
  #nearFull = false;
  #published = '';
  #looks = 0;

  constructor(options: StatusOptions) {
    this.#o = options;
  }

  setSources(provider: () => readonly SourceHealth[]): void {
    this.#sources = provider;
  }

  get nearFull(): boolean {
    return this.#nearFull;
  }

  /** Takes in how full the outbox is; true when that crosses a mark. */
  watch(bytes: number, limitBytes: number): boolean {
    const before = this.#nearFull;
    this.#nearFull = bytes >= (before ? nearFullUntil : nearFullFrom) * limitBytes;
    return this.#nearFull !== before;
  }

  message(state: AgentStatus['state']): AgentStatus {
    const { rows, batches, bytes, limitBytes, oldestTs, refusedRows, quarantined, fault } = this.#o.depth();
    return {
      state,
      at: this.#o.now(),
      version: this.#o.version,
      outbox: {
        rows,
        batches,
        bytes,
        limitBytes,
        oldestTs,
        nearFull: this.#nearFull,
        refusedRows,
        ...(fault === undefined ? {} : { fault }),
      },
      quarantinedBatches: quarantined,
      sources: [...this.#sources()],
    };
  }

  /** Connected: publishes now, then at changes and at intervals. */
  linkUp(): void {
    this.linkDown();
    this.#publish();
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  linkDown(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#looks += 1;
    if (this.#looks * lookEveryMs >= repeatEveryMs || essence(this.message('online')) !== this.#published)
      this.#publish();
  }

  #publish(): void {
    const message = this.message('online');
    this.#looks = 0;
    this.#published = essence(message);
    this.#o.publish(JSON.stringify(message));
  }
}

/** What counts as a change: alarms and the state of sources, not the depth that moves all the time. */
function essence({ outbox, quarantinedBatches, sources }: AgentStatus): string {
  return JSON.stringify([
    outbox.nearFull,
    outbox.fault,
    outbox.refusedRows > 0,
    quarantinedBatches,
    sources.map(({ name, state, devices, devicesSilent, fault }) => [
      name,
      state,
      devices,
      devicesSilent,
      fault,
    ]),
  ]);
}
