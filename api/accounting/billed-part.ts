// What the bills of an account say of a stretch of days: each gives the part of it that falls there, by days.
import { daysBetween } from '../../core/domain/accounting/months.ts';
import { cnyOf, fenOf } from '../../core/domain/tariff/money.ts';
import type { BillRecord } from '../../core/registry/ledgers.ts';
import { joined, type Stretch } from '../../core/registry/stretches.ts';

export interface BilledPart {
  /** Bills that touch the stretch; quantity and money are of the whole document, `share` falls here. */
  readonly bills: readonly {
    readonly id: string;
    readonly document: string;
    readonly from: number;
    readonly to: number;
    readonly supplement: boolean;
    readonly share: number;
    readonly quantity: number | null;
    readonly amountCny: number | null;
  }[];
  /** Days of the stretch that a bill holds. */
  readonly days: number;
  /** Sums of what is stated; `null` where no bill states any. */
  readonly quantity: number | null;
  readonly amountCny: number | null;
  /** A bill of the stretch states no amount. */
  readonly lacksAmount: boolean;
}

export function billedPart(bills: readonly BillRecord[], stretch: Stretch): BilledPart {
  const touching = bills.filter(({ from, to }) => from < stretch.to && to > stretch.from);
  const parts = touching.map(({ id, document, from, to, supplement, quantity, amountCny }) => {
    const inside = daysBetween(Math.max(from, stretch.from), Math.min(to, stretch.to));
    return {
      id,
      document,
      from,
      to,
      supplement: supplement === true,
      quantity,
      amountCny,
      share: inside / daysBetween(from, to),
    };
  });
  const held = joined(
    touching.map(({ from, to }) => ({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) })),
  );
  const sum = (of: 'quantity' | 'amountCny') => {
    const stated = parts.flatMap((part) => (part[of] === null ? [] : [(part[of] ?? 0) * part.share]));
    return stated.length === 0 ? null : stated.reduce((total, each) => total + each, 0);
  };
  const amountCny = sum('amountCny');
  return {
    bills: parts,
    days: held.reduce((total, { from, to }) => total + daysBetween(from, to), 0),
    quantity: sum('quantity'),
    amountCny: amountCny === null ? null : cnyOf(fenOf(amountCny)),
    lacksAmount: parts.some((part) => part.amountCny === null),
  };
}
