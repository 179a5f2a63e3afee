// Data quality (数据质量) of an institution in one month.
//
// Score = 100 × Σ weight × part ÷ Σ weight over the parts that apply (weights: quality-texts.ts), each part from 0 to 1:
//   coverage      (measured + estimated) ÷ expected time of its points
//   measured      measured ÷ (measured + estimated)
//   meters        share of points without a finding of their own (silent, stuck, negative, above rating)
//   balance       share of meters with sub-meters, as far as comparable, that show no finding
//   bills         billed ÷ expected days of accounts
//   denominators  of users and area, the share that is known
import type { ExclusionCode } from '../energy/rollup.ts';
import { dayMs } from '../time.ts';
import { type BalanceInput, type BalanceResult, balanceOf } from './balance.ts';
import { type QualityFindingKind, type QualityPart, qualityParts } from './quality-texts.ts';

export interface QualityPoint {
  /** Key of the point, `agent/point`. */
  readonly point: string;
  /** Of the month, as far as it has passed, ms. */
  readonly expectedMs: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
  /** When it was last heard of, up to the month's end; `null`: never. */
  readonly lastReadingAt: number | null;
  /** Since when its readings show the same; `null`: they move, or it is no register. */
  readonly stillSince: number | null;
  /** A register that may stand still for long (a fire pump, a holiday house): never stuck. */
  readonly mayStandStill?: boolean | undefined;
  /** Start of the day by which it is to be calibrated (检定到期日); `null` or left out: nobody says. */
  readonly calibrationDue?: number | null | undefined;
  /** What was left out in the month: how often, and since when. */
  readonly exclusions: readonly {
    readonly code: ExclusionCode;
    readonly count: number;
    readonly first: number;
  }[];
}

/** An account, as `reconcile` sees it. */
export interface QualityAccount {
  readonly account: string;
  /** Days of the month in which it is open and a bill is due, ms. */
  readonly expectedMs: number;
  readonly billedMs: number;
  /** First day without a bill; `null`: none is missing. */
  readonly missingSince: number | null;
}

export interface QualityInput {
  readonly institution: string;
  /** The month. */
  readonly from: number;
  readonly to: number;
  /** Now; a month that has passed is judged by its end. */
  readonly asOf: number;
  readonly points: readonly QualityPoint[];
  readonly balances: readonly BalanceInput[];
  readonly accounts: readonly QualityAccount[];
  /** NaN: not known. */
  readonly users: number;
  readonly areaM2: number;
}

export interface QualityOptions {
  /** Default 24 h. */
  readonly silentAfterMs?: number;
  /** Default 7 days. */
  readonly stuckAfterMs?: number;
  /** Default 0.9. */
  readonly minCoverage?: number;
  /** Of the meter above: what its sub-meters may show more; default 0.02. */
  readonly balanceTolerance?: number;
  /** Change of the residual's share against its median of earlier months; default 0.1. */
  readonly residualJump?: number;
}

export interface QualityFinding {
  readonly kind: QualityFindingKind;
  readonly subject: { readonly kind: 'point' | 'account' | 'institution'; readonly id: string };
  /** Epoch ms; `null`: always. */
  readonly since: number | null;
  /** Counted (exclusions) or as a share (coverage, residual); `null`: says nothing more. */
  readonly value: number | null;
}

export interface Quality {
  readonly institution: string;
  /** 0 to 100, to one place; `null`: nothing is expected of it. */
  readonly score: number | null;
  /** The parts that apply. */
  readonly parts: Readonly<Partial<Record<QualityPart, number>>>;
  /** (measured + estimated) ÷ expected; `null` where nothing is expected. */
  readonly coverage: number | null;
  /** estimated ÷ (measured + estimated); `null` where nothing is covered. */
  readonly estimatedShare: number | null;
  readonly balances: readonly BalanceResult[];
  /** By what they concern (institution, accounts, points), then the oldest first. */
  readonly findings: readonly QualityFinding[];
}

export function qualityOf(input: QualityInput, options: QualityOptions = {}): Quality {
  const now = Math.min(input.asOf, input.to);
  const byPoint = input.points.map((point) => pointFindings(point, input, now, options));
  const balances = input.balances.map((balance) => balanceOf(balance, options));
  const time = timesOf(input.points);
  const covered = time.measured + time.estimated;
  const coverage = share(covered, time.expected);
  const measured = share(time.measured, covered);
  const parts = { coverage, measured, ...partsOf(input, byPoint, balances) };
  const findings = [
    ...ofInstitution(input, coverage, options),
    ...input.accounts.flatMap(ofAccount),
    ...byPoint.flat(),
    ...input.points.flatMap((point) => ofCalibration(point, now)),
    ...balances.flatMap((balance) => ofBalance(balance, input.from)),
  ];
  return {
    institution: input.institution,
    score: scoreOf(parts),
    parts: known(parts),
    coverage,
    estimatedShare: measured === null ? null : 1 - measured,
    balances,
    findings: findings.sort(inOrder),
  };
}

type Parts = Readonly<Record<QualityPart, number | null>>;

function scoreOf(parts: Parts): number | null {
  let [sum, weights] = [0, 0];
  for (const name of Object.keys(qualityParts) as QualityPart[]) {
    const part = parts[name];
    if (part === null) continue;
    sum += part * qualityParts[name].weight;
    weights += qualityParts[name].weight;
  }
  const onlyDenominators = parts.coverage === null && parts.bills === null;
  return weights === 0 || onlyDenominators ? null : Math.round((sum / weights) * 1000) / 10;
}

function known(parts: Parts): Partial<Record<QualityPart, number>> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
}

function partsOf(
  { points, accounts, users, areaM2 }: QualityInput,
  byPoint: readonly (readonly QualityFinding[])[],
  balances: readonly BalanceResult[],
): Omit<Parts, 'coverage' | 'measured'> {
  const comparable = balances.filter(({ verdict }) => verdict !== 'cannot-say');
  const [billed, due] = [sumOf(accounts, (one) => one.billedMs), sumOf(accounts, (one) => one.expectedMs)];
  const denominators = [users, areaM2].filter((value) => value > 0).length;
  return {
    meters: share(byPoint.filter((found) => found.length === 0).length, points.length),
    balance: share(comparable.filter(({ verdict }) => verdict === 'balanced').length, comparable.length),
    bills: share(billed, due),
    denominators: denominators / 2,
  };
}

function timesOf(points: readonly QualityPoint[]): { expected: number; measured: number; estimated: number } {
  return {
    expected: sumOf(points, (point) => point.expectedMs),
    measured: sumOf(points, (point) => point.measuredMs),
    estimated: sumOf(points, (point) => point.estimatedMs),
  };
}

function sumOf<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((sum, one) => sum + value(one), 0);
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : null;
}

const negativeCodes: readonly ExclusionCode[] = ['negative', 'dip', 'reset-suspected'];

function pointFindings(
  { point, expectedMs, lastReadingAt, stillSince, mayStandStill, exclusions }: QualityPoint,
  { from }: QualityInput,
  now: number,
  { silentAfterMs = dayMs, stuckAfterMs = 7 * dayMs }: QualityOptions,
): QualityFinding[] {
  const findings: QualityFinding[] = [];
  const add = (kind: QualityFindingKind, since: number | null, value: number | null = null) =>
    findings.push({ kind, subject: { kind: 'point', id: point }, since, value });
  const silent = expectedMs > 0 && now - (lastReadingAt ?? from - silentAfterMs) > silentAfterMs;
  if (silent) add('silent', lastReadingAt);
  else if (stillSince !== null && mayStandStill !== true && now - stillSince > stuckAfterMs)
    add('stuck', stillSince);
  const counted = (codes: readonly ExclusionCode[]) => exclusions.filter(({ code }) => codes.includes(code));
  for (const [kind, codes] of [
    ['negative', negativeCodes],
    ['above-rating', ['above-rating']],
  ] as const) {
    const found = counted(codes);
    const count = sumOf(found, (one) => one.count);
    if (count > 0) add(kind, Math.min(...found.map(({ first }) => first)), count);
  }
  return findings;
}

/** No fault of the meter: what it shows may still be right, and the score stays. */
function ofCalibration({ point, calibrationDue }: QualityPoint, now: number): QualityFinding[] {
  if (typeof calibrationDue !== 'number' || calibrationDue >= now) return [];
  const subject = { kind: 'point', id: point } as const;
  return [{ kind: 'calibration-overdue', subject, since: calibrationDue, value: null }];
}

function ofInstitution(
  { institution, users, areaM2, from }: QualityInput,
  coverage: number | null,
  { minCoverage = 0.9 }: QualityOptions,
): QualityFinding[] {
  const findings: QualityFinding[] = [];
  const add = (kind: QualityFindingKind, value: number | null = null) =>
    findings.push({ kind, subject: { kind: 'institution', id: institution }, since: from, value });
  if (!(users > 0)) add('no-users');
  if (!(areaM2 > 0)) add('no-area');
  if (coverage !== null && coverage < minCoverage) add('low-coverage', coverage);
  return findings;
}

function ofAccount({ account, expectedMs, billedMs, missingSince }: QualityAccount): QualityFinding[] {
  if (missingSince === null) return [];
  const value = share(expectedMs - billedMs, expectedMs);
  return [{ kind: 'bill-missing', subject: { kind: 'account', id: account }, since: missingSince, value }];
}

function ofBalance({ point, verdict, residualShare }: BalanceResult, from: number): QualityFinding[] {
  if (verdict !== 'children-exceed' && verdict !== 'residual-jump') return [];
  return [{ kind: verdict, subject: { kind: 'point', id: point }, since: from, value: residualShare }];
}

const subjects = ['institution', 'account', 'point'];

function inOrder(a: QualityFinding, b: QualityFinding): number {
  return (
    subjects.indexOf(a.subject.kind) - subjects.indexOf(b.subject.kind) ||
    (a.since ?? Number.NEGATIVE_INFINITY) - (b.since ?? Number.NEGATIVE_INFINITY) ||
    (a.subject.id < b.subject.id ? -1 : a.subject.id > b.subject.id ? 1 : 0)
  );
}
