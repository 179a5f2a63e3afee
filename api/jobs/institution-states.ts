// The meters of each institution with all below it, counted from the states of the points.
import { type BoardRow, everywhere } from '../../core/domain/board-series.ts';

/** Of one point: as `point_states` has it. */
export interface CountedState {
  readonly silent: number;
  readonly stuck: number;
  readonly excluded: number;
  readonly coverage: number;
  /** Of the institutions it belongs to: ids, each followed by `/`. */
  readonly path: string;
}

interface Counts {
  points: number;
  silent: number;
  stuck: number;
  excluded: number;
  coverage: number;
}

export class InstitutionStates {
  readonly #counts = new Map<string, Counts>();

  /** @param institutions ids of all there are: one without points has its row too */
  constructor(institutions: Iterable<string>) {
    for (const id of [everywhere, ...institutions])
      this.#counts.set(id, { points: 0, silent: 0, stuck: 0, excluded: 0, coverage: 0 });
  }

  add({ silent, stuck, excluded, coverage, path }: CountedState): void {
    for (const id of [everywhere, ...path.split('/')]) {
      const counts = this.#counts.get(id);
      if (counts === undefined) continue;
      counts.points++;
      counts.silent += silent;
      counts.stuck += stuck;
      counts.excluded += excluded;
      counts.coverage += coverage;
    }
  }

  *rows(ts: number): Generator<BoardRow> {
    for (const [institution, { points, silent, stuck, excluded, coverage }] of this.#counts) {
      const mean = points === 0 ? {} : { coverage: coverage / points };
      yield {
        measurement: 'institution_states',
        tags: { institution },
        ts,
        fields: { points, points_silent: silent, points_stuck: stuck, excluded, ...mean },
      };
    }
  }
}
