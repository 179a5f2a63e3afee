// GET /vehicle-findings and /vehicle-findings/counts: what is to be looked at, and with `places=true` where it was.
import { z } from 'zod';
import { tellsPlace } from '../../core/domain/fleet/findings/place-kinds.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { TrackFinding } from '../../core/registry/track-contracts.ts';
import { covers } from '../auth/access.ts';
import { countsOf } from '../fleet/finding-counts.ts';
import {
  countColumns,
  countsSchema,
  type FindingText,
  findingColumns,
  findingsSchema,
  kindsParameter,
} from '../fleet/finding-forms.ts';
import { findingKindNames, findingWords, peakUnit, whereNames } from '../fleet/finding-texts.ts';
import {
  asksPlaces,
  datumParameter,
  institutionParameter,
  placesParameters,
  purposeOf,
  reachWithin,
  requireVehicle,
  vehicleParameter,
  yes,
} from '../fleet/forms.ts';
import { findingPage, type Owned } from '../fleet/found.ts';
import { type Look, placeAt, recordLook, seesPlace } from '../fleet/place-looks.ts';
import { orderNumbers, tableNames } from '../fleet/table-names.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy } from '../http/numbers.ts';
import { cursorParameter, encodeCursor, limitParameter, timeParameter } from '../http/parameters.ts';
import { wordOf } from '../http/words.ts';
import { requireOrder } from '../queries/range.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

export function addVehicleFindingRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, sight, directory, calendar, times, language } = context;
  const range = {
    from: timeParameter(calendar, 'First moment.'),
    to: timeParameter(calendar, 'End, not part of the range.'),
  };

  app.get(
    `${prefix}/vehicle-findings`,
    {
      config: {
        access: {
          permission: 'vehicles:read',
          more: {
            permission: 'positions:read',
            when: ({ query }) => asksPlaces(query),
            words: 'with places',
          },
          scope: 'filtered',
        },
      },
      schema: {
        tags: [tags.vehicles],
        summary: 'Findings of cars',
        description:
          'What is to be looked at: speeding, fences, working time, seals, dispatch orders and so on, those that touch the range, by the time ' +
          'of the start. Each with its evidence; with `places=true` also where: that takes `purpose`, and is written to the audit log. ' +
          'With `Accept: text/csv` the page comes as a table; the cursor then stands in the header `x-next-cursor`.',
        querystring: z.strictObject({
          institution: institutionParameter,
          vehicle: vehicleParameter,
          kind: kindsParameter,
          ...range,
          noted: yes('Also what happened, but was allowed, and what nobody can say of sealed cars.'),
          ...placesParameters,
          datum: datumParameter,
          limit: limitParameter({ max: 1_000, default: 200 }),
          cursor: cursorParameter(z.tuple([z.int(), z.string(), z.string(), z.string()])),
        }),
        response: { 200: jsonOrCsv('A page.', findingsSchema, z.string().describe('one finding a line')) },
      },
    },
    async (request, reply) => {
      const { institution, vehicle, kind, from, to, datum, limit, cursor } = request.query;
      const purpose = purposeOf(request.query);
      requireOrder(from, to, calendar);
      const reach = await reachWithin(request.reach, institution, directory);
      const index = await sight.index();
      if (vehicle !== undefined) requireVehicle(index, reach, vehicle, from, to);
      const noted = request.query.noted === 'true';
      const question = { reach, vehicle, from, to, limit, after: cursor, kinds: kind, noted };
      const page = await findingPage(registry, index, question);
      const asTable = wantsCsv(request);
      const spoken = languageOf(request, language);
      const look: Look = { index, reach, datum, purpose };
      const shown = page.rows.filter((row) => !index.isMasked(row.vehicle, row.row.start));
      const action = asTable ? 'export' : 'findings';
      await recordLook(registry, request.caller, look, { action, rows: shown, institution, from, to });
      const names = await whereNames(
        registry,
        shown.map(({ row }) => row),
      );
      const findings = page.rows.map((row) => findingText(look, row, names, spoken));
      const next = page.next === null ? null : encodeCursor([...page.next]);
      if (asTable) {
        if (next !== null) reply.header('x-next-cursor', next);
        const { institution: nameOf } = await tableNames(directory, index, request.reach);
        const ids = findings.flatMap(({ orders }) => orders);
        const numbers = await orderNumbers(registry, index, request.reach, ids);
        const rows = findings.map((finding) => ({
          ...finding,
          institutionName: nameOf(finding.institution),
          numbers: finding.orders.flatMap((id) => numbers.get(id) ?? []),
        }));
        return sendCsv(reply, 'vehicle-findings', csv(findingColumns, rows, spoken));
      }
      return { findings, next };
    },
  );

  app.get(
    `${prefix}/vehicle-findings/counts`,
    {
      config: { access: { permission: 'vehicles:read', scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Numbers of findings',
        description:
          'How many findings began in the range, by institution (of the car at that time) and kind; what was allowed is not counted. ' +
          'Institutions without findings are left out.',
        querystring: z.strictObject({ institution: institutionParameter, ...range }),
        response: { 200: jsonOrCsv('The numbers.', countsSchema, z.string().describe('one number a line')) },
      },
    },
    async (request, reply) => {
      const { institution, from, to } = request.query;
      requireOrder(from, to, calendar);
      const reach = await reachWithin(request.reach, institution, directory);
      const [index, { institutions }] = await Promise.all([sight.index(), directory.page()]);
      const spoken = languageOf(request, language);
      const counted = await countsOf(registry, index, from, to);
      const rows = [...counted]
        .filter(([id]) => covers(reach, id))
        .map(([id, { kinds, vehicles }]) => ({
          institution: id,
          name: institutions.get(id)?.name ?? null,
          vehicles: vehicles.size,
          total: [...kinds.values()].reduce((sum, count) => sum + count, 0),
          kinds: findingKindNames.flatMap((name) => {
            const count = kinds.get(name);
            return count === undefined ? [] : [{ kind: wordOf(findingWords, name, spoken), count }];
          }),
        }))
        .sort((a, b) => (a.institution < b.institution ? -1 : 1));
      if (wantsCsv(request)) {
        const flat = rows.flatMap(({ kinds, ...row }) => kinds.map((each) => ({ ...row, ...each })));
        return sendCsv(reply, 'vehicle-finding-counts', csv(countColumns, flat, spoken));
      }
      return { from: times.of(from), to: times.of(to), institutions: rows };
    },
  );

  function findingText(
    look: Look,
    { row, vehicle, institution }: Owned<TrackFinding>,
    names: ReadonlyMap<string, string>,
    spoken: Language,
  ): FindingText {
    const { id, kind, start, end, open, noted, peak, limit, where, orders, evidence, terminal } = row;
    const masked = look.index.isMasked(vehicle, start);
    // What a car is held against, and by how many metres it missed it, says where it was.
    const hides = tellsPlace(kind) && !seesPlace(look, vehicle, terminal, start);
    return {
      id,
      vehicle,
      plate: look.index.cars.get(vehicle)?.plate ?? null,
      institution,
      masked,
      kind: wordOf(findingWords, kind, spoken),
      start: times.of(start),
      end: times.of(end),
      open,
      noted,
      peak: hides ? null : tidy(Math.round(peak * 100) / 100),
      limit: hides ? null : tidy(limit),
      unit: peakUnit(kind),
      where: where === undefined || masked || hides ? null : { id: where, name: names.get(where) ?? where },
      orders: [...orders],
      evidence: evidence.map(({ ts, speedKmh, ...place }) => ({
        ts: times.of(ts),
        speedKmh: tidy(speedKmh),
        place: placeAt(look, vehicle, terminal, ts, place),
      })),
    };
  }
}
