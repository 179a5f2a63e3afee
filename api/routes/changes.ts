// GET /changes: what was recorded in the registry, by whom, when and why, for auditors.
import { z } from 'zod';
import { attributes } from '../../core/registry/attributes.ts';
import {
  type ChangeEntry,
  type ChangeKind,
  type changeActions,
  changeKinds,
} from '../../core/registry/change-contracts.ts';
import { reachOf } from '../auth/guard.ts';
import { reachWithin } from '../fleet/forms.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import {
  cursorParameter,
  encodeCursor,
  entityIdParameter,
  limitParameter,
  timeParameter,
} from '../http/parameters.ts';
import { TimeText } from '../http/time-text.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import {
  type ChangeSight,
  replaced,
  type ShownSide,
  shownChange,
  type ValuePermission,
  withheldSchema,
  withheldText,
} from '../queries/change-view.ts';
import { requireOrder } from '../queries/range.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { entityForm } from './facts.ts';

const kindWords = {
  fact: { zh: '登记事项', en: 'Fact' },
  correction: { zh: '读数更正', en: 'Correction of a reading' },
  bill: { zh: '票据', en: 'Bill' },
  report: { zh: '上报用量', en: 'Report' },
  definition: { zh: '规则定义', en: 'Definition' },
  snapshot: { zh: '考核快照', en: 'Frozen review' },
  order: { zh: '派车单', en: 'Dispatch order' },
  fence: { zh: '电子围栏', en: 'Fence' },
  seal: { zh: '节假日封存', en: 'Seal' },
  card: { zh: '油卡与充电记录', en: 'Card entry' },
  upkeep: { zh: '维保费用', en: 'Upkeep' },
} as const satisfies Record<ChangeKind, object>;

const actionWords = {
  recorded: { zh: '新增', en: 'Recorded' },
  replaced: { zh: '变更', en: 'Replaced' },
  withdrawn: { zh: '撤回', en: 'Withdrawn' },
} as const satisfies Record<(typeof changeActions)[number], object>;

const entityWords = {
  institution: { zh: '单位', en: 'Institution' },
  building: { zh: '建筑', en: 'Building' },
  zone: { zh: '区域', en: 'Zone' },
  point: { zh: '计量点', en: 'Point' },
  account: { zh: '户号', en: 'Supply account' },
  vehicle: { zh: '车辆', en: 'Vehicle' },
  definition: { zh: '规则定义', en: 'Definition' },
} as const;

const sideFields = {
  from: z.string().nullable().describe('From when it holds; null: it has no dates.'),
  to: z.string().nullable().describe('Until when; null: until further notice, or it is of a moment.'),
  value: z.unknown(),
};

const changeSchema = z.object({
  recordedAt: z.string(),
  author: z.string(),
  reason: z.string(),
  kind: wordSchema(kindWords),
  action: wordSchema(actionWords),
  id: z.string().describe('Of the record; of a definition its version.'),
  entity: z
    .object({
      kind: wordSchema(entityWords),
      id: z.string().describe('Of a point `agent/point`, of a definition `kind/id`.'),
      name: z.string().nullable().describe('Name, number or plate, as it was known then.'),
    })
    .nullable(),
  attribute: z
    .object({ code: z.string(), text: z.string() })
    .nullable()
    .describe('Of a fact; of a correction its quantity.'),
  ...sideFields,
  value: z
    .unknown()
    .describe('As the lists of its kind give it; null: taken back, withdrawn, or in `withheld`.'),
  before: z
    .array(z.object(sideFields))
    .describe('What it took the place of, with its own dates; empty: nothing was said.'),
  names: z.record(z.string(), z.string()).describe('Names of entities that values name by id.'),
  institutions: z
    .array(z.object({ id: z.string(), name: z.string().nullable() }))
    .describe('Whose it was before and after, as far as the key covers them.'),
  others: z.int().describe('Institutions of the entry that the key does not cover.'),
  withheld: z.array(withheldSchema).describe('What is left out of it.'),
});
type Change = z.infer<typeof changeSchema>;

const changesSchema = z.object({ changes: z.array(changeSchema), next: z.string().nullable() }).meta({
  id: 'Changes',
  examples: [
    {
      changes: [
        {
          recordedAt: '2026-03-02T10:00:00+08:00',
          author: 'Zhang',
          reason: 'survey of 2026',
          kind: { code: 'fact', text: 'Fact' },
          action: { code: 'replaced', text: 'Replaced' },
          id: '01JFACTS000000000000000001',
          entity: {
            kind: { code: 'building', text: 'Building' },
            id: '01JBLDNG000000000000000001',
            name: 'Library',
          },
          attribute: { code: 'institution', text: 'Institution that answers for it' },
          from: '2026-01-01T00:00:00+08:00',
          to: null,
          value: '01JCITY0000000000000000002',
          before: [{ from: '2020-01-01T00:00:00+08:00', to: null, value: null }],
          names: { '01JCITY0000000000000000002': 'Bureau of Culture' },
          institutions: [{ id: '01JCITY0000000000000000002', name: 'Bureau of Culture' }],
          others: 1,
          withheld: [{ code: 'foreign', text: 'Of others, which the key does not cover', needs: null }],
        },
      ],
      next: null,
    },
  ],
});

const kindsParameter = z
  .string()
  .max(500)
  .transform((text, context): ReadonlySet<ChangeKind> => {
    const names = new Set(text.split(',').map((name) => name.trim()));
    const known = changeKinds.filter((kind) => names.has(kind));
    if (known.length === names.size) return new Set(known);
    const message = `expected kinds, separated by commas, of ${changeKinds.join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .optional()
  .meta({ description: `Only these kinds, by commas: ${changeKinds.join(', ')}.`, examples: ['fact,bill'] });

export function addChangeRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, times, directory, sight, language } = context;
  // Of its own: each remembers a day, and an entry is recorded on another one than it holds from.
  const recorded = new TimeText(calendar);

  app.get(
    `${prefix}/changes`,
    {
      config: { access: { permission: 'audit:read', scope: 'filtered' } },
      schema: {
        tags: [tags.audit],
        summary: 'Who recorded what',
        description:
          'Facts, corrections, bills, reports, frozen reviews and records of cars, with author, reason, and what stood there before, the ' +
          'newest first. An entry is of the institutions that its entity belonged to before and after it, as was known then; they lie below ' +
          'each other as they do today. Definitions, and what is of no institution, are for keys over everything. Places and shapes of fences ' +
          'take `positions:read`; what is left out of an entry stands in `withheld`. As CSV with `format=csv`, or where `Accept` prefers ' +
          '`text/csv`; the cursor then stands in the header `x-next-cursor`.',
        querystring: z.strictObject({
          institution: entityIdParameter('Only entries of this institution and those below it.').optional(),
          from: timeParameter(calendar, 'Recorded from here on.').optional(),
          to: timeParameter(calendar, 'Recorded before.').optional(),
          author: z
            .string()
            .min(1)
            .max(500)
            .optional()
            .meta({ description: 'Only what this author recorded or withdrew: as the entries write it.' }),
          kind: kindsParameter,
          entity: entityForm
            .optional()
            .meta({ description: 'Only this entity; a point is `agent/point`, a definition `kind/id`.' }),
          format: z.enum(['json', 'csv']).optional().meta({ description: 'Left out: as `Accept` says.' }),
          limit: limitParameter({ max: 500, default: 100 }),
          cursor: cursorParameter(z.tuple([z.int(), z.int(), z.string(), z.string()])),
        }),
        response: {
          200: jsonOrCsv('A page.', changesSchema, z.string().describe('The same rows under headings.')),
        },
      },
    },
    async (request, reply) => {
      const { institution, author, kind, entity, format, limit, cursor } = request.query;
      const { from = 0, to = Number.MAX_SAFE_INTEGER } = request.query;
      if (request.query.from !== undefined && request.query.to !== undefined)
        requireOrder(from, to, calendar);
      const reach = await reachWithin(request.reach, institution, directory);
      const { caller } = request;
      if (caller === null) throw new Error('the guard lets nobody in without a key');
      const { entries, next } = await registry.changes.list({
        institutions: reach.everything ? 'everything' : reach.institutions,
        from,
        to,
        author,
        kinds: kind,
        entity,
        after: cursor,
        limit,
      });
      const by = (permission: ValuePermission) => reachOf(caller, permission, directory);
      const index = await sight.index();
      const seen: ChangeSight = {
        entries: request.reach,
        values: {
          'accounts:read': await by('accounts:read'),
          'vehicles:read': await by('vehicles:read'),
          'energy:read': await by('energy:read'),
          'positions:read': await by('positions:read'),
        },
        isMasked: (vehicle, ts) => index.isMasked(vehicle, ts),
      };
      const { institutions } = await directory.page();
      const spoken = languageOf(request, language);
      const changes = entries.map((entry): Change => {
        const shown = shownChange(entry, seen, times);
        return {
          recordedAt: recorded.of(entry.at),
          author: entry.author,
          reason: entry.reason,
          kind: wordOf(kindWords, entry.kind, spoken),
          action: wordOf(actionWords, entry.action, spoken),
          id: entry.id,
          entity: shown.entity && { ...shown.entity, kind: wordOf(entityWords, shown.entity.kind, spoken) },
          attribute: attributeWord(entry, spoken === 'en'),
          ...(shown.after ?? { ...(shown.before[0] ?? { from: null, to: null }), value: null }),
          before: [...shown.before],
          names: { ...shown.names },
          institutions: shown.institutions.map((id) => ({ id, name: institutions.get(id)?.name ?? null })),
          others: shown.others,
          withheld: withheldText(shown.withheld, spoken),
        };
      });
      const cursorNext = next === null ? null : encodeCursor([...next]);
      if (format !== 'csv' && (format === 'json' || !wantsCsv(request))) return { changes, next: cursorNext };
      if (cursorNext !== null) reply.header('x-next-cursor', cursorNext);
      return sendCsv(reply, 'changes', csv(columns, changes, spoken));
    },
  );
}

function attributeWord({ attribute: code, after, before }: ChangeEntry, english: boolean) {
  if (code === null) return null;
  const of = (after ?? before[0])?.entity.kind;
  // Of a correction it is a quantity, which is its own word.
  const rules = of === undefined || of === 'definition' ? undefined : attributes[of][code];
  return { code, text: rules === undefined ? code : english ? rules.en : rules.zh };
}

const heading = (zh: string, en: string) => ({ 'zh-CN': zh, en });

const columns: readonly Column<Change>[] = [
  { heading: heading('记录时间', 'Recorded at'), cell: ({ recordedAt }) => recordedAt },
  { heading: heading('记录人', 'Author'), cell: ({ author }) => author },
  { heading: heading('理由', 'Reason'), cell: ({ reason }) => reason },
  { heading: heading('类别', 'Kind'), cell: ({ kind }) => kind.text },
  { heading: heading('操作', 'Action'), cell: ({ action }) => action.text },
  { heading: heading('对象类型', 'Kind of entity'), cell: ({ entity }) => entity?.kind.text ?? null },
  { heading: heading('对象', 'Entity'), cell: ({ entity }) => entity?.name ?? null },
  { heading: heading('对象编号', 'Entity id'), cell: ({ entity }) => entity?.id ?? null },
  { heading: heading('属性', 'Attribute'), cell: ({ attribute }) => attribute?.text ?? null },
  { heading: heading('生效时间', 'From'), cell: ({ from }) => from },
  { heading: heading('失效时间', 'To'), cell: ({ to }) => to },
  { heading: heading('内容', 'Value'), cell: (change) => valueText(change, change, 0) },
  {
    heading: heading('原内容', 'Value before'),
    cell: (change) => change.before.map((side) => valueText(change, side, 1)).join('\n') || null,
  },
  {
    heading: heading('原生效时间', 'From before'),
    cell: ({ before }) => before.map(({ from }) => from ?? '').join('\n') || null,
  },
  {
    heading: heading('所属单位', 'Institutions'),
    cell: ({ institutions }) => institutions.map(({ id, name }) => name ?? id).join(', '),
  },
  {
    heading: heading('未显示', 'Left out'),
    cell: ({ withheld }) => withheld.map(({ text }) => text).join(', ') || null,
  },
];

/** With names in the place of ids. A definition is large: its version stands for it. */
function valueText(
  { kind, id, names }: Pick<Change, 'kind' | 'id' | 'names'>,
  { value }: Pick<ShownSide, 'value'>,
  back: 0 | 1,
): string | number | boolean {
  if (value === null || value === undefined) return '';
  if (kind.code === 'definition') return `v${Number(id) - back}`;
  const named = replaced(value, (text) => names[text] ?? text);
  if (typeof named === 'string' || typeof named === 'number' || typeof named === 'boolean') return named;
  return JSON.stringify(named);
}
