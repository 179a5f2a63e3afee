// GET /ledgers and templates of ledgers; their import: ledger-import.ts.

import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Language } from '../../core/domain/texts.ts';
import { json } from '../http/answers.ts';
import { languageOf } from '../http/csv.ts';
import { sayOfRequests } from '../http/said.ts';
import type { Column, Columns } from '../ledgers/column.ts';
import { isLedgerKind, type LedgerKind, ledgerKinds, ledgers } from '../ledgers/ledgers.ts';
import { readLimits } from '../ledgers/read/limits.ts';
import { templateCsv, templateWorkbook } from '../ledgers/template.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { addLedgerImport, kindParameter, ofKind, xlsxType } from './ledger-import.ts';

const ledgerSchema = z
  .object({
    kind: z.enum(ledgerKinds as [LedgerKind, ...LedgerKind[]]),
    name: z.string(),
    about: z.string(),
    columns: z.array(
      z.object({
        key: z.string(),
        heading: z.string().describe('As templates have it, in both languages.'),
        required: z.boolean(),
        clearable: z.boolean().describe('`-` clears what was known.'),
        example: z.union([z.string(), z.number()]),
        help: z.string(),
      }),
    ),
  })
  .meta({
    id: 'Ledger',
    examples: [
      {
        kind: 'reports',
        name: '上报能耗',
        about: '单位上报的数量',
        columns: [
          {
            key: 'institution',
            heading: '单位 / Institution*',
            required: true,
            clearable: false,
            example: '云江市/市教育局',
            help: '路径、代码或编号',
          },
        ],
      },
    ],
  });

export function addLedgerRoutes(app: ApiApp, context: RouteContext): void {
  const { language } = context;
  const read = { permission: 'accounts:read', scope: 'system' } as const;

  app.get(
    `${prefix}/ledgers`,
    {
      config: { access: read },
      schema: {
        tags: [tags.ledgers],
        summary: 'Ledgers that can be imported',
        description:
          'Each with its columns, in the language of `Accept-Language`. docs/ledgers.md says the same in full.',
        querystring: z.strictObject({}),
        response: { 200: json('The ledgers.', z.object({ ledgers: z.array(ledgerSchema) })) },
      },
    },
    async (request) => {
      const spoken = languageOf(request, language);
      return { ledgers: ledgerKinds.map((kind) => describeLedger(kind, spoken)) };
    },
  );

  app.get(
    `${prefix}/ledgers/:kind/template`,
    {
      config: { access: ofKind('accounts:read', 'vehicles:read', 'system') },
      schema: {
        tags: [tags.ledgers],
        summary: 'A template to fill in',
        description: 'A workbook with an example row and help, or CSV of one ledger.',
        params: z.object({ kind: kindParameter }),
        querystring: z.strictObject({
          format: z.enum(['xlsx', 'csv']).default('xlsx').meta({ description: 'The form of the file.' }),
        }),
        response: {
          200: {
            description: 'The file.',
            content: {
              [xlsxType]: { schema: z.any().describe('A workbook.') },
              'text/csv': { schema: z.any().describe('UTF-8 with a byte order mark.') },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { kind } = request.params;
      const { format } = request.query;
      const spoken = languageOf(request, language);
      if (format === 'csv' && !isLedgerKind(kind)) {
        throw new JieyueError('api.bad-request', sayOfRequests('ledgers.workbook'));
      }
      const file =
        format === 'csv' && isLedgerKind(kind)
          ? Buffer.from(templateCsv(kind, spoken))
          : await templateWorkbook(isLedgerKind(kind) ? [kind] : ledgerKinds, spoken);
      return reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : xlsxType)
        .header('content-disposition', `attachment; filename="jieyue-${kind}.${format}"`)
        .send(file);
    },
  );

  // A scope of its own: no other route takes bodies of this size or these types.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      ['text/csv', xlsxType],
      { parseAs: 'buffer', bodyLimit: readLimits.fileBytes },
      (_request, body, done) => done(null, body),
    );
    addLedgerImport(scope.withTypeProvider<ZodTypeProvider>(), context);
  });
}

function describeLedger(kind: LedgerKind, language: Language) {
  const { zh, en, about, columns } = ledgers[kind] as unknown as {
    readonly zh: string;
    readonly en: string;
    readonly about: readonly [string, string];
    readonly columns: Columns;
  };
  const pick = ([chinese, english]: readonly [string, string]) => (language === 'en' ? english : chinese);
  return {
    kind,
    name: pick([zh, en]),
    about: pick(about),
    columns: Object.entries(columns).map(([key, column]) => describeColumn(key, column, pick)),
  };
}

function describeColumn(key: string, column: Column, pick: (texts: readonly [string, string]) => string) {
  return {
    key,
    heading: `${column.zh} / ${column.en}${column.required === true ? '*' : ''}`,
    required: column.required === true,
    clearable: column.clearable === true,
    example: column.example,
    help: pick(column.help),
  };
}
