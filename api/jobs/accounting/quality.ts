// Data quality of a month as series: score and parts of each institution, what was found since when, meters against the
// sub-meters below them; and the score of each tree, as the mean of those in it.
import { setImmediate as breathe } from 'node:timers/promises';
import type { BalanceResult } from '../../../core/domain/accounting/balance.ts';
import type { Quality, QualityFinding } from '../../../core/domain/accounting/quality.ts';
import type { BoardRow } from '../../../core/domain/board-series.ts';
import type { JobRun } from '../../../core/runtime/scheduler.ts';
import { monthOf, startOfMonth } from '../../accounting/periods.ts';
import { pagesOfPoints } from '../all-points.ts';
import { ChangedRows, type ChangedRowsRun } from './changed-rows.ts';
import type { AccountingJobDeps } from './deps.ts';
import { knownNumber } from './known.ts';
import { type Institutions, readInstitutions } from './shown-words.ts';

/** The contract of `monthQuality`: one `Quality` an institution, of its own points and accounts. */
export type MonthQuality = (
  deps: AccountingJobDeps,
  question: { readonly year: number; readonly month: number },
) => Promise<{ readonly institutions: readonly Quality[] }>;

/** Keys of findings and balances that a run has written: what is not among those of a later run is taken back. */
type Standing = ReadonlySet<string>;

export class QualityJob {
  readonly #deps: AccountingJobDeps;
  readonly #quality: MonthQuality;
  readonly #changed = new ChangedRows();
  /** By month. */
  readonly #standing = new Map<number, Standing>();

  constructor(deps: AccountingJobDeps, quality: MonthQuality) {
    this.#deps = deps;
    this.#quality = quality;
  }

  /**
   * So many months, of which the last lies `before` months before the one that runs (0: this one).
   * @throws JobEnded; what store, registry and accounting throw
   */
  async write(
    run: JobRun,
    { months, before }: { readonly months: number; readonly before: number },
  ): Promise<void> {
    const { registry, calendar, log } = this.#deps;
    const institutions = await readInstitutions(registry, run.startedAt);
    const names = await this.#names(run.startedAt);
    const out = this.#changed.begin(this.#deps, run, institutions.ids.length * 6);
    if (!run.undisturbed) this.#standing.clear();
    const running = monthOf(run.startedAt, calendar);
    for (let back = before; back < before + months; back++) {
      await run.mayGoOn();
      const start = startOfMonth(running.year, running.month - back, calendar);
      const { year, month } = monthOf(start, calendar);
      const answer = await this.#quality(this.#deps, { year, month });
      const period = `${year}-${String(month).padStart(2, '0')}`;
      await this.#writeMonth(out, { start, period, qualities: answer.institutions, institutions, names });
    }
    await out.end();
    log.debug({ written: out.written }, 'data quality of boards');
  }

  async #writeMonth(out: ChangedRowsRun, month: WrittenMonth): Promise<void> {
    const { start, qualities, institutions } = month;
    const trees = treesOf(qualities, institutions);
    const there = new Set<string>();
    const own = new Map(qualities.map((quality) => [quality.institution, quality]));
    // A heading of the tree has nothing of its own, and yet what is below it.
    for (const [id, tree] of trees) await out.row(qualityRow(id, own.get(id) ?? nothing, month, tree));
    for (const quality of qualities) {
      for (const row of [...findingRows(quality, month), ...balanceRows(quality, month)]) {
        there.add(keyOf(row));
        await out.row(row);
      }
    }
    for (const key of (await this.#before(start)) ?? []) {
      if (there.has(key)) continue;
      const row = takenBack(key, month);
      if (row !== undefined) await out.row(row);
    }
    this.#standing.set(start, there);
  }

  /** Where it is not known what was written of a month, whatever ever was found anywhere may stand there. */
  async #before(start: number): Promise<Iterable<string>> {
    const known = this.#standing.get(start);
    if (known !== undefined) return known;
    const { boards } = this.#deps;
    const keys: string[] = [];
    for (const measurement of ['findings', 'balances'] as const) {
      for (const tags of await boards.keys(measurement)) {
        const { institution = '', finding = '', subject = '', point = '' } = tags;
        keys.push(
          measurement === 'findings'
            ? findingKey(institution, finding, subject)
            : balanceKey(institution, point),
        );
      }
      await breathe();
    }
    return keys;
  }

  /** Of points and accounts, by id. */
  async #names(at: number): Promise<ReadonlyMap<string, string>> {
    const { registry } = this.#deps;
    const names = new Map<string, string>();
    for await (const page of pagesOfPoints(registry, at))
      for (const { key, name } of page) names.set(key, name);
    const [accountNames, numbers] = [
      await registry.facts.allAt('name', at),
      await registry.facts.allAt('number', at),
    ];
    for (const [id, { value }] of accountNames)
      if (typeof value === 'string' && !names.has(id)) names.set(id, value);
    for (const [id, { value }] of numbers)
      if (typeof value === 'string') names.set(id, `${names.get(id) ?? ''} ${value}`.trim());
    return names;
  }
}

const nothing = { score: null, parts: {}, estimatedShare: null, findings: [] } as const;

interface WrittenMonth {
  readonly start: number;
  readonly period: string;
  readonly qualities: readonly Quality[];
  readonly institutions: Institutions;
  readonly names: ReadonlyMap<string, string>;
}

/** What is averaged over a tree: the score, and each part of it. */
const averaged = ['score', 'coverage', 'measured', 'meters', 'balance', 'bills', 'denominators'] as const;
type Averaged = (typeof averaged)[number];

interface TreeQuality {
  readonly sums: Record<Averaged, number>;
  readonly counts: Record<Averaged, number>;
  findings: number;
}

/** Each institution counts for itself and for all above it. */
function treesOf(
  qualities: readonly Quality[],
  institutions: Institutions,
): ReadonlyMap<string, Readonly<TreeQuality>> {
  const trees = new Map<string, TreeQuality>();
  for (const quality of qualities) {
    const path = institutions.of(quality.institution).path.split('/').filter(Boolean);
    for (const id of path.length === 0 ? [quality.institution] : path) {
      const tree = trees.get(id) ?? emptyTree();
      trees.set(id, tree);
      tree.findings += quality.findings.length;
      for (const name of averaged) {
        const value = name === 'score' ? quality.score : quality.parts[name];
        if (value === null || value === undefined) continue;
        tree.sums[name] += value;
        tree.counts[name]++;
      }
    }
  }
  return trees;
}

function emptyTree(): TreeQuality {
  const zeros = () => Object.fromEntries(averaged.map((name) => [name, 0])) as Record<Averaged, number>;
  return { sums: zeros(), counts: zeros(), findings: 0 };
}

function qualityRow(
  institution: string,
  quality: Pick<Quality, 'score' | 'parts' | 'estimatedShare' | 'findings'>,
  { start, period, institutions }: WrittenMonth,
  { sums, counts, findings: treeFindings }: Readonly<TreeQuality>,
): BoardRow {
  const { score, parts, estimatedShare, findings } = quality;
  const mean = (name: Averaged) => (counts[name] === 0 ? null : sums[name] / counts[name]);
  return {
    measurement: 'quality',
    tags: { institution },
    ts: start,
    fields: {
      ...knownNumber('score', score),
      ...knownNumber('part_coverage', parts.coverage),
      ...knownNumber('part_measured', parts.measured),
      ...knownNumber('part_meters', parts.meters),
      ...knownNumber('part_balance', parts.balance),
      ...knownNumber('part_bills', parts.bills),
      ...knownNumber('part_denominators', parts.denominators),
      ...knownNumber('estimated_share', estimatedShare),
      findings: findings.length,
      ...knownNumber('tree_score', mean('score')),
      ...knownNumber('tree_coverage', mean('coverage')),
      ...knownNumber('tree_measured', mean('measured')),
      ...knownNumber('tree_meters', mean('meters')),
      ...knownNumber('tree_balance', mean('balance')),
      ...knownNumber('tree_bills', mean('bills')),
      ...knownNumber('tree_denominators', mean('denominators')),
      tree_scored: counts.score,
      tree_findings: treeFindings,
      period,
      year: period.slice(0, 'yyyy'.length),
      ...institutions.of(institution),
    },
  };
}

type FindingRow = Extract<BoardRow, { measurement: 'findings' }>;
type BalanceRow = Extract<BoardRow, { measurement: 'balances' }>;

/** One row a kind and subject: two of a kind on one subject are told as one, of the older. */
function findingRows({ institution, findings }: Quality, month: WrittenMonth): Iterable<FindingRow> {
  const rows = new Map<string, FindingRow>();
  for (const finding of findings) {
    const row = findingRow(institution, finding, month);
    const before = rows.get(keyOf(row));
    if (before === undefined || (row.fields.since ?? 0) < (before.fields.since ?? 0))
      rows.set(keyOf(row), row);
  }
  return rows.values();
}

/** Findings whose value is a share; the others count. */
const shares: ReadonlySet<QualityFinding['kind']> = new Set([
  'low-coverage',
  'bill-missing',
  'children-exceed',
  'residual-jump',
]);

function findingRow(
  institution: string,
  { kind, subject, since, value }: QualityFinding,
  { start, period, institutions, names }: WrittenMonth,
): FindingRow {
  const words = institutions.of(institution);
  return {
    measurement: 'findings',
    tags: { institution, finding: kind, subject: subject.id },
    ts: start,
    fields: {
      open: 1,
      subject_kind: subject.kind,
      subject_name: subject.kind === 'institution' ? words.name : (names.get(subject.id) ?? subject.id),
      since: since ?? 0,
      way_out: kind,
      told: value === null ? '' : shares.has(kind) ? `${Math.round(value * 1000) / 10} %` : String(value),
      period,
      ...words,
    },
  };
}

function* balanceRows(
  { institution, balances }: Quality,
  { start, period, institutions, names }: WrittenMonth,
): Iterable<BalanceRow> {
  for (const balance of balances) {
    yield {
      measurement: 'balances',
      tags: { institution, point: balance.point },
      ts: start,
      fields: {
        point_name: names.get(balance.point) ?? balance.point,
        ...sumsOf(balance),
        verdict: balance.verdict,
        open: 1,
        period,
        ...institutions.of(institution),
      },
    };
  }
}

function sumsOf({ parent, children, residual, residualShare }: BalanceResult) {
  return {
    ...knownNumber('above', parent),
    ...knownNumber('below', children),
    ...knownNumber('residual', residual),
    ...knownNumber('residual_share', residualShare),
  };
}

/** In no id and no name of a kind. */
const separator = '\n';

function findingKey(institution: string, finding: string, subject: string): string {
  return ['findings', institution, finding, subject].join(separator);
}

function balanceKey(institution: string, point: string): string {
  return ['balances', institution, point].join(separator);
}

function keyOf(row: FindingRow | BalanceRow): string {
  return row.measurement === 'findings'
    ? findingKey(row.tags.institution, row.tags.finding, row.tags.subject)
    : balanceKey(row.tags.institution, row.tags.point);
}

function takenBack(key: string, { start, period }: WrittenMonth): BoardRow | undefined {
  const [measurement, institution = '', second = '', subject = ''] = key.split(separator);
  if (measurement === 'findings')
    return {
      measurement,
      tags: { institution, finding: second, subject },
      ts: start,
      fields: { open: 0, period },
    };
  if (measurement === 'balances')
    return { measurement, tags: { institution, point: second }, ts: start, fields: { open: 0, period } };
  return undefined;
}
