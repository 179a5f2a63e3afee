// GET, POST and POST …/withdrawals of dispatch orders, fences, seals, card entries and upkeep: one maker for the five.
import { z } from 'zod';
import type {
  FleetKind,
  FleetRecord,
  FleetRecords,
  FleetValues,
} from '../../core/registry/fleet-contracts.ts';
import { fleetKinds } from '../../core/registry/fleet-kinds.ts';
import { covers, type Reach } from '../auth/access.ts';
import { institutionParameter, reachWithin, requireVehicle, vehicleParameter } from '../fleet/forms.ts';
import {
  cardForm,
  fenceForm,
  orderForm,
  type RecordForm,
  sealForm,
  upkeepForm,
} from '../fleet/record-forms.ts';
import { tableNames } from '../fleet/table-names.ts';
import type { FleetIndex } from '../fleet/visibility.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { cursorParameter, encodeCursor } from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import {
  countsOf,
  recordedAnswer,
  requirePeriod,
  rowsQuestion,
  withdrawalAnswer,
  withdrawalBody,
} from './ledger-rows.ts';
import { authorOf, listBodyBytes, mostRows, permitOf, reasonField, writeTimeoutMs } from './writing.ts';

export function addFleetRecordRoutes(app: ApiApp, context: RouteContext): void {
  const { fleet } = context.registry;
  addRecords(app, context, orderForm, fleet.orders);
  addRecords(app, context, fenceForm, fleet.fences);
  addRecords(app, context, sealForm, fleet.seals);
  addRecords(app, context, cardForm, fleet.cards);
  addRecords(app, context, upkeepForm, fleet.upkeep);
}

/** Beside what the kind itself says. */
const rowFields = {
  id: z.string(),
  recordedAt: z.string(),
  author: z.string(),
  reason: z.string(),
  supersededAt: z.string().nullable().describe('Since when it does not count.'),
  withdrawn: z.object({ author: z.string(), reason: z.string() }).nullable(),
};

function addRecords<Kind extends FleetKind>(
  app: ApiApp,
  context: RouteContext,
  form: RecordForm<Kind>,
  records: FleetRecords<Kind>,
): void {
  const { calendar, times, directory, sight, language } = context;
  const { kind, path, list, title, words } = form;
  const rules = fleetKinds[kind];
  const ofVehicles = kind !== 'fence';

  app.get(
    `${prefix}/${path}`,
    {
      config: { access: { permission: 'vehicles:read', scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: title,
        description: ofVehicles
          ? `The ${words} that touch a period, of cars as long as they were of an institution that the grants cover; by beginning, a ` +
            'page at a time; as CSV where `Accept` prefers `text/csv`. Places by name alone; of masked categories none.'
          : `The ${words} of the institutions that the grants cover that hold in a period; by beginning, a page at a time.`,
        querystring: z.strictObject({
          ...(ofVehicles ? { vehicle: vehicleParameter } : {}),
          institution: institutionParameter,
          ...rowsQuestion(calendar),
          cursor: cursorParameter(z.tuple([z.number(), z.string()])),
        }),
        response: {
          200: jsonOrCsv(
            'A page.',
            z.object({
              [list]: z.array(z.object({ ...rowFields, ...form.answer.shape })),
              next: z.string().nullable(),
            }),
            z.string().describe('The same rows under headings.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { institution, from, to, superseded, limit, cursor } = request.query;
      const said = 'vehicle' in request.query ? request.query.vehicle : undefined;
      const vehicle = typeof said === 'string' ? said : undefined;
      requirePeriod({ from, to });
      const reach = await reachWithin(request.reach, institution, directory);
      const index = await sight.index();
      if (vehicle !== undefined) requireVehicle(index, reach, vehicle, from, to);
      const question = {
        ...ownersAsked(reach, index, vehicle, ofVehicles),
        from,
        to,
        superseded: superseded === 'true',
      };
      const after = cursor && { from: cursor[0], id: cursor[1] };
      const isTheirs = ({ value }: FleetRecord<Kind>) => {
        const car = rules.vehicle(value);
        if (car === null) return covers(reach, rules.institution(value));
        const during = rules.during(value);
        return (
          reach.everything ||
          index.owners(car, during.from, during.to).some((each) => covers(reach, each.institution))
        );
      };
      const found = await pageOf(records, question, limit, after, isTheirs, rules.during);
      const next = found.next === null ? null : encodeCursor(found.next);
      const isMasked = ({ value }: FleetRecord<Kind>) => {
        const car = rules.vehicle(value);
        return car !== null && index.isMasked(car, rules.during(value).from);
      };
      if (wantsCsv(request)) {
        const names = await tableNames(directory, index, request.reach);
        const known = {
          plate: (id: string) => index.cars.get(id)?.plate ?? id,
          institution: names.institution,
          time: (ts: number) => times.of(ts),
          language: languageOf(request, language),
        };
        const columns = form.columns.map(
          ({ heading, cell }): Column<FleetRecord<Kind>> => ({
            heading,
            cell: (row) => cell(row.value, known, isMasked(row)),
          }),
        );
        if (next !== null) reply.header('x-next-cursor', next);
        return sendCsv(reply, path, csv(columns, found.rows, languageOf(request, language)));
      }
      const rows = found.rows.map((row) => ({
        ...form.describe(row.value, times, isMasked(row)),
        id: row.id,
        recordedAt: times.of(row.recordedAt),
        author: row.author,
        reason: row.reason,
        supersededAt: times.orNull(row.supersededAt),
        withdrawn: row.withdrawn,
      }));
      return { [list]: rows, next };
    },
  );

  const covered = ofVehicles
    ? 'The car must be of an institution that the grants cover all the time that the record is about.'
    : 'Its institution must be covered by the grants all the time that it holds.';
  app.post(
    `${prefix}/${path}`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'vehicles:write', scope: 'rows' } },
      schema: {
        tags: [tags.vehicles],
        summary: `Record ${words}`,
        description: `All or none. ${form.key} ${covered}`,
        body: z.strictObject({
          reason: reasonField,
          [list]: z.array(form.input(calendar)).min(1).max(mostRows),
        }),
        response: recordedAnswer,
      },
    },
    async (request) => {
      const { reason } = request.body;
      const rows = z.array(z.unknown()).parse(request.body[list]);
      const by = authorOf(request, String(reason));
      const entered = await records.record(rows, by, { permit: permitOf(request, 'vehicles:write') });
      return countsOf(entered, rows.length);
    },
  );

  app.post(
    `${prefix}/${path}/withdrawals`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'vehicles:write', scope: 'rows' } },
      schema: {
        tags: [tags.vehicles],
        summary: `Take ${words} back`,
        description: 'All or none. They stay readable with `superseded`, with who took them back and why.',
        body: withdrawalBody,
        response: withdrawalAnswer,
      },
    },
    async (request) => {
      const { reason, ids } = request.body;
      await records.withdraw(ids, authorOf(request, reason), permitOf(request, 'vehicles:write'));
      return { withdrawn: new Set(ids).size };
    },
  );
}

/** Whose records are read at all; each is looked at again for its own time. */
function ownersAsked(reach: Reach, index: FleetIndex, vehicle: string | undefined, ofVehicles: boolean) {
  if (vehicle !== undefined) return { vehicles: [vehicle] };
  if (reach.everything) return {};
  if (!ofVehicles) return { institutions: reach.institutions };
  return { vehicles: index.vehicles(reach) };
}

/** Rows are read until the page is full: of those read some may be of another time than the caller's. */
async function pageOf<Kind extends FleetKind>(
  records: FleetRecords<Kind>,
  question: Parameters<FleetRecords<Kind>['list']>[0],
  limit: number,
  begin: { readonly from: number; readonly id: string } | undefined,
  wanted: (row: FleetRecord<Kind>) => boolean,
  during: (value: FleetValues[Kind]) => { readonly from: number },
): Promise<{ rows: FleetRecord<Kind>[]; next: [number, string] | null }> {
  const rows: FleetRecord<Kind>[] = [];
  let after = begin;
  for (;;) {
    const found = await records.list({ ...question, limit: limit + 1, after });
    rows.push(...found.filter(wanted));
    const read = found.at(-1);
    if (rows.length > limit || found.length <= limit || read === undefined) break;
    after = { from: during(read.value).from, id: read.id };
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page,
    next: rows.length > limit && last ? [during(last.value).from, last.id] : null,
  };
}
