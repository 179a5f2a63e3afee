// One institution's rows of one indicator by sector: the year, and the same months a year before.
import { type Sector, sectorIn } from '../../../core/domain/accounting/classes.ts';
import { figureByGroup, type GroupFigure } from '../../../core/domain/accounting/figures-by-group.ts';
import { type Indicator, indicatorEntry } from '../../../core/domain/accounting/indicators.ts';
import { type Window, windowOfYear } from '../../../core/domain/accounting/months.ts';
import type { Totals } from '../../../core/domain/accounting/totals.ts';
import type { BoardRow } from '../../../core/domain/board-series.ts';
import { noSector } from '../../../core/domain/board-series-accounts.ts';
import { yearSoFar } from '../../accounting/plan-months.ts';
import { changeOf, knownNumber } from './known.ts';

/** Of one indicator; what all institutions need is made once. */
export class SectorRows {
  readonly #totals: Totals;
  readonly #indicator: Indicator;
  readonly #own: ReturnType<Totals['ownSums']>;

  constructor(totals: Totals, indicator: Indicator) {
    this.#totals = totals;
    this.#indicator = indicator;
    const { of, per } = indicatorEntry(indicator);
    this.#own = totals.ownSums(of, per);
  }

  /** None of an institution that nobody stands below in the year. @param ts the year's beginning */
  *of(place: number, institution: string, year: number, ts: number): Generator<BoardRow> {
    const { months, asOf } = this.#totals.book;
    const window = yearSoFar(months, year, asOf);
    const trees = this.#totals.trees.slice(window.from, window.to);
    if (trees.every(({ leaf }) => leaf[place] === 1)) return;
    const now = this.#bySector(place, window);
    const before = windowOfYear(months, year - 1);
    const last =
      before.from < before.to
        ? this.#bySector(place, { from: before.from, to: before.from + window.to - window.from })
        : new Map<Sector | undefined, GroupFigure>();
    for (const [sector, figure] of now) {
      const { measured, estimated } = figure.coverage;
      const ofLast = last.get(sector)?.value;
      const { value, value_known: known } = knownNumber('value', figure.value);
      yield {
        measurement: 'sectors',
        tags: { institution, indicator: this.#indicator, sector: sector ?? noSector },
        ts,
        fields: {
          value,
          known,
          ...knownNumber('last_year', ofLast),
          ...knownNumber('change', changeOf(figure.value, ofLast)),
          coverage: measured + estimated,
          institutions: figure.members.size,
          period: String(year),
        },
      };
    }
  }

  #bySector(place: number, window: Window): ReadonlyMap<Sector | undefined, GroupFigure> {
    const { institutions } = this.#totals.book;
    const sectorOf = (one: number, month: number) => {
      const institution = institutions[one];
      return institution && sectorIn(institution, month);
    };
    return figureByGroup(this.#totals, this.#indicator, place, window, sectorOf, this.#own);
  }
}
