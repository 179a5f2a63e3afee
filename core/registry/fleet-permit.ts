// Whose records of the fleet a caller may write: of cars and institutions that its grants cover all the time that the record is about.
import type { RecordPlace } from './fleet-contracts.ts';
import type { Permit } from './permit-contracts.ts';
import { ReachView } from './reach.ts';
import type { Db } from './schema.ts';

export class RecordPermit {
  /** `undefined`: everything is permitted. */
  readonly #view: ReachView | undefined;
  readonly #nothing: boolean;

  constructor(trx: Db, permit: Permit | undefined) {
    this.#nothing = permit?.only === 'others';
    const everything = permit === undefined || permit.institutions === 'everything';
    this.#view = everything ? undefined : new ReachView(trx, permit.institutions);
  }

  /** Before `covers` is asked of them. */
  async load(places: readonly RecordPlace[]): Promise<void> {
    await this.#view?.load(places.flatMap(entitiesOf));
  }

  covers(place: RecordPlace): boolean {
    const view = this.#view;
    if (this.#nothing) return false;
    return view === undefined || entitiesOf(place).every((id) => view.covers(id, place));
  }
}

function entitiesOf({ vehicle, institution }: RecordPlace): string[] {
  return [vehicle, institution].filter((id) => id !== null);
}
