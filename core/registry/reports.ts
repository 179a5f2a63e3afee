// Quantities that institutions reported, or that someone entered by hand: one for each use, commodity and period.
import { commodities, commodityNames } from '../domain/accounting/commodities.ts';
import { useNames, uses } from '../domain/accounting/uses.ts';
import { JieyueError } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import type { Authorship } from './authorship.ts';
import { checkedAuthorship } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import type { EnteredInput } from './entered-input.ts';
import { kindsOf } from './entities.ts';
import { Faults } from './faults.ts';
import { numberFault, supersede, touching, withdraw, withdrawnOf } from './ledger-rows.ts';
import type { ReportInput, ReportRecord, Reports } from './ledgers.ts';
import { checkPeriod, datesOf, longestPeriodMs, overlaps } from './periods.ts';
import { bumpRevision } from './revision.ts';
import { chunks, type Db, type ReportsTable } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';
import { sayOfLedgers } from './words/ledgers.ts';

export function createReports(context: RegistryContext): Reports {
  const { db } = context;
  return {
    async record(inputs, by) {
      if (inputs.length === 0) return;
      const authorship = checkedAuthorship(by);
      const reports = validReports(context, inputs);
      await db.transaction().execute((trx) => recordReports(trx, context, reports, authorship));
    },

    withdraw: (ids, by, permit) => withdraw(context, 'reports', ids, by, permit),

    async list({ institutions, from, to, superseded = false }) {
      const found: ReportRecord[] = [];
      for (const part of institutions === undefined
        ? [undefined]
        : chunks([...new Set(institutions)].sort())) {
        let query = touching(db, 'reports', { from, to }, superseded).selectAll();
        if (part !== undefined) query = query.where('institution', 'in', part);
        const rows = await query
          .orderBy('institution')
          .orderBy('from_ts')
          .orderBy('commodity')
          .orderBy('use')
          .orderBy('recorded_at')
          .orderBy('id')
          .execute();
        for (const row of rows) found.push(recordOf(row as ReportsTable));
      }
      return found;
    },
  };
}

/** Records reports in a transaction that holds more. @returns what changed something; see `Reports.record` for errors. */
export async function enterReports(
  trx: Db,
  context: RegistryContext,
  inputs: readonly ReportInput[],
  by: Authorship,
): Promise<readonly EnteredInput[]> {
  if (inputs.length === 0) return [];
  return recordReports(trx, context, validReports(context, inputs), checkedAuthorship(by));
}

/** A report on its way, with its place in the list of inputs. */
interface Report extends ReportInput {
  readonly index: number;
}

function validReports(context: RegistryContext, inputs: readonly ReportInput[]): Report[] {
  const faults = new Faults();
  const reports = new Map<string, Report>();
  inputs.forEach((input, index) => {
    faults.attempt(index, () => {
      check(context, input);
      const key = `${lineOf(input)} ${input.from} ${input.to}`;
      const before = reports.get(key);
      if (!before) reports.set(key, { ...input, index });
      else if (!same(before, input)) {
        const places = { one: before.index + 1, other: index + 1 };
        throw invalid(context, input, sayOfLedgers('report.twice', places));
      }
    });
  });
  faults.refuse();
  return [...reports.values()];
}

function check(context: RegistryContext, input: ReportInput): void {
  const { commodity, use, quantity, amountCny } = input;
  checkPeriod(context, sayOfLedgers('report.line', partsOf(input)), input);
  const fault = !commodityNames.includes(commodity)
    ? sayOfLedgers('report.no-commodity', { name: String(commodity), known: commodityNames.join(', ') })
    : !useNames.includes(use)
      ? sayOfLedgers('report.no-use', { name: String(use), known: useNames.join(', ') })
      : quantity === null || quantity < 0
        ? sayOfLedgers('report.quantity', { quantity: String(quantity) })
        : (numberFault('quantity', quantity) ?? numberFault('amountCny', amountCny));
  if (fault !== undefined) throw invalid(context, input, fault);
}

async function recordReports(
  trx: Db,
  context: RegistryContext,
  reports: readonly Report[],
  by: Authorship,
): Promise<readonly EnteredInput[]> {
  await refuseUnknownInstitutions(trx, context, reports);
  const current = await neighboursOf(trx, reports);
  const byKey = new Map(current.map((row) => [keyOf(recordOf(row)), row]));
  const changed = reports.filter((report) => {
    const before = byKey.get(keyOf(report));
    return !before || !same(recordOf(before), report);
  });
  if (changed.length === 0) return [];

  const replaced = changed.flatMap((report) => byKey.get(keyOf(report)) ?? []);
  const gone = new Set(replaced.map((row) => row.id));
  const kept = current.filter((row) => !gone.has(row.id)).map(recordOf);
  findOverlaps(context, changed, kept).refuse();

  const recordedAt = replaced.reduce((latest, row) => Math.max(latest, row.recorded_at), context.clock.now());
  await supersede(trx, 'reports', [...gone], recordedAt);
  const rows = changed.map(
    (report): ReportsTable => ({
      id: newId(context),
      institution: report.institution,
      commodity: report.commodity,
      use: report.use,
      from_ts: report.from,
      to_ts: report.to,
      quantity: report.quantity,
      amount_cny: report.amountCny,
      recorded_at: recordedAt,
      ...by,
      superseded_at: null,
      withdrawn_by: null,
      withdrawn_reason: null,
    }),
  );
  for (const part of chunks(rows, 50)) await trx.insertInto('reports').values(part).execute();
  await bumpRevision(trx);
  return changed.map((report) => ({ index: report.index, replaces: byKey.has(keyOf(report)) }));
}

async function refuseUnknownInstitutions(
  trx: Db,
  context: RegistryContext,
  reports: readonly Report[],
): Promise<void> {
  const kinds = await kindsOf(
    trx,
    reports.map((report) => report.institution),
  );
  const faults = new Faults();
  for (const report of reports) {
    if (kinds.get(report.institution) === 'institution') continue;
    const values = { report: nameOf(context, report), institution: report.institution };
    faults.add(report.index, 'registry.not-found', sayOfLedgers('report.no-institution', values));
  }
  faults.refuse();
}

/** Current reports of the same institutions that touch the time of these: what they replace, and what they may not overlap. */
async function neighboursOf(trx: Db, reports: readonly Report[]): Promise<ReportsTable[]> {
  let from = Number.MAX_SAFE_INTEGER;
  let to = 0;
  for (const report of reports) {
    from = Math.min(from, report.from);
    to = Math.max(to, report.to);
  }
  const found: ReportsTable[] = [];
  for (const part of chunks([...new Set(reports.map((report) => report.institution))])) {
    const rows = await trx
      .selectFrom('reports')
      .selectAll()
      .where('institution', 'in', part)
      .where('superseded_at', 'is', null)
      .where('from_ts', '<', to)
      .where('from_ts', '>', from - longestPeriodMs)
      .where('to_ts', '>', from)
      .execute();
    for (const row of rows) found.push(row);
  }
  return found;
}

function findOverlaps(
  context: RegistryContext,
  changed: readonly Report[],
  kept: readonly ReportInput[],
): Faults {
  const faults = new Faults();
  const lines = new Map<string, (ReportInput & { readonly index?: number })[]>();
  for (const report of [...kept, ...changed]) {
    const line = lines.get(lineOf(report)) ?? [];
    lines.set(lineOf(report), line);
    line.push(report);
  }
  for (const line of lines.values()) {
    line.sort((a, b) => a.from - b.from || a.to - b.to);
    for (const [one, other] of overlaps(line)) {
      const index = Math.max(one.index ?? -1, other.index ?? -1);
      const values = { report: nameOf(context, one), dates: datesOf(context, other) };
      faults.add(index, 'registry.invalid', sayOfLedgers('report.overlap', values));
    }
  }
  return faults;
}

function lineOf({ institution, commodity, use }: ReportInput): string {
  return `${institution} ${commodity} ${use}`;
}

function keyOf(report: ReportInput): string {
  return `${lineOf(report)} ${report.from} ${report.to}`;
}

function same(a: ReportInput, b: ReportInput): boolean {
  return a.quantity === b.quantity && a.amountCny === b.amountCny;
}

function nameOf(context: RegistryContext, report: ReportInput): Message {
  return sayOfLedgers('report.name', { ...partsOf(report), dates: datesOf(context, report) });
}

/** Commodity and use may be none that there is. */
function partsOf({ institution, commodity, use }: ReportInput) {
  const [zhCommodity, zhUse] = [
    commodityNames.includes(commodity) ? commodities[commodity].zh : String(commodity),
    useNames.includes(use) ? uses[use].zh : String(use),
  ];
  return {
    institution,
    commodity: { zh: zhCommodity, en: String(commodity) },
    use: { zh: zhUse, en: String(use) },
  };
}

function recordOf(row: ReportsTable): ReportRecord {
  return {
    id: row.id,
    institution: row.institution,
    commodity: row.commodity as ReportRecord['commodity'],
    use: row.use as ReportRecord['use'],
    from: row.from_ts,
    to: row.to_ts,
    quantity: row.quantity,
    amountCny: row.amount_cny,
    recordedAt: row.recorded_at,
    author: row.author,
    reason: row.reason,
    supersededAt: row.superseded_at,
    ...withdrawnOf(row),
  };
}

function invalid(context: RegistryContext, report: ReportInput, fault: Message): JieyueError {
  return new JieyueError(
    'registry.invalid',
    sayOfFacts('what.fault', { what: nameOf(context, report), fault }),
  );
}
