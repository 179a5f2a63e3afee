// POST /ledgers/{kind}/import: rows of ledgers from a file.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Access } from '../auth/access.ts';
import type { Permission } from '../auth/permissions.ts';
import { json } from '../http/answers.ts';
import { languageOf } from '../http/csv.ts';
import { ImportGate, watchPace } from '../http/import-gate.ts';
import { type ImportResult, importLedgers } from '../ledgers/import.ts';
import { isLedgerKind, type LedgerKind, ledgerKinds, vehicleLedgers } from '../ledgers/ledgers.ts';
import { readLimits } from '../ledgers/read/limits.ts';
import { sayOfFiles } from '../ledgers/read/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { authorOf, permitOf, reasonField } from './writing.ts';

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** A ledger of 50 000 rows takes up to 30 s; whoever waits in the gate waits for two of them. */
const importTimeoutMs = 180_000;

/** `all`: a workbook with several ledgers, told apart by the names of its sheets. */
export const kindParameter = z
  .enum(['all', ...ledgerKinds])
  .meta({ description: 'The ledger; `all`: a workbook whose sheets are named after ledgers.' });

const placeFields = { file: z.string(), sheet: z.string().describe('Empty for CSV.') };
const importSchema = z
  .object({
    applied: z.boolean().describe('Whether anything was kept.'),
    dryRun: z.boolean(),
    ledgers: z.array(
      z.object({
        kind: z.enum(ledgerKinds as [LedgerKind, ...LedgerKind[]]),
        rows: z.int(),
        created: z.int(),
        changed: z.int(),
        unchanged: z.int(),
        faulty: z.int(),
        unplaced: z
          .int()
          .optional()
          .describe(
            'Dispatch orders, not faulty, that are known by name alone: no destination, or a place without coordinates. The way of the car ' +
              'is not held against them, or in part only. Left out: none.',
          ),
      }),
    ),
    faultCount: z.int(),
    faults: z
      .array(
        z.object({
          ...placeFields,
          row: z.int().describe('As a spreadsheet counts; 0: the sheet as a whole.'),
          column: z.string().nullable().describe('Its heading; null: the row as a whole.'),
          value: z.string(),
          code: z.string(),
          reason: z.string().describe('In the language of `Accept-Language`.'),
        }),
      )
      .describe('The first `faults` of them, by sheet, row and column.'),
    unknownColumns: z.array(z.object({ ...placeFields, column: z.string() })),
    skippedSheets: z.array(z.object(placeFields)),
  })
  .meta({
    id: 'LedgerImport',
    examples: [
      {
        applied: false,
        dryRun: true,
        ledgers: [{ kind: 'bills', rows: 120, created: 119, changed: 0, unchanged: 0, faulty: 1 }],
        faultCount: 1,
        faults: [
          {
            file: 'bills.csv',
            sheet: '',
            row: 17,
            column: '户号',
            value: '0312004567',
            code: 'unknown-account',
            reason: '没有这个户号',
          },
        ],
        unknownColumns: [],
        skippedSheets: [],
      },
    ],
  });

export function addLedgerImport(app: ApiApp, { registry, calendar, language, metrics }: RouteContext): void {
  const refused = metrics.counter('imports_refused_total', 'Imports refused because others were under way.');
  const gate = new ImportGate(() => refused.inc());

  app.post(
    `${prefix}/ledgers/:kind/import`,
    {
      bodyLimit: readLimits.fileBytes,
      handlerTimeout: importTimeoutMs,
      config: { access: ofKind('accounts:write', 'vehicles:write', 'rows') },
      preParsing: async ({ raw, caller }, reply, payload) => {
        const leave = gate.enter(caller?.name ?? '');
        const before = raw.socket.bytesRead;
        const unwatch = watchPace(
          Number(raw.headers['content-length'] ?? 0),
          () => (raw.complete ? undefined : raw.socket.bytesRead - before),
          () => raw.socket.destroy(),
        );
        reply.raw.once('close', () => {
          unwatch();
          leave();
        });
        return payload;
      },
      schema: {
        tags: [tags.ledgers],
        summary: 'Import ledgers from a file',
        description:
          `The file is the body: \`text/csv\` or \`${xlsxType}\`, at most ${readLimits.fileBytes / 1024 ** 2} MB and ${readLimits.rows} rows ` +
          '(`api.too-large`, `import.too-large`). Every bad row is named by sheet, row, column and reason; rows about what the ' +
          'grants do not cover are bad rows, and purchase prices need `definitions:write` over everything. A file that names ' +
          'other ledgers by its sheets brings those too, but vehicles and all else never together: each has its permission. The answer is 200 with `applied: false` where all-or-nothing met a fault.',
        consumes: ['text/csv', xlsxType],
        body: z.any().describe('The file itself.'),
        params: z.object({ kind: kindParameter }),
        querystring: z.strictObject({
          dryRun: z
            .enum(['true', 'false'])
            .default('false')
            .meta({ description: 'Everything is checked and counted, and nothing is kept.' }),
          mode: z
            .enum(['all-or-nothing', 'good-rows'])
            .default('all-or-nothing')
            .meta({ description: 'Whether rows without faults are kept beside faulty ones.' }),
          reason: reasonField
            .optional()
            .meta({ description: 'Why, kept with each entry; left out: import of the ledger.' }),
          faults: z
            .string()
            .regex(/^\d{1,5}$/, 'expected a whole number up to 10000')
            .transform(Number)
            .refine((most) => most <= 10_000, 'expected a whole number up to 10000')
            .default(200)
            .meta({ description: 'Faults that are listed; the others are counted.' }),
        }),
        response: { 200: json('What came of it.', importSchema) },
      },
    },
    async (request) => {
      const { kind } = request.params;
      const { dryRun, mode, reason, faults } = request.query;
      const bytes: unknown = request.body;
      if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
        throw new JieyueError('import.file', sayOfFiles('file.body'));
      }
      const ending = /csv/i.test(String(request.headers['content-type'])) ? 'csv' : 'xlsx';
      const result = await gate.run(() =>
        importLedgers(registry, [{ name: `${kind}.${ending}`, bytes }], {
          calendar,
          by: authorOf(request, reason ?? `import of ledger ${kind}`),
          mode,
          dryRun: dryRun === 'true',
          kind: isLedgerKind(kind) ? kind : undefined,
          language: languageOf(request, language),
          mostFaults: faults,
          permit: permitOf(request, vehicleLedgers.has(kind) ? 'vehicles:write' : 'accounts:write'),
        }),
      );
      return described(result);
    },
  );
}

/** Ledgers of vehicles are for who may see and write vehicles. */
export function ofKind(permission: Permission, ofVehicles: Permission, scope: 'rows' | 'system'): Access {
  return {
    permission,
    more: {
      permission: ofVehicles,
      when: ({ params }) => vehicleLedgers.has(String(Object(params)['kind'])),
      words: 'for ledgers of vehicles',
    },
    scope,
  };
}

/** Lists as answers have them. */
function described({ applied, dryRun, faultCount, ...lists }: ImportResult) {
  return {
    applied,
    dryRun,
    ledgers: [...lists.ledgers],
    faultCount,
    faults: [...lists.faults],
    unknownColumns: [...lists.unknownColumns],
    skippedSheets: [...lists.skippedSheets],
  };
}
