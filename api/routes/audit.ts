// GET /audit: who looked at positions, when, and what for, also as a table; GET /audit/verification: whether that log is whole.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import {
  type AuditEntry,
  type AuditHead,
  type AuditVerdict,
  auditActions,
} from '../../core/registry/audit-contracts.ts';
import { covers, type Reach } from '../auth/access.ts';
import { institutionParameter, reachWithin, requireVehicle, vehicleParameter } from '../fleet/forms.ts';
import { type TableNames, tableNames } from '../fleet/table-names.ts';
import type { FleetIndex } from '../fleet/visibility.ts';
import { json, jsonOrCsv } from '../http/answers.ts';
import { csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { cursorParameter, encodeCursor, limitParameter, timeParameter } from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import { requireOrder } from '../queries/range.ts';
import { columnsOf } from './audit-table.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const entrySchema = z.object({
  seq: z.int(),
  at: z.string(),
  principal: z.string().describe('Id of the principal whose key it was.'),
  name: z.string(),
  action: z
    .enum(auditActions)
    .describe(
      '`track`, `live`, `stream` (each hour of it), `trips` (and stops), `findings`, `export` (as a table).',
    ),
  vehicles: z
    .array(z.string())
    .describe('The cars whose positions were given, as far as the key covers them.'),
  institutions: z.array(z.string()).describe('The institutions of those cars at that time, likewise.'),
  others: z.int().describe('Cars of the entry that the key does not cover.'),
  from: z.string().describe('Of the positions that were asked for.'),
  to: z.string(),
  purpose: z.string(),
  hash: z.string().describe('SHA-256 over the entry and the hash of the one before.'),
});

type Entry = z.infer<typeof entrySchema>;

const pageFields = {
  entries: z.array(entrySchema),
  names: z
    .record(z.string(), z.string())
    .describe('Plates of the cars and names of the institutions of the page, as they are today, by id.'),
  next: z.string().nullable(),
};

const auditSchema = z.object(pageFields).meta({
  id: 'AuditEntries',
  examples: [
    {
      names: { '01JCARS0000000000000000001': '浙C12345', '01JCITY0000000000000000001': 'Bureau of Culture' },
      entries: [
        {
          seq: 42,
          at: '2026-03-02T10:00:00+08:00',
          principal: '01JKEYS0000000000000000001',
          name: 'Car pool office',
          action: 'track',
          vehicles: ['01JCARS0000000000000000001'],
          institutions: ['01JCITY0000000000000000001'],
          others: 0,
          from: '2026-03-01T00:00:00+08:00',
          to: '2026-03-02T00:00:00+08:00',
          purpose: 'complaint 2026-118',
          hash: 'c0ffee00'.repeat(8),
        },
      ],
      next: null,
    },
  ],
});

const verdictSchema = z
  .object({
    whole: z.boolean(),
    entries: z.int().describe('How many stand as they were written.'),
    head: z
      .object({ seq: z.int(), hash: z.string() })
      .nullable()
      .describe('The last of those: write it down elsewhere, and give it as `head` the next time.'),
    broken: z.object({ seq: z.int(), why: z.string() }).nullable().describe('The first that does not.'),
  })
  .meta({
    id: 'AuditVerdict',
    examples: [{ whole: true, entries: 42, head: { seq: 42, hash: 'c0ffee00'.repeat(8) }, broken: null }],
  });

/** Rounds of the registry for one page: what a filter leaves over may be less than a page. */
const mostRounds = 10;

export function addAuditRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, sight, calendar, times, directory, language } = context;
  const { audit } = registry.fleet;

  app.get(
    `${prefix}/audit`,
    {
      config: { access: { permission: 'audit:read', scope: 'filtered' } },
      schema: {
        tags: [tags.audit],
        summary: 'Who looked at positions',
        description:
          'Entries that concern institutions of the key’s grants, the newest first. Of an entry that concerns others too, their cars are ' +
          'counted only. What was looked for in vain stands there as well. A page may hold fewer rows than `limit`; there are more as ' +
          'long as `next` is not null. As CSV, with plates and names, with `format=csv` or where `Accept` prefers `text/csv`; the cursor ' +
          'then stands in the header `x-next-cursor`.',
        querystring: z.strictObject({
          institution: institutionParameter,
          vehicle: vehicleParameter,
          principal: z
            .string()
            .min(1)
            .max(200)
            .optional()
            .meta({ description: 'Only looks by the key of this principal (its id).' }),
          from: timeParameter(calendar, 'First moment.').optional(),
          to: timeParameter(calendar, 'End, not part of the range.').optional(),
          format: z.enum(['json', 'csv']).optional().meta({ description: 'Left out: as `Accept` says.' }),
          limit: limitParameter({ max: 1_000, default: 100 }),
          cursor: cursorParameter(z.tuple([z.int()])),
        }),
        response: {
          200: jsonOrCsv('A page.', auditSchema, z.string().describe('A row for each look.')),
        },
      },
    },
    async (request, reply) => {
      const { vehicle, principal, limit, cursor, format } = request.query;
      const { from = 0, to = Number.MAX_SAFE_INTEGER } = request.query;
      if (request.query.from !== undefined && request.query.to !== undefined)
        requireOrder(from, to, calendar);
      const reach = await reachWithin(request.reach, request.query.institution, directory);
      const index = await sight.index();
      // Whoever may ask for a car may do so for all of its time.
      if (vehicle !== undefined) requireVehicle(index, reach, vehicle, 0, Number.MAX_SAFE_INTEGER);
      const { entries, next } = await page(
        { reach, index, vehicle, principal, from, to, limit },
        cursor?.[0],
      );
      const names = await tableNames(directory, index, reach);
      if (format !== 'csv' && (format === 'json' || !wantsCsv(request)))
        return { entries, names: namesOf(entries, names), next };
      if (next !== null) reply.header('x-next-cursor', next);
      return sendCsv(reply, 'audit', csv(columnsOf(names), entries, languageOf(request, language)));
    },
  );

  async function page(
    { reach, index, vehicle, principal, from, to, limit }: PageQuestion,
    cursor: number | undefined,
  ): Promise<{ entries: Entry[]; next: string | null }> {
    const institutions = reach.everything ? undefined : reach.institutions;
    const entries: Entry[] = [];
    let before = cursor;
    for (let round = 0; round < mostRounds; round++) {
      const found = await audit.list({ institutions, vehicle, principal, from, to, before, limit });
      for (const entry of found) {
        if (entries.length >= limit) return { entries, next: encodeCursor([before ?? entry.seq]) };
        before = entry.seq;
        const text = entryText(entry, reach, index);
        if (vehicle === undefined || text.vehicles.includes(vehicle)) entries.push(text);
      }
      if (found.length < limit) return { entries, next: null };
    }
    return { entries, next: before === undefined ? null : encodeCursor([before]) };
  }

  let verifying: { readonly head: string | undefined; readonly verdict: Promise<AuditVerdict> } | undefined;
  app.get(
    `${prefix}/audit/verification`,
    {
      config: { access: { permission: 'audit:read', scope: 'everything' } },
      schema: {
        tags: [tags.audit],
        summary: 'Whether the audit log is whole',
        description:
          'Goes through the whole chain of hashes. With `head`, an earlier answer’s that was written down elsewhere, entries that were cut ' +
          'off at the end, or all made anew, are found too. The command `jieyue audit verify` does the same without this server.',
        querystring: z.strictObject({
          head: z
            .string()
            .transform((text, issues): AuditHead => {
              const head = readHead(text);
              if (head !== undefined) return head;
              issues.addIssue({ code: 'custom', message: headForm });
              return z.NEVER;
            })
            .optional()
            .meta({ description: 'A head that was written down: `seq:hash`.' }),
        }),
        response: { 200: json('The verdict.', verdictSchema) },
      },
    },
    async (request) => {
      const { head } = request.query;
      const asked = head === undefined ? undefined : `${head.seq}:${head.hash}`;
      // It reads everything: one at a time, shared by all who ask the same.
      if (verifying !== undefined && verifying.head !== asked) {
        throw new JieyueError('api.busy', sayOfRequests('audit.busy'));
      }
      verifying ??= {
        head: asked,
        verdict: audit.verify(head).finally(() => {
          verifying = undefined;
        }),
      };
      const verdict = await verifying.verdict;
      return { whole: verdict.broken === null, ...verdict };
    },
  );

  function entryText(entry: AuditEntry, reach: Reach, index: FleetIndex): Entry {
    const { seq, at, principal, name, action, from, to, purpose, hash } = entry;
    const own = (vehicle: string) =>
      reach.everything ||
      // A look at one moment is a range too.
      index
        .owners(vehicle, from, Math.max(to, from + 1))
        .some(({ institution }) => covers(reach, institution));
    const vehicles = entry.vehicles.filter(own);
    return {
      seq,
      at: times.of(at),
      principal,
      name,
      action,
      vehicles,
      institutions: entry.institutions.filter((id) => covers(reach, id)),
      others: entry.vehicles.length - vehicles.length,
      from: times.of(from),
      to: times.of(to),
      purpose,
      hash,
    };
  }
}

interface PageQuestion {
  readonly reach: Reach;
  readonly index: FleetIndex;
  readonly vehicle: string | undefined;
  readonly principal: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

function namesOf(entries: readonly Entry[], names: TableNames): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { vehicles, institutions } of entries) {
    for (const id of vehicles) found[id] ??= names.plate(id) ?? id;
    for (const id of institutions) found[id] ??= names.institution(id) ?? id;
  }
  return found;
}

const headForm = 'expected a head such as 42:<64 hex digits>, as an earlier verdict told it';

/** `seq:hash` */
function readHead(text: string): AuditHead | undefined {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}
