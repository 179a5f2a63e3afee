// Raises and clears alarms in the registry without holding up ingest: one alarm per (kind, subject) however often its
// cause is seen, told again once a minute while it lasts.
import type { Clock } from '../core/runtime/clock.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { IngestRegistry } from './ports.ts';

export const alarmKinds = [
  'clock-fault',
  'unknown-points',
  'quarantine',
  'outbox-near-full',
  'outbox-disk',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

const repeatMs = 60_000;

export class AlarmDesk {
  readonly #registry: Pick<IngestRegistry, 'alarms'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Open alarms → when the registry was told last. One entry for each that is open: as many as agents, at most. */
  readonly #open = new Map<string, number>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: { registry: Pick<IngestRegistry, 'alarms'>; clock: Clock; log: Logger }) {
    this.#registry = options.registry;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Takes over the alarms that an earlier run left open. */
  async load(): Promise<void> {
    const now = this.#clock.now();
    const known = new Set<string>(alarmKinds);
    for (const alarm of await this.#registry.alarms.list({ cleared: false })) {
      if (alarm.clearedAt === null && known.has(alarm.kind)) {
        this.#open.set(`${alarm.kind} ${alarm.subject}`, now);
      }
    }
  }

  isOpen(kind: AlarmKind, subject: string): boolean {
    return this.#open.has(`${kind} ${subject}`);
  }

  raise(kind: AlarmKind, subject: string, message: string): void {
    const now = this.#clock.now();
    const key = `${kind} ${subject}`;
    const toldAt = this.#open.get(key);
    if (toldAt !== undefined && now - toldAt < repeatMs) return;
    this.#open.set(key, now);
    this.#later(
      () => this.#registry.alarms.raise(kind, subject, message, now),
      // told again at the next occasion
      () => this.#open.delete(key),
    );
  }

  clear(kind: AlarmKind, subject: string): void {
    const key = `${kind} ${subject}`;
    const toldAt = this.#open.get(key);
    if (toldAt === undefined) return;
    this.#open.delete(key);
    this.#later(
      () => this.#registry.alarms.clear(kind, subject, this.#clock.now()),
      () => this.#open.set(key, toldAt),
    );
  }

  /** Resolves when the registry knows everything that was raised and cleared. */
  settled(): Promise<void> {
    return this.#work;
  }

  #later(task: () => Promise<void>, onFailure: () => void): void {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      onFailure();
      this.#log.error({ err: error }, 'an alarm could not be written');
    });
  }
}
