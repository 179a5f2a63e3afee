// Up to which note of replaced rollups the series of boards are right: kept as a figure beside the series, so that both are
// lost together.
import { describedAtMs } from '../../core/domain/board-series.ts';
import type { TelemetryStore } from '../../core/store/port.ts';

/** No institution has this id: theirs are ULIDs. */
const place = { institution: 'jobs', bucket: 'day', ts: describedAtMs, figure: 'followed' } as const;

export class Followed {
  readonly #store: Pick<TelemetryStore, 'figures' | 'writeFigures'>;

  constructor(store: Pick<TelemetryStore, 'figures' | 'writeFigures'>) {
    this.#store = store;
  }

  /** Number of the note; `undefined` where anything may have changed. */
  async read(): Promise<number | undefined> {
    const { institution, figure, bucket, ts } = place;
    const [row] = await this.#store.figures(institution, figure, bucket, ts, ts + 1);
    return row?.value ?? undefined;
  }

  write(seq: number): Promise<void> {
    return this.#store.writeFigures([{ ...place, value: seq }]);
  }

  forget(): Promise<void> {
    return this.#store.writeFigures([{ ...place, value: null }]);
  }
}
