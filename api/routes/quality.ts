// GET /quality: how far the data of a month can be trusted, by institution, and what is to be mended.
import { z } from 'zod';
import type { Quality, QualityFinding } from '../../core/domain/accounting/quality.ts';
import {
  type QualityPart,
  qualityFindings,
  qualityParts,
} from '../../core/domain/accounting/quality-texts.ts';
import { subtree, treeOfMonth } from '../../core/domain/accounting/tree.ts';
import type { Language } from '../../core/domain/texts.ts';
import { contactSchema } from '../../core/registry/attributes/point.ts';
import { placeOf } from '../accounting/accounting.ts';
import { monthQuality } from '../accounting/month-quality.ts';
import { covers, nowhere } from '../auth/access.ts';
import { reachOf } from '../auth/guard.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import type { TimeText } from '../http/time-text.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { describeFreshness, freshnessSchema, yearParameter } from './figure-forms.ts';
import { institutionTarget } from './figures.ts';

const amount = z.number().nullable();
const partNames = Object.keys(qualityParts) as [QualityPart, ...QualityPart[]];

const findingSchema = z.object({
  institution: z.string(),
  name: z.string(),
  finding: wordSchema(qualityFindings),
  wayOut: z.string().describe('What to do, in the language of `Accept-Language`.'),
  subject: z.object({
    kind: z.enum(['point', 'account', 'institution']),
    id: z.string(),
  }),
  since: z
    .string()
    .nullable()
    .describe('Null: always, or never heard of. Of `calibration-overdue` the day on which it was due.'),
  value: amount.describe(
    'How often (exclusions), or a share (coverage, residual of a meter, bills missing).',
  ),
  contact: z
    .object({ name: z.string(), phone: z.string() })
    .nullable()
    .describe('Of the point, today. Null: nobody is named, or for those who may not see facts.'),
});

const balanceSchema = z.object({
  point: z.string(),
  parent: amount.describe('What the meter above shows, in its carrier’s unit.'),
  children: amount.describe('What its sub-meters show together.'),
  residual: amount,
  residualShare: amount,
  verdict: z.enum(['balanced', 'children-exceed', 'residual-jump', 'cannot-say']),
});

const rowSchema = z.object({
  institution: z.string(),
  name: z.string(),
  score: amount.describe('0 to 100; null: it has neither points nor accounts.'),
  parts: z
    .partialRecord(z.enum(partNames), z.number())
    .describe('0 to 1 each, those that apply; docs/accounting.md has their weights.'),
  coverage: amount.describe('(measured + estimated) ÷ expected time of its points.'),
  estimatedShare: amount,
  findings: z.int().describe('How many of the findings are its own.'),
  calibrationOverdue: z
    .int()
    .describe('How many of its points were due for calibration before the month’s end.'),
  balances: z.array(balanceSchema),
});

type Row = z.infer<typeof rowSchema>;
type FindingRow = z.infer<typeof findingSchema>;
type Contact = z.infer<typeof contactSchema>;

const monthParameter = z
  .string()
  .regex(/^(?:0?[1-9]|1[0-2])$/, 'expected a month, 1 to 12')
  .transform(Number)
  .meta({ description: 'A month of the year, 1 to 12.', examples: ['6'] });

export function addQualityRoutes(app: ApiApp, context: RouteContext): void {
  const { accounting, times, language, registry, directory, clock } = context;

  app.get(
    `${prefix}/quality`,
    {
      config: { access: { permission: 'energy:read', scope: institutionTarget } },
      schema: {
        tags: [tags.figures],
        summary: 'Data quality of a month',
        description:
          'Of an institution and of each below it, by its own points and accounts: a score with its parts, and what was found – silent, ' +
          'stuck, negative, above its rating, calibration overdue, sub-meters against the meter above, bills that are missing – each with since when, ' +
          'what to do and, for those who may see facts, whom to call. With `Accept: text/csv` the table of institutions, or of findings with `table=findings`.',
        querystring: z.strictObject({
          institution: entityIdParameter('The institution; all below it are answered with it.'),
          year: yearParameter,
          month: monthParameter,
          table: z
            .enum(['institutions', 'findings'])
            .optional()
            .meta({ description: 'Which table CSV holds. Default: institutions.' }),
        }),
        response: {
          200: jsonOrCsv(
            'The month.',
            z.object({
              ...freshnessSchema,
              from: z.string(),
              to: z.string(),
              institutions: z.array(rowSchema),
              findings: z.array(findingSchema),
            }),
            z.string().describe('The table; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const { institution, year, month, table = 'institutions' } = request.query;
      const spoken = languageOf(request, language);
      const { book } = await accounting.book({ first: year, last: year });
      const tree = treeOfMonth(book.institutions, month - 1);
      const places = subtree(tree, placeOf(book, institution));
      const ids = places.flatMap((place) => book.institutions[place]?.id ?? []);
      const names = new Map(book.institutions.map(({ id, name }) => [id, name]));
      const answer = await monthQuality(context, { year, month, institutions: new Set(ids) });
      const found = new Map(answer.institutions.map((quality) => [quality.institution, quality]));
      const qualities = ids.flatMap((id) => found.get(id) ?? []);
      const nameOf = (id: string) => names.get(id) ?? id;
      const reach = caller === null ? nowhere : await reachOf(caller, 'accounts:read', directory);
      const maySee = ids.some((id) => covers(reach, id));
      const contacts = maySee ? await registry.facts.allAt('contact', clock.now()) : new Map();
      const findings = qualities.flatMap((quality) => {
        const contactOf = (point: string): Contact | null => {
          const said = covers(reach, quality.institution) ? contacts.get(point)?.value : undefined;
          return contactSchema
            .nullable()
            .catch(null)
            .parse(said ?? null);
        };
        return quality.findings.map((finding) =>
          describeFinding(finding, { institution: quality.institution, nameOf, contactOf, times, spoken }),
        );
      });
      const rows = qualities.map((quality) => describeQuality(quality, nameOf(quality.institution)));
      if (wantsCsv(request)) {
        const name = `quality-${institution}-${year}-${String(month).padStart(2, '0')}`;
        const text =
          table === 'findings' ? csv(findingColumns, findings, spoken) : csv(columns, rows, spoken);
        return sendCsv(reply, name, text);
      }
      return {
        ...describeFreshness(answer, times),
        from: times.of(answer.from),
        to: times.of(answer.to),
        institutions: rows,
        findings,
      };
    },
  );
}

function describeQuality(quality: Quality, name: string): Row {
  const { institution, score, parts, coverage, estimatedShare, balances, findings } = quality;
  return {
    institution,
    name,
    score,
    parts: Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, tidyOrNull(value) ?? 0])),
    coverage: tidyOrNull(coverage),
    estimatedShare: tidyOrNull(estimatedShare),
    findings: findings.length,
    calibrationOverdue: findings.filter(({ kind }) => kind === 'calibration-overdue').length,
    balances: balances.map(({ point, parent, children, residual, residualShare, verdict }) => ({
      point,
      parent: tidyOrNull(parent),
      children: tidyOrNull(children),
      residual: tidyOrNull(residual),
      residualShare: tidyOrNull(residualShare),
      verdict,
    })),
  };
}

interface Telling {
  readonly institution: string;
  readonly nameOf: (id: string) => string;
  readonly contactOf: (point: string) => Contact | null;
  readonly times: TimeText;
  readonly spoken: Language;
}

function describeFinding(
  { kind, subject, since, value }: QualityFinding,
  { institution, nameOf, contactOf, times, spoken }: Telling,
): FindingRow {
  const { wayOut } = qualityFindings[kind];
  return {
    institution,
    name: nameOf(institution),
    finding: wordOf(qualityFindings, kind, spoken),
    wayOut: spoken === 'en' ? wayOut.en : wayOut.zh,
    subject,
    since: times.orNull(since),
    value: tidyOrNull(value),
    contact: subject.kind === 'point' ? contactOf(subject.id) : null,
  };
}

const columns: readonly Column<Row>[] = [
  { heading: 'csv.institution', cell: ({ name }) => name },
  { heading: 'csv.id', cell: ({ institution }) => institution },
  { heading: 'csv.score', cell: ({ score }) => score },
  { heading: 'csv.coverage', cell: ({ coverage }) => coverage },
  { heading: 'csv.estimated-share', cell: ({ estimatedShare }) => estimatedShare },
  ...partNames.map(
    (part): Column<Row> => ({ heading: `csv.part.${part}`, cell: ({ parts }) => parts[part] ?? null }),
  ),
  { heading: 'csv.finding', cell: ({ findings }) => findings },
  {
    heading: { 'zh-CN': '检定到期计量点数', en: 'points overdue for calibration' },
    cell: ({ calibrationOverdue }) => calibrationOverdue,
  },
];

const findingColumns: readonly Column<FindingRow>[] = [
  { heading: 'csv.institution', cell: ({ name }) => name },
  { heading: 'csv.finding', cell: ({ finding }) => finding.text },
  { heading: 'csv.subject', cell: ({ subject }) => subject.id },
  { heading: 'csv.since', cell: ({ since }) => since },
  { heading: 'csv.value', cell: ({ value }) => value },
  { heading: 'csv.way-out', cell: ({ wayOut }) => wayOut },
  { heading: { 'zh-CN': '联系人', en: 'contact' }, cell: ({ contact }) => contact?.name ?? null },
  { heading: { 'zh-CN': '联系电话', en: 'telephone' }, cell: ({ contact }) => contact?.phone || null },
];
