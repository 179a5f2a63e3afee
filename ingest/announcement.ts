// Marks of one write in a registry that keeps them: announced before the rows can be seen, renewed while the write goes
// on, confirmed when it is durable. What a dead process announced, the rollup worker confirms.
import type { AnnouncementId, DataMark } from '../core/registry/registry.ts';
import type { Patience } from './patience.ts';
import type { IngestRegistry } from './ports.ts';

/** An announcement that was not renewed for this long is of a process that died, or stands still. */
export const leftAfterMs = 60_000;
const renewEveryMs = leftAfterMs / 3;

export class Announcement {
  readonly #registry: Pick<IngestRegistry['marks'], 'announce' | 'confirm'>;
  readonly #marks: readonly DataMark[];
  readonly #patience: Patience;
  #id: AnnouncementId | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    registry: Pick<IngestRegistry['marks'], 'announce' | 'confirm'>,
    marks: readonly DataMark[],
    patience: Patience,
  ) {
    this.#registry = registry;
    this.#marks = marks;
    this.#patience = patience;
  }

  /** Resolves when it is durable. @throws Stopped */
  async begin(): Promise<void> {
    await this.renewed();
    // A registry that does not answer is waited for before the next attempt; until then the last renewal holds.
    this.#timer = setInterval(() => void this.renew().catch(() => undefined), renewEveryMs).unref();
  }

  /** Resolves when it is announced, or announced anew, and durable. @throws Stopped */
  async renewed(): Promise<void> {
    await this.#patience.until('the registry (announcing marks)', () => this.renew());
  }

  async renew(): Promise<void> {
    this.#id = await this.#registry.announce(this.#marks, this.#id);
  }

  /** The write has ended, well or not: it is not renewed any more. */
  end(): void {
    clearInterval(this.#timer);
  }

  /** @throws Stopped */
  async confirm(): Promise<void> {
    const id = this.#id;
    if (id === undefined) return;
    await this.#patience.until('the registry (dirty marks)', () => this.#registry.confirm(id, this.#marks));
  }
}
