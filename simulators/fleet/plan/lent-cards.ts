// One card, two cars: an entry that was paid with the card of another car, which uses it as well.

import type { Expected } from '../truth.ts';
import type { Life } from './life.ts';

/**
 * Once all cars have lived: the lender is the next car with entries of its own card, of which one at least is not paid with another's.
 * @throws RangeError if there is none
 */
export function lendCards(lives: readonly Life[]): void {
  const lent = new Set(
    lives.flatMap(({ misconduct }) =>
      misconduct.flatMap(({ kind, card }) => (kind === 'card-two-cars' ? [card] : [])),
    ),
  );
  lives.forEach((life, index) => {
    for (const [at, misconduct] of life.misconduct.entries()) {
      if (misconduct.kind !== 'card-two-cars') continue;
      const others = [...lives.slice(index + 1), ...lives.slice(0, index)];
      const lender = others.find(({ car, cards }) =>
        cards.some(({ card, kind, document }) => kind === 'fuel' && card === car.card && !lent.has(document)),
      );
      const entry = life.cards.findIndex(({ document }) => document === misconduct.card);
      const paid = life.cards[entry];
      if (lender === undefined || paid === undefined)
        throw new RangeError(`nobody lends ${life.car.id} a card`);
      life.cards[entry] = { ...paid, card: lender.car.card };
      life.misconduct[at] = {
        ...misconduct,
        story: `${life.car.id} was refuelled with the card of ${lender.car.id}`,
      };
      const own = [paid, ...lender.cards].map(({ ts }) => ts);
      const [start, end] = [Math.min(...own), Math.max(...own)];
      const expected = (finding: string, car: string, may: boolean): Expected => ({
        finding,
        car,
        start,
        end,
        peak: null,
        may,
      });
      life.expected.push(expected('card-on-several-cars', life.car.id, false));
      lender.expected.push(expected('card-on-several-cars', lender.car.id, false));
      // It has a card of its own, which it may use before and after.
      life.expected.push(expected('car-with-several-cards', life.car.id, true));
    }
  });
}
