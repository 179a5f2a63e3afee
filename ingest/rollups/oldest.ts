// The oldest reading of each series, for estimates: asked of the store once, and again where something older came.
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';
import type { DirtySeries } from './work.ts';

/** Bounded: the series that were asked for longest ago are asked for again when they return. */
export class OldestReadings {
  readonly #store: Pick<TelemetryStore, 'oldestTs'>;
  readonly #limit: number;
  readonly #known = new Map<SeriesHandle, number>();

  constructor(store: Pick<TelemetryStore, 'oldestTs'>, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** In the order of `dirty`; `undefined` for a series without readings. */
  async of(dirty: readonly DirtySeries[]): Promise<readonly (number | undefined)[]> {
    const asked = dirty.filter(({ series, changes }) => {
      const known = this.#known.get(series.handle);
      return known === undefined || (changes[0]?.from ?? known) < known;
    });
    const handles = asked.map(({ series }) => series.handle);
    const found = handles.length === 0 ? [] : await this.#store.oldestTs(handles);
    for (const [index, handle] of handles.entries()) {
      const ts = found[index];
      this.#known.delete(handle);
      if (ts !== undefined) this.#known.set(handle, ts);
    }
    const result = dirty.map(({ series }) => this.#known.get(series.handle));
    for (const handle of this.#known.keys()) {
      if (this.#known.size <= this.#limit) break;
      this.#known.delete(handle);
    }
    return result;
  }

  clear(): void {
    this.#known.clear();
  }
}
