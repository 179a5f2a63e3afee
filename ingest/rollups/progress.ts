// Which series of a mark of all quantities (an edited fact) are followed already: together they may be more than one
// pass can do. In memory only; whoever takes over follows them once more.
import type { PointKey } from '../../core/domain/topics.ts';
import type { Mark, Series, SeriesHandle } from '../../core/store/port.ts';

interface Entry {
  readonly version: number;
  readonly done: Set<SeriesHandle>;
}

/** Bounded by the marks that were read last: what is not among them is forgotten. */
export class MarkProgress {
  #entries = new Map<PointKey, Entry>();

  /** Takes the registry's marks as read now. Of a point that was marked again since, nothing counts as followed. */
  begin(marks: readonly Mark[]): void {
    const versions = new Map<PointKey, number>();
    for (const { point, quantity, version } of marks) {
      if (quantity === null) versions.set(point, Math.max(version, versions.get(point) ?? 0));
    }
    const entries = new Map<PointKey, Entry>();
    for (const [point, version] of versions) {
      const known = this.#entries.get(point);
      entries.set(point, known?.version === version ? known : { version, done: new Set() });
    }
    this.#entries = entries;
  }

  /** Whether the series is followed as of the marks of its point that were read last. */
  isDone({ point, handle }: Series): boolean {
    return this.#entries.get(point)?.done.has(handle) ?? false;
  }

  done({ point, handle }: Series): void {
    this.#entries.get(point)?.done.add(handle);
  }

  /** Another process may have followed, or failed to, whatever is known here. */
  clear(): void {
    this.#entries.clear();
  }
}
