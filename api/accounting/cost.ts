// What the tariff of a supply account (户号) says a month should cost, beside what its bills say. By the hours of the points that
// name the account; the month is cut where a fact changes that the tariff asks for.
import { daysBetween } from '../../core/domain/accounting/months.ts';
import type { Reference } from '../../core/domain/accounting/terms.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { costOf } from '../../core/domain/tariff/cost.ts';
import type { CostGap } from '../../core/domain/tariff/cost-gaps.ts';
import type { AccountMonth, CostLine } from '../../core/domain/tariff/cost-lines.ts';
import { cnyOf, fenOf } from '../../core/domain/tariff/money.ts';
import { type PeriodUse, periodUse, wholeUse } from '../../core/domain/tariff/period-use.ts';
import { tariffDaysBy } from '../../core/domain/tariff/periods.ts';
import type { Tariff } from '../../core/domain/tariff/tariff.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { type DayKindOf, dayKindOf } from '../../core/domain/workdays.ts';
import type { Account, AccountMeter } from '../../core/registry/account-contracts.ts';
import type { Fact, Registry } from '../../core/registry/registry.ts';
import type { Stretch } from '../../core/registry/stretches.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { factsAt, ofMonth, openStretches, valueAt } from './account-facts.ts';
import { type AccountUse, accountUse, sumOfUse } from './account-use.ts';
import { type BilledPart, billedPart } from './billed-part.ts';
import { startOfMonth } from './periods.ts';
import { named } from './terms.ts';

export interface CostDeps {
  readonly registry: Pick<Registry, 'accounts' | 'bills' | 'definitions' | 'facts'>;
  readonly store: Pick<TelemetryStore, 'findSeries' | 'rollupWindows'>;
  readonly calendar: Calendar;
  readonly clock: Clock;
  /** Kinds of day of the periods. Default: by the notices of public holidays. */
  readonly dayKindOf?: DayKindOf;
}

/** Why there is no cost, or no difference, beside the gaps of the tariff (cost-gaps.ts). */
export const costNotes = {
  'not-open': { zh: '该月户号未启用', en: 'the account was not open in the month' },
  'no-tariff': { zh: '户号未登记电价（费率）', en: 'the account names no tariff' },
  'no-meter': { zh: '没有计量点关联该户号', en: 'no point names the account' },
  running: { zh: '该月尚未结束', en: 'the month is not over' },
  'cost-not-known': { zh: '应计费用不完整', en: 'what it should cost is not known in full' },
  'no-bill': { zh: '该月没有票据', en: 'there is no bill of the month' },
  'bill-incomplete': { zh: '票据未覆盖全月', en: 'bills do not hold all days of the month' },
  'no-amount': { zh: '票据没有金额', en: 'a bill states no amount' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type CostNote = keyof typeof costNotes;

/** A part of the month under one tariff and the same facts. */
export interface CostPart {
  readonly from: number;
  readonly to: number;
  readonly tariff: Reference & { readonly value: Tariff };
  readonly facts: AccountMonth;
  /** What the points used, as far as it is known, in the commodity's unit; and for how long that is not known. */
  readonly quantity: number;
  readonly unknownMs: number;
  /** `null`: a line lacks something, see `gaps`. */
  readonly totalCny: number | null;
  /** Of what is known. */
  readonly knownCny: number;
  /** Each with the amount that is known for certain, else `null`. */
  readonly lines: readonly CostLine[];
  readonly gaps: readonly CostGap[];
}

export interface MonthCost {
  readonly asOf: number;
  /** As it is at the month's end. */
  readonly account: Account;
  /** Whoever had it in the month. */
  readonly institutions: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly meters: readonly AccountMeter[];
  readonly parts: readonly CostPart[];
  /** `null`: not known in full, or nothing applies. */
  readonly totalCny: number | null;
  readonly gaps: readonly CostGap[];
  readonly billed: BilledPart;
  /** billed − total; `null` where either is not known in full. */
  readonly differenceCny: number | null;
  readonly notes: readonly CostNote[];
}

/** @throws JieyueError `registry.not-found` for an account that is not there at the month's end, or a tariff that does not exist */
export async function monthCost(
  deps: CostDeps,
  question: { readonly account: string; readonly year: number; readonly month: number },
): Promise<MonthCost> {
  const { registry, calendar, clock } = deps;
  const { year, month } = question;
  const span = { from: startOfMonth(year, month, calendar), to: startOfMonth(year, month + 1, calendar) };
  const account = await registry.accounts.get(question.account, span.to - 1);
  if (account === undefined)
    throw new JieyueError(
      'registry.not-found',
      `there is no account "${question.account}" at the end of ${calendar.format(span.from).slice(0, 7)}`,
    );
  const facts = await registry.facts.history(account.id);
  const stretches = openStretches(facts, span);
  const asOf = clock.now();
  const meters = await registry.accounts.meters([account.id], span.from, span.to);
  const used = await Promise.all(stretches.map((stretch) => usedIn(deps, facts, meters, stretch)));
  const activeKwh = used.some(({ unknownMs }) => unknownMs > 0)
    ? null
    : used.reduce((sum, { known }) => sum + known, 0);
  const monthly = { activeKwh, ...ofMonth(facts, span) };
  const parts: CostPart[] = [];
  for (const { tariff, ...rest } of used)
    if (tariff !== undefined) parts.push(await partOf(deps, account.id, facts, monthly, { tariff, ...rest }));
  const bills = await registry.bills.list({ accounts: [account.id], ...span });
  const billed = billedPart(bills, span);
  const isWhole = parts.length > 0 && parts.length === stretches.length;
  const totalCny = isWhole ? sumOf(parts.map((part) => part.totalCny)) : null;
  const openDays = stretches.reduce((sum, { from, to }) => sum + daysBetween(from, to), 0);
  const notes: CostNote[] = [];
  if (stretches.length === 0) notes.push('not-open');
  else if (parts.length < stretches.length) notes.push('no-tariff');
  if (meters.length === 0) notes.push('no-meter');
  if (asOf < span.to) notes.push('running');
  if (totalCny === null && stretches.length > 0) notes.push('cost-not-known');
  if (billed.bills.length === 0) notes.push('no-bill');
  else if (billed.days < openDays) notes.push('bill-incomplete');
  if (billed.lacksAmount) notes.push('no-amount');
  const isBilled = billed.amountCny !== null && billed.days >= openDays && !billed.lacksAmount;
  return {
    asOf,
    account,
    institutions: institutionsOf(facts, span),
    ...span,
    meters,
    parts,
    totalCny,
    gaps: [...new Set(parts.flatMap(({ gaps }) => gaps))],
    billed,
    differenceCny: totalCny !== null && isBilled ? sumOf([billed.amountCny, -totalCny]) : null,
    notes,
  };
}

/** What the points used in an open stretch. */
interface UsedIn {
  readonly stretch: Stretch;
  /** `undefined`: none is named. */
  readonly tariff: CostPart['tariff'] | undefined;
  readonly use: AccountUse;
  readonly known: number;
  readonly unknownMs: number;
}

/** By hours where the tariff has periods, else by days. */
async function usedIn(
  { registry, store, calendar }: CostDeps,
  facts: readonly Fact[],
  meters: readonly AccountMeter[],
  stretch: Stretch,
): Promise<UsedIn> {
  const id = valueAt(facts, 'tariff', stretch.from);
  const tariff = typeof id === 'string' ? await named(registry.definitions, 'tariff', id) : undefined;
  const bucket = tariff?.value.timeOfUse === undefined ? 'day' : 'hour';
  const use = await accountUse(store, calendar, meters, bucket, stretch);
  return { stretch, tariff, use, ...sumOfUse(use, stretch) };
}

async function partOf(
  deps: CostDeps,
  account: string,
  facts: readonly Fact[],
  monthly: AccountMonth,
  { tariff, stretch, use, known, unknownMs }: UsedIn & { readonly tariff: CostPart['tariff'] },
): Promise<CostPart> {
  const { calendar } = deps;
  const { activeKwh, ...demand } = monthly;
  const own = {
    ...factsAt(facts, stretch.from),
    ...demand,
    ...(tariff.value.powerFactor === undefined ? {} : { activeKwh }),
  };
  const days = tariffDaysBy(deps.dayKindOf ?? dayKindOf);
  const uses =
    tariff.value.timeOfUse === undefined
      ? [sumUse(use, stretch)]
      : periodUse(tariff.value, calendar, use, stretch, days);
  const usedBefore = await usedInTiers(deps, account, facts, tariff.value, stretch.from);
  const input = { uses, calendar, account: () => own, usedBefore };
  const whole = costOf(tariff.value, input);
  const partly = costOf(tariff.value, input, 'partial');
  return {
    ...stretch,
    tariff,
    facts: own,
    quantity: known,
    unknownMs,
    totalCny: whole.totalCny,
    knownCny: partly.totalCny ?? 0,
    lines: whole.lines,
    gaps: whole.gaps,
  };
}

/** Sums by day are enough where no period is asked for. */
function sumUse(use: AccountUse, stretch: Stretch): PeriodUse {
  const { known, unknownMs } = sumOfUse(use, stretch);
  const sum = wholeUse(stretch.from, stretch.to, known);
  sum.unknownMs[sum.unknownMs.length - 1] = unknownMs;
  return sum;
}

/** From the beginning of the tiers' month or year, or of the account if that is later; `undefined`: not known. */
async function usedInTiers(
  { registry, store, calendar }: CostDeps,
  account: string,
  facts: readonly Fact[],
  { tiers }: Tariff,
  until: number,
): Promise<number | undefined> {
  if (tiers === undefined) return undefined;
  const { year, month } = localMonth(until, calendar);
  const begun = tiers.per === 'month' ? month : tiers.yearFrom;
  const start = startOfMonth(begun > month ? year - 1 : year, begun, calendar);
  const since = facts.filter(({ attribute }) => attribute === 'number').map(({ validFrom }) => validFrom);
  const from = Math.max(start, Math.min(...since));
  if (from >= until) return 0;
  const span = { from, to: until };
  const meters = await registry.accounts.meters([account], from, until);
  const use = await accountUse(store, calendar, meters, 'day', span);
  const { known, unknownMs } = sumOfUse(use, span);
  return unknownMs > 0 ? undefined : known;
}

function localMonth(at: number, calendar: Calendar): { year: number; month: number } {
  const [year = 0, month = 0] = calendar.format(at).split('-').map(Number);
  return { year, month };
}

function institutionsOf(facts: readonly Fact[], { from, to }: Stretch): readonly string[] {
  const held = facts.filter(
    ({ attribute, validFrom, validTo }) =>
      attribute === 'institution' && validFrom < to && (validTo === null || validTo > from),
  );
  return [...new Set(held.flatMap(({ value }) => (typeof value === 'string' ? value : [])))];
}

/** `null` where one is. */
function sumOf(amounts: readonly (number | null)[]): number | null {
  let fen = 0;
  for (const amount of amounts) {
    if (amount === null) return null;
    fen += fenOf(amount);
  }
  return cnyOf(fen);
}
