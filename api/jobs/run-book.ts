// When jobs were done: kept as figures in the database that they write, so that whoever loses the series loses the memory of
// having written them, and they are written anew.
import { describedAtMs } from '../../core/domain/board-series.ts';
import type { RunBook } from '../../core/runtime/scheduler.ts';
import type { TelemetryStore } from '../../core/store/port.ts';

/** No institution has this id: theirs are ULIDs. */
const place = { institution: 'jobs', bucket: 'day', ts: describedAtMs } as const;
const prefix = 'last-success.';

export function runBookOf(store: Pick<TelemetryStore, 'figures' | 'writeFigures'>): RunBook {
  return {
    async lastSuccess(job) {
      const { institution, bucket, ts } = place;
      const [row] = await store.figures(institution, prefix + job, bucket, ts, ts + 1);
      return row?.value ?? undefined;
    },
    succeeded: (job, startedAt) => store.writeFigures([{ ...place, figure: prefix + job, value: startedAt }]),
  };
}
