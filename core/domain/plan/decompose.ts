// Why an indicator changed: its change split into consumption, users or area, and (carbon) factors, without remainder, by the additive
// logarithmic mean Divisia index LMDI-I [B. W. Ang, Energy Policy 33 (2005) 867-871; 86 (2015) 233-238].
//
// Zeros: the rule replaces a zero by a small δ. Taken to its limit δ → 0 [Ang & Liu, Energy Policy 35 (2007) 238-246]
// the whole change of a term goes to those of its quantities that are zero on one side, in equal parts; that is what is computed here,
// since at the usual δ of 1e-10 … 1e-20 users still take some per cent of what a new fuel brings [Wood & Lenzen, ibid. 34 (2006) 1326].
//
// What is taken away, as the carbon of green power is, is a term below zero in both periods: the split of its amount, taken away.

/** One commodity in two periods; `value` is its part of what stands above the line: kgce, kgCO2, or the quantity itself. */
export interface DecomposedCommodity {
  readonly commodity: string;
  readonly from: { readonly quantity: number; readonly value: number };
  readonly to: { readonly quantity: number; readonly value: number };
}

export interface DecomposedPer {
  readonly kind: 'users' | 'area';
  /** Above 0. */
  readonly from: number;
  readonly to: number;
}

export const effects = {
  consumption: { zh: '用量效应', en: 'consumption' },
  users: { zh: '用能人数效应', en: 'energy users' },
  area: { zh: '建筑面积效应', en: 'counted area' },
  factor: { zh: '因子效应', en: 'factors' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type Effect = keyof typeof effects;

export const decompositionReasons = {
  unknown: { zh: '两期数据不全', en: 'not all of it is known in both periods' },
  negative: {
    zh: '某品类由正变负，无法取对数',
    en: 'a commodity is above zero in one period and below in the other: it has no logarithm',
  },
  'nothing-below': { zh: '用能人数或面积为零', en: 'there are no users or no area in one of the periods' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type DecompositionReason = keyof typeof decompositionReasons;

export interface Decomposition {
  readonly from: number;
  readonly to: number;
  readonly change: number;
  /** Sum to the change. Of an intensity `users` or `area` is below 0 where they grew; of a total, above 0. */
  readonly effects: Readonly<Partial<Record<Effect, number>>>;
  /** The effects of consumption and factor by commodity. */
  readonly commodities: readonly {
    readonly commodity: string;
    readonly consumption: number;
    readonly factor: number;
  }[];
  readonly reason: DecompositionReason | null;
}

/**
 * Of an intensity: Σ quantity × factor ÷ per. Of a total with `per`: Σ per × (quantity ÷ per) × factor, where `consumption` is
 * what one user or square metre consumes. Of a total without: Σ quantity × factor.
 * @returns effects `{}` and the reason where it cannot be split
 */
export function decompose(
  commodities: readonly DecomposedCommodity[],
  per: DecomposedPer | null,
  kind: 'intensity' | 'total',
): Decomposition {
  const divide = kind === 'intensity' && per !== null;
  const value = (side: 'from' | 'to') =>
    commodities.reduce((sum, commodity) => sum + commodity[side].value, 0) / (divide ? per[side] : 1);
  const whole = { from: value('from'), to: value('to'), change: value('to') - value('from') };
  const reason = faultOf(commodities, per);
  if (reason !== null) return { ...whole, effects: {}, commodities: [], reason };
  const rows = commodities.map((said) => {
    const { commodity, sign } = amounts(said);
    const [factorFrom, factorTo] = factorsOf(commodity);
    const ratio = (quantity: number, below: number) => (per === null ? quantity : quantity / below);
    const consumption =
      kind === 'total'
        ? {
            from: ratio(commodity.from.quantity, per?.from ?? 1),
            to: ratio(commodity.to.quantity, per?.to ?? 1),
          }
        : { from: commodity.from.quantity, to: commodity.to.quantity };
    const below = per === null ? { from: 1, to: 1 } : { from: per.from, to: per.to };
    const users = divide ? { from: 1 / below.from, to: 1 / below.to } : below;
    const [ofConsumption, ofPer, ofFactor] = splitTerm([
      consumption,
      users,
      { from: factorFrom, to: factorTo },
    ]);
    return {
      commodity: commodity.commodity,
      consumption: sign * (ofConsumption ?? 0),
      per: sign * (ofPer ?? 0),
      factor: sign * (ofFactor ?? 0),
    };
  });
  const sum = (pick: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  return {
    ...whole,
    effects: {
      consumption: sum((row) => row.consumption),
      ...(per === null ? {} : { [per.kind]: sum((row) => row.per) }),
      factor: sum((row) => row.factor),
    },
    commodities: rows.map(({ commodity, consumption, factor }) => ({ commodity, consumption, factor })),
    reason: null,
  };
}

/** Additive LMDI-I of one product of quantities that are none below 0: one effect a quantity, their sum the product's change. */
export function splitTerm(
  quantities: readonly { readonly from: number; readonly to: number }[],
): readonly number[] {
  const from = quantities.reduce((product, quantity) => product * quantity.from, 1);
  const to = quantities.reduce((product, quantity) => product * quantity.to, 1);
  if (from > 0 && to > 0) {
    const mean = logarithmicMean(to, from);
    return quantities.map((quantity) => mean * Math.log(quantity.to / quantity.from));
  }
  if (from === 0 && to === 0) return quantities.map(() => 0);
  const zeros = quantities.filter((quantity) => (from === 0 ? quantity.from : quantity.to) === 0).length;
  return quantities.map((quantity) =>
    (from === 0 ? quantity.from : quantity.to) === 0 ? (to - from) / zeros : 0,
  );
}

/** (a − b) ÷ ln(a ÷ b); a where both are the same. Both above 0. */
export function logarithmicMean(a: number, b: number): number {
  if (a === b) return a;
  const relative = (a - b) / b;
  return (b * relative) / (Math.abs(relative) < 0.5 ? Math.log1p(relative) : Math.log(a / b));
}

/** Its amounts without signs, and the sign of what it adds. */
function amounts({ commodity, from, to }: DecomposedCommodity) {
  const amount = ({ quantity, value }: DecomposedCommodity['from']) => ({
    quantity: Math.abs(quantity),
    value: Math.abs(value),
  });
  const sign = from.value < 0 || to.value < 0 ? -1 : 1;
  return { commodity: { commodity, from: amount(from), to: amount(to) }, sign };
}

/** Of a commodity that was not used, nothing tells the factor: it is the other period's, and all of it is consumption. */
function factorsOf({ from, to }: DecomposedCommodity): readonly [number, number] {
  const first = from.quantity > 0 ? from.value / from.quantity : undefined;
  const second = to.quantity > 0 ? to.value / to.quantity : undefined;
  return [first ?? second ?? 0, second ?? first ?? 0];
}

function faultOf(
  commodities: readonly DecomposedCommodity[],
  per: DecomposedPer | null,
): DecompositionReason | null {
  const numbers = commodities.flatMap(({ from, to }) => [from.quantity, from.value, to.quantity, to.value]);
  const below = per === null ? [] : [per.from, per.to];
  if ([...numbers, ...below].some((value) => !Number.isFinite(value))) return 'unknown';
  if (below.some((value) => value <= 0)) return 'nothing-below';
  const turned = commodities.some(
    ({ from, to }) => from.quantity * to.quantity < 0 || from.value * to.value < 0,
  );
  if (turned) return 'negative';
  // A value without a quantity has no factor.
  const orphan = commodities.some(
    (c) => (c.from.quantity === 0 && c.from.value !== 0) || (c.to.quantity === 0 && c.to.value !== 0),
  );
  return orphan ? 'unknown' : null;
}
