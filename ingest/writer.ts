// Brings a group to the store, whatever it takes: repeats while the store is away, and finds the rows it refuses.
import { isJieyueError } from '../core/domain/errors.ts';
import type { AnnouncementId, DataMark } from '../core/registry/registry.ts';
import type { MarkInput } from '../core/store/port.ts';
import { type Group, refuse } from './group.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { marksOf } from './marks.ts';
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
    await this.#writeRange(group, 0, group.rows, written);
    return written;
  }

  /** Rows are numbered readings first, then positions. A range that the store refuses is halved until the row is found. */
  async #writeRange(group: Group, from: number, to: number, written: Written): Promise<void> {
    if (from >= to) return;
    const readings = group.columns(Math.min(from, group.readings), Math.min(to, group.readings));
    const positions = group.positions.slice(
      Math.max(from - group.readings, 0),
      Math.max(to - group.readings, 0),
    );
    const marks = marksOf(readings);
    const announced = this.#store.marks === undefined && marks.length > 0 ? this.#named(marks) : undefined;
    // Rows can be seen before the write resolves: whoever reads them must be able to tell that they are new.
    let announcement = announced === undefined ? undefined : await this.#announce(announced);
    let tries = 0;
    try {
      await this.#patience.until(
        `the store (${to - from} rows to write)`,
        async () => {
          if (tries++ > 0 && announced !== undefined) {
            announcement = await this.#registry.marks.announce(announced, announcement);
          }
          const end = this.#metrics.writeSeconds.startTimer();
          await this.#store.write(readings, positions, marks);
          end();
        },
        (up) => this.#metrics.storeUp.set(up ? 1 : 0),
      );
    } catch (error) {
      if (!isJieyueError(error, 'row.refused-by-store')) throw error;
      // Some of the rows may be in.
      if (announced !== undefined && announcement !== undefined) await this.#confirm(announcement, announced);
      if (to - from === 1) {
        this.#metrics.storeUp.set(1);
        setAside(group, from, error.message);
        return;
      }
      const middle = (from + to) >>> 1;
      await this.#writeRange(group, from, middle, written);
      await this.#writeRange(group, middle, to, written);
      return;
    }
    written.readings += readings.length;
    written.positions += positions.length;
    if (announced !== undefined && announcement !== undefined) await this.#confirm(announcement, announced);
  }

  async #announce(marks: readonly DataMark[]): Promise<AnnouncementId | undefined> {
    let id: AnnouncementId | undefined;
    await this.#patience.until('the registry (announcing marks)', async () => {
      id = await this.#registry.marks.announce(marks);
    });
    return id;
  }

  #confirm(id: AnnouncementId, marks: readonly DataMark[]): Promise<void> {
    return this.#patience.until('the registry (dirty marks)', () => this.#registry.marks.confirm(id, marks));
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
