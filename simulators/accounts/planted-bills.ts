// What is wrong with bills of the demo city, by design: how much each of them says of what was truly used.
import { dayMs } from '../../core/domain/time.ts';
import type { City } from '../city/city.ts';

export const billFaults = {
  'not-sent': { zh: '账单缺失', en: 'never came' },
  'wrong-multiplier': { zh: '倍率错误', en: 'counted by the multiplier of another transformer' },
  estimated: { zh: '供应方估抄', en: 'estimated by the supplier' },
  settled: { zh: '估抄后结清', en: 'read again: brings what the estimates had left out' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type BillFault = keyof typeof billFaults;

export interface PlantedBill {
  readonly fault: BillFault;
  /** The meter whose account it is of. */
  readonly point: string;
  /** A local month, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Billed ÷ truly used; 0 where no bill came. */
  readonly factor: number;
}

/** Ratio of the transformer that was billed, 300/5, to the one that is there, 200/5. */
const wrongMultiplier = 1.5;
const estimate = 0.7;

/** By point and time; months count back from the city's present, and those before its first day are left out. */
export function plantedBills(city: City): PlantedBill[] {
  const month = monthsBack(city);
  const planted = (fault: BillFault, point: string, back: number, factor: number): PlantedBill => ({
    fault,
    point,
    from: month(back),
    to: month(back - 1),
    factor,
  });
  const used = (point: string, back: number) => {
    const meter = city.point(point);
    return city.energyAt(meter, month(back - 1)) - city.energyAt(meter, month(back));
  };
  const names = new Set(city.points.map(({ point }) => point));
  const found: PlantedBill[] = [];
  if (names.has('hjdl.main'))
    found.push(planted('not-sent', 'hjdl.main', 3, 0), planted('not-sent', 'hjdl.main', 2, 0));
  if (names.has('jgdl.main'))
    for (const back of [4, 3, 2, 1])
      found.push(planted('wrong-multiplier', 'jgdl.main', back, wrongMultiplier));
  if (names.has('jgdl.water') && month(9) >= city.from) {
    const left = (1 - estimate) * (used('jgdl.water', 9) + used('jgdl.water', 8));
    found.push(
      planted('estimated', 'jgdl.water', 9, estimate),
      planted('estimated', 'jgdl.water', 8, estimate),
      planted('settled', 'jgdl.water', 7, 1 + left / used('jgdl.water', 7)),
    );
  }
  return found.filter(({ from }) => from >= city.from);
}

/** Start of the month so many before the one of the city's present. */
function monthsBack(city: City): (back: number) => number {
  const { calendar } = city.days;
  return (back) => {
    let start = calendar.floor(city.to, 'month');
    for (let step = 0; step < back; step++) start = calendar.floor(start - dayMs, 'month');
    return start;
  };
}
