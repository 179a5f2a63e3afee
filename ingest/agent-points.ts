// What ingest knows of one agent's points: the handles of their series, which are registered, and how many are not.
import { limits } from '../core/domain/telemetry.ts';
import { pointKey } from '../core/domain/topics.ts';
import { isQuantity, quantities } from '../core/domain/units.ts';
import type { SeriesHandle } from '../core/store/port.ts';
import type { IngestStore } from './ports.ts';

/** A series with the range of its quantity at hand. */
export interface KnownSeries {
  readonly handle: SeriesHandle;
  readonly min: number;
  readonly max: number;
}

/** How often the registry is asked about one agent in a second at most; a flood of made-up points shall not cost more. */
const lookupsPerSecond = 5;

export class AgentPoints {
  readonly agent: string;
  readonly #store: IngestStore;
  readonly #series = new Map<string, Map<string, KnownSeries>>();
  /** Points that are not registered and have rows; at most `limits.unknownPoints` are let in. */
  readonly #unknown = new Set<string>();
  #registered: ReadonlySet<string> | undefined;
  #lookedUpAt = Number.NEGATIVE_INFINITY;
  #lookups: number[] = [];
  #refused: string | undefined;

  constructor(agent: string, store: IngestStore) {
    this.agent = agent;
    this.#store = store;
  }

  /** Whether the registry has been asked for this agent yet. */
  get loaded(): boolean {
    return this.#registered !== undefined;
  }

  get unknown(): number {
    return this.#unknown.size;
  }

  get hasRoom(): boolean {
    return this.#unknown.size < limits.unknownPoints;
  }

  /** A point that was not admitted since this was asked last. */
  takeRefused(): string | undefined {
    const refused = this.#refused;
    this.#refused = undefined;
    return refused;
  }

  /** Takes over what the registry says: keys (`agent/point`) of all registered points. */
  load(registered: ReadonlySet<string>, now: number): void {
    const first = this.#registered === undefined;
    this.#registered = registered;
    this.#refused = undefined;
    this.#lookedUpAt = now;
    this.#lookups = [...this.#lookups.filter((at) => now - at < 1_000), now];
    if (first) {
      const from = this.agent.length + 1;
      for (const key of this.#store.pointsOfAgent(this.agent)) this.#unknown.add(key.slice(from));
    }
    for (const point of this.#unknown) {
      if (registered.has(pointKey(this.agent, point))) this.#unknown.delete(point);
    }
  }

  /**
   * Whether the registry may have learnt of new points since it was asked, seen from a message of `receivedAt`:
   * a point is refused only on what was asked after its row came.
   */
  mayBeStale(receivedAt: number, now: number): boolean {
    if (this.#lookedUpAt > receivedAt) return false;
    return this.#lookups.filter((at) => now - at < 1_000).length < lookupsPerSecond;
  }

  /** The series where it has been admitted before; strings are looked up as they come from the wire. */
  find(point: unknown, quantity: unknown): KnownSeries | undefined {
    return this.#series.get(point as string)?.get(quantity as string);
  }

  /** The series of a valid point and quantity; `undefined` when the agent has too many points that are not registered. */
  admit(point: string, quantity: string): KnownSeries | undefined {
    if (!isQuantity(quantity)) return undefined;
    let known = this.#series.get(point);
    if (known === undefined) {
      const key = pointKey(this.agent, point);
      if (!this.#registered?.has(key) && !this.#unknown.has(point)) {
        if (!this.hasRoom) {
          this.#refused = point;
          return undefined;
        }
        this.#unknown.add(point);
      }
      known = new Map();
      this.#series.set(point, known);
    }
    const { min, max } = quantities[quantity];
    const series = { handle: this.#store.series(pointKey(this.agent, point), quantity), min, max };
    known.set(quantity, series);
    return series;
  }
}
