// A store and a registry in memory, for the tests of ingest: they remember what they were told and fail when asked to.

import type { IngestRegistry, IngestStore } from '../../../ingest/ports.ts';
import { JieyueError } from '../../domain/errors.ts';
import type { AgentStatus } from '../../domain/telemetry.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { Quantity } from '../../domain/units.ts';
import type { Alarm, AnnouncementId, DataMark, RejectInput } from '../../registry/registry.ts';
import type { MarkInput, PositionRow, ReadingColumns, Series } from '../../store/port.ts';

export class FakeStore implements IngestStore {
  /** `undefined` as where the registry keeps the marks. */
  marks: object | undefined;
  readonly rows = new Map<string, number>();
  readonly positionRows = new Map<string, PositionRow>();
  readonly marked: (MarkInput & { point: PointKey; quantity: Quantity })[] = [];
  /** Points that had rows before the test began. */
  readonly oldPoints: PointKey[] = [];
  writes = 0;
  /** Thrown by the next writes while set. */
  failure: Error | undefined;
  /** The store refuses what this finds. */
  poison: (row: { point: string; ts: number; value: number }) => boolean = () => false;
  /** Awaited in each write, before it does anything. */
  gate: Promise<void> = Promise.resolve();
  readonly #series: Series[] = [];
  readonly #handles = new Map<string, number>();

  series(point: PointKey, quantity: Quantity): number {
    const key = `${point} ${quantity}`;
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const handle = this.#series.length;
    this.#series.push({ handle, point, quantity });
    this.#handles.set(key, handle);
    return handle;
  }

  seriesOf(handle: number): Series {
    const series = this.#series[handle];
    if (series === undefined) throw new Error(`no series ${handle}`);
    return series;
  }

  pointsOfAgent(agent: string): readonly PointKey[] {
    return this.oldPoints.filter((point) => point.startsWith(`${agent}/`));
  }

  async write(
    readings: ReadingColumns,
    positions: readonly PositionRow[],
    marks: readonly MarkInput[],
  ): Promise<void> {
    this.writes++;
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const staged: [string, number][] = [];
    for (let row = 0; row < readings.length; row++) {
      const { point, quantity } = this.seriesOf(readings.series[row] ?? -1);
      const ts = readings.ts[row] ?? Number.NaN;
      const value = readings.value[row] ?? Number.NaN;
      if (this.poison({ point, ts, value })) {
        throw new JieyueError('row.refused-by-store', `value ${value} of ${point} is poison`);
      }
      staged.push([`${point} ${quantity} ${ts}`, value]);
    }
    for (const [key, value] of staged) this.rows.set(key, value);
    for (const row of positions) this.positionRows.set(`${row.vehicle} ${row.ts}`, row);
    for (const mark of marks) this.marked.push({ ...mark, ...this.seriesOf(mark.series) });
  }
}

/** Failure that a store throws while it is away. */
export function storeAway(): JieyueError {
  return new JieyueError('store.unavailable', 'the disk is away');
}

export class FakeRegistry implements IngestRegistry {
  readonly registered = new Set<string>();
  readonly kept: RejectInput[] = [];
  readonly statuses = new Map<string, AgentStatus>();
  announcements = 0;
  /** Announced and not confirmed. */
  readonly announced = new Map<AnnouncementId, readonly DataMark[]>();
  readonly markRows: DataMark[] = [];
  readonly open = new Map<string, Alarm>();
  /** Every raise and clear in order, as `raise kind subject`. */
  readonly alarmLog: string[] = [];
  lookups = 0;
  /** Thrown by everything while set. */
  failure: Error | undefined;

  readonly points = {
    keysOfAgent: async (agent: string): Promise<ReadonlySet<string>> => {
      this.lookups++;
      this.#check();
      return new Set([...this.registered].filter((key) => key.startsWith(`${agent}/`)));
    },
  };
  readonly agents = {
    putStatus: async (agent: string, status: AgentStatus): Promise<void> => {
      this.#check();
      this.statuses.set(agent, status);
    },
  };
  readonly rejects = {
    add: async (inputs: readonly RejectInput[]): Promise<void> => {
      this.#check();
      this.kept.push(...inputs);
    },
  };
  readonly marks = {
    announce: async (marks: readonly DataMark[], again?: AnnouncementId): Promise<AnnouncementId> => {
      this.#check();
      const id = again ?? ++this.announcements;
      this.announced.set(id, marks);
      return id;
    },
    confirm: async (id: AnnouncementId, marks: readonly DataMark[]): Promise<void> => {
      this.#check();
      this.announced.delete(id);
      this.markRows.push(...marks);
    },
  };
  readonly alarms = {
    raise: async (kind: string, subject: string, message: string, at: number): Promise<void> => {
      this.#check();
      this.alarmLog.push(`raise ${kind} ${subject}`);
      const alarm = { kind, subject, message, since: at, lastAt: at, count: 1, clearedAt: null };
      this.open.set(`${kind} ${subject}`, alarm);
    },
    clear: async (kind: string, subject: string): Promise<void> => {
      this.#check();
      this.alarmLog.push(`clear ${kind} ${subject}`);
      this.open.delete(`${kind} ${subject}`);
    },
    list: async (): Promise<readonly Alarm[]> => {
      this.#check();
      return [...this.open.values()];
    },
  };

  #check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
