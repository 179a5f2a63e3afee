// What official cars take at the pump, month by month, by seed.
import type { City } from '../city/city.ts';
import { noise, seedOf } from '../random.ts';

/** Litres by month of the year over those of a mean one: little driving around the Spring Festival, air-conditioning in summer. */
const season = [0.93, 0.72, 1.02, 1.04, 1.02, 1.05, 1.1, 1.09, 1.04, 0.94, 1.03, 1.02];
/** Fewer cars, and electric ones, year by year. */
const yearlyChange = -0.03;
/** CNY a litre, in the shape of the market; no station charged these. By year from 2020 on; the last one goes on. */
const prices = {
  gasoline: [5.9, 6.9, 8.5, 8, 7.9, 7.3, 7.2],
  diesel: [5.5, 6.5, 8.1, 7.6, 7.5, 6.9, 6.8],
} as const;

/** Litres (one decimal) and CNY of a card in a local month or a part of it. */
export function fuelOf(
  city: City,
  card: {
    readonly number: string;
    readonly commodity: 'gasoline' | 'diesel';
    readonly litresPerMonth: number;
  },
  from: number,
  to: number,
): { readonly litres: number; readonly amountCny: number } {
  const { calendar } = city.days;
  const [year = 2020, month = 1] = calendar.format(from).slice(0, 7).split('-').map(Number);
  const chance = 1 + 0.07 * noise(seedOf(city.seed, card.number), year, month);
  const wanted =
    card.litresPerMonth * (season[month - 1] ?? 1) * (1 + yearlyChange) ** (year - 2020) * chance;
  const start = calendar.floor(from, 'month');
  const part = (to - from) / (calendar.next(start, 'month') - start);
  const litres = Math.round(wanted * part * 10) / 10;
  const price = prices[card.commodity][year - 2020] ?? prices[card.commodity].at(-1) ?? 0;
  return { litres, amountCny: Math.round(litres * price * 100) / 100 };
}
