// What is charged beside the quantity: the basic charge (基本电费), fees, and heat by area.
import type { CostGap } from './cost-gaps.ts';
import { type DraftLine, type Piece, rowAt } from './cost-lines.ts';
import { fenOfPart } from './money.ts';
import { seasonParts } from './season.ts';
import type { Tariff } from './tariff.ts';

type Basic = NonNullable<Tariff['basic']>;

const plain = { period: null, step: null } as const;

/**
 * By capacity: price × kVA. By actual demand: price × kW. By contract: the contracted kW, and what exceeds 105 % of them twice
 * (国家电网财〔2016〕633号: up to 105 % the contract is paid; confidence medium).
 */
export function basicLine({ basic }: Tariff, piece: Piece): DraftLine[] {
  if (basic === undefined) return [];
  const found = chargedOf(basic, piece);
  const line = { component: 'basic', ...plain, adjusted: true };
  if (found.charged === undefined)
    return [{ ...line, quantity: null, price: null, fen: null, gaps: found.gaps }];
  const { charged, price, gaps } = found;
  return [
    { ...line, quantity: charged, price, fen: fenOfPart(charged * price, piece.before, piece.until), gaps },
  ];
}

type Charged =
  | { readonly charged: number; readonly price: number; readonly gaps: readonly CostGap[] }
  | { readonly charged?: undefined; readonly gaps: readonly CostGap[] };

function chargedOf(basic: Basic, piece: Piece): Charged {
  const { capacityKva, maxDemandKw, contractedKw, basicBy } = piece.account;
  const by =
    basicBy ??
    (basic.demand === undefined ? 'capacity' : basic.capacity === undefined ? 'actual-demand' : undefined);
  if (by === undefined) return { gaps: ['no-basic-choice'] };
  const price = rowAt((by === 'capacity' ? basic.capacity : basic.demand) ?? [], piece.month)?.price;
  if (price === undefined) return { gaps: ['no-price'] };
  if (by === 'capacity') {
    return capacityKva === undefined ? { gaps: ['no-capacity'] } : { charged: capacityKva, price, gaps: [] };
  }
  if (maxDemandKw === undefined) return { gaps: ['no-demand'] };
  const reduced = wellUsed(basic, piece);
  if (reduced.factor === undefined) return { gaps: reduced.gaps };
  const charge = { price: price * reduced.factor, gaps: reduced.gaps };
  if (by === 'actual-demand') return { charged: maxDemandKw, ...charge };
  if (contractedKw === undefined) return { gaps: ['no-contract'] };
  const { share, factor } = basic.overrun;
  return { charged: contractedKw + factor * Math.max(0, maxDemandKw - share * contractedKw), ...charge };
}

/** Known hours may be enough to say yes; without all of them nobody can say no. */
function wellUsed(
  { wellUsed: rule }: Basic,
  piece: Piece,
): { readonly factor?: number; readonly gaps: readonly CostGap[] } {
  if (rule === undefined) return { factor: 1, gaps: [] };
  const { capacityKva } = piece.account;
  if (capacityKva === undefined) return { gaps: ['no-capacity'] };
  const enough = piece.total >= rule.kWhPerKva * capacityKva * (piece.until - piece.before);
  if (enough) return { factor: rule.factor, gaps: [] };
  return { factor: 1, gaps: piece.unknown ? ['unknown-hours'] : [] };
}

export function fixedLines({ fixed }: Tariff, piece: Piece): DraftLine[] {
  return fixed.map(({ id, cnyPerMonth }) => {
    const price = rowAt(cnyPerMonth, piece.month)?.price;
    const line = { component: id, ...plain, adjusted: false };
    if (price === undefined) return { ...line, quantity: null, price: null, fen: null, gaps: ['no-price'] };
    const quantity = piece.until - piece.before;
    return { ...line, quantity, price, fen: fenOfPart(price, piece.before, piece.until), gaps: [] };
  });
}

/** The season's price spread evenly over its days; no line outside it. */
export function areaLine({ area }: Tariff, piece: Piece): DraftLine[] {
  if (area === undefined) return [];
  const { areaM2 } = piece.account;
  return seasonParts(area.season, piece.fromDay, piece.toDay).map(({ begins, before, until }) => {
    const price = rowAt(area.cnyPerM2, begins)?.price;
    const gaps: CostGap[] = [];
    if (price === undefined) gaps.push('no-price');
    if (areaM2 === undefined) gaps.push('no-area');
    const line = { component: 'area', ...plain, adjusted: false, gaps };
    if (price === undefined || areaM2 === undefined)
      return { ...line, quantity: areaM2 ?? null, price: null, fen: null };
    const season = price * area.share;
    return {
      ...line,
      quantity: areaM2,
      price: season * (until - before),
      fen: fenOfPart(season * areaM2, before, until),
    };
  });
}
