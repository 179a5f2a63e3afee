// Brings a group to the store, whatever it takes: repeats while the store is away, and finds the rows it refuses.
import { isJieyueError } from '../core/domain/errors.ts';
import type { DataMark } from '../core/registry/registry.ts';
import type { MarkInput } from '../core/store/port.ts';
import { Announcement } from './announcement.ts';
import { type Group, refuse } from './group.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { marksOf, positionMarksOf } from './marks.ts';
import type { Patience } from './patience.ts';
import type { IngestRegistry, IngestStore } from './ports.ts';

export interface Written {
  readings: number;
  positions: number;
}

export class Writer {
  readonly #store: IngestStore;
  readonly #registry: Pick<IngestRegistry, 'marks'>;
  readonly #patience: Patience;
  readonly #metrics: IngestMetrics;

  constructor(options: {
    store: IngestStore;
    registry: Pick<IngestRegistry, 'marks'>;
    patience: Patience;
    metrics: IngestMetrics;
  }) {
    this.#store = options.store;
    this.#registry = options.registry;
    this.#patience = options.patience;
    this.#metrics = options.metrics;
  }

  /**
   * Resolves when every row of the group is durable with its mark, or was refused by the store for good; those stand
   * as refused in their batches then. @returns how many rows were written. @throws Stopped
   */
  async write(group: Group): Promise<Written> {
    const written: Written = { readings: 0, positions: 0 };
    const marks = marksOf(group.columns(0, group.readings));
    // Rows can be seen before the write resolves: whoever reads them must be able to tell that they are new.
    // Marks of tracks are the registry's with every engine: what follows them is kept there too.
    const toAnnounce = [
      ...(this.#store.marks === undefined ? this.#named(marks) : []),
      ...positionMarksOf(group.positions),
    ];
    const announcement = toAnnounce.length > 0 ? await this.#announce(toAnnounce) : undefined;
    try {
      await this.#writeRange(group, { from: 0, to: group.rows, marks }, written, announcement);
    } finally {
      announcement?.end();
    }
    // Of all rows: some of a range that was refused may be in.
    await announcement?.confirm();
    return written;
  }

  /** Rows are numbered readings first, then positions. A range that the store refuses is halved until the rows are found. */
  async #writeRange(
    group: Group,
    { from, to, marks }: { from: number; to: number; marks?: readonly MarkInput[] },
    written: Written,
    announcement: Announcement | undefined,
  ): Promise<void> {
    if (from >= to) return;
    const readings = group.columns(Math.min(from, group.readings), Math.min(to, group.readings));
    const positions = group.positions.slice(
      Math.max(from - group.readings, 0),
      Math.max(to - group.readings, 0),
    );
    const ofRange = marks ?? marksOf(readings);
    try {
      await this.#patience.until(
        `the store (${to - from} rows to write)`,
        async () => {
          const end = this.#metrics.writeSeconds.startTimer();
          await this.#store.write(readings, positions, ofRange);
          end();
        },
        {
          onChange: (up) => this.#metrics.storeUp.set(up ? 1 : 0),
          // A wait of its own: what keeps it from being renewed is the registry.
          before: async () => announcement?.renewed(),
        },
      );
    } catch (error) {
      if (!isJieyueError(error, 'row.refused-by-store')) throw error;
      this.#metrics.storeUp.set(1);
      if (to - from === 1 || error.details?.['refused'] === to - from) {
        for (let row = from; row < to; row++) setAside(group, row, error.message);
        return;
      }
      const middle = (from + to) >>> 1;
      await this.#writeRange(group, { from, to: middle }, written, announcement);
      await this.#writeRange(group, { from: middle, to }, written, announcement);
      return;
    }
    written.readings += readings.length;
    written.positions += positions.length;
  }

  async #announce(marks: readonly DataMark[]): Promise<Announcement> {
    const announcement = new Announcement(this.#registry.marks, marks, this.#patience);
    await announcement.begin();
    return announcement;
  }

  #named(marks: readonly MarkInput[]): DataMark[] {
    return marks.map(({ series, from, to }) => {
      const { point, quantity } = this.#store.seriesOf(series);
      return { point, quantity, from, to };
    });
  }
}

function setAside(group: Group, row: number, reason: string): void {
  const origin = group.origin(row);
  if (origin === undefined) return;
  const { batch, list, index } = origin;
  const kept =
    row < group.readings ? [group.ts[row], group.value[row]] : group.positions[row - group.readings];
  refuse(batch, { list, index, code: 'row.refused-by-store', row: kept }, () => reason);
}
