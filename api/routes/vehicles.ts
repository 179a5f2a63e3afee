// GET /vehicles and /vehicles/{id}: official cars as of a time; GET and POST of what is said of them. POST /vehicles: entities.ts.
import { z } from 'zod';
import {
  disposalTitles,
  powertrainNames,
  powertrains,
  vehicleCategories,
  vehicleCategoryNames,
  vehicleClasses,
  vehicleClassNames,
} from '../../core/domain/fleet/vehicles.ts';
import type { Language } from '../../core/domain/texts.ts';
import { vehicleAttributes } from '../../core/registry/attributes/vehicle.ts';
import type { Vehicle } from '../../core/registry/fleet-contracts.ts';
import { covers } from '../auth/access.ts';
import { institutionParameter, notFoundVehicle, reachWithin, requireVehicle } from '../fleet/forms.ts';
import { institutionId, type TableNames, tableNames } from '../fleet/table-names.ts';
import { json, jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv, yesOrNo } from '../http/csv.ts';
import {
  cursorParameter,
  encodeCursor,
  entityIdParameter,
  limitParameter,
  timeParameter,
} from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { changedSchema, describeFact, factInput, factQuestion, factSchema } from './facts.ts';
import { authorOf, listBodyBytes, mostRows, permitOf, reasonField, writeTimeoutMs } from './writing.ts';

const nullableText = z.string().nullable();
const vehicleSchema = z
  .object({
    id: z.string(),
    plate: z.string(),
    name: nullableText,
    institution: nullableText,
    terminal: nullableText.describe('The terminal in it, `agent/terminal`.'),
    category: z.enum(vehicleCategoryNames).describe('Of the permitted number (编制类别).'),
    vehicleClass: z.enum(vehicleClassNames),
    powertrain: z.enum(powertrainNames),
    tankL: z.number().nullable(),
    batteryKwh: z.number().nullable(),
    limitKmh: z.number().nullable().describe('Its own; null: that of the configuration.'),
    purchasedOn: nullableText,
    priceCny: z.number().nullable(),
    replaces: nullableText.describe('The car it was bought in place of.'),
    leased: z.boolean(),
    disposedOn: nullableText.describe('The first day without it.'),
    disposal: nullableText,
    publicationExempt: z.boolean().describe('Left out of the publication whatever its category.'),
  })
  .meta({
    id: 'Vehicle',
    examples: [
      {
        id: '01JABCDEF0123456789ABCDEFG',
        plate: '浙C12345',
        name: null,
        institution: '01JBCDEFG0123456789ABCDEFH',
        terminal: 'cars/13800000001',
        category: 'emergency',
        vehicleClass: 'suv',
        powertrain: 'petrol',
        tankL: 60,
        batteryKwh: null,
        limitKmh: null,
        purchasedOn: '2019-05-20',
        priceCny: 178_000,
        replaces: null,
        leased: false,
        disposedOn: null,
        disposal: null,
        publicationExempt: false,
      },
    ],
  });

export function addVehicleRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, directory, clock, times, sight, language } = context;
  const at = timeParameter(calendar, 'As of this time; left out: now.').optional();

  app.get(
    `${prefix}/vehicles`,
    {
      config: { access: { permission: 'vehicles:read', scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Official vehicles',
        description:
          "The cars of the institutions that the key's grants cover, as of a time, by id, a page at a time; as CSV where `Accept` " +
          'prefers `text/csv`, with `next` in the header `x-next-cursor`. Whose a car was then decides; institutions lie below each other as they do today.',
        querystring: z.strictObject({
          at,
          institution: institutionParameter,
          category: z.enum(vehicleCategoryNames).optional().meta({ description: 'Only this category.' }),
          vehicleClass: z.enum(vehicleClassNames).optional().meta({ description: 'Only this class.' }),
          powertrain: z.enum(powertrainNames).optional().meta({ description: 'Only this kind of drive.' }),
          inService: z
            .enum(['true', 'false'])
            .optional()
            .meta({ description: 'Only cars that are there (bought and not disposed of), or only others.' }),
          limit: limitParameter({ max: 5_000, default: 500 }),
          cursor: cursorParameter(z.tuple([z.string()])),
        }),
        response: {
          200: jsonOrCsv(
            'A page.',
            z.object({ vehicles: z.array(vehicleSchema), next: z.string().nullable() }),
            z.string().describe('The same rows under headings.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { at: asked, institution, inService, limit, cursor, ...only } = request.query;
      const reach = await reachWithin(request.reach, institution, directory);
      const when = asked ?? clock.now();
      const date = calendar.format(when).slice(0, 10);
      const all = (await registry.fleet.vehicles.list(when)).filter(
        (car) =>
          covers(reach, car.institution) &&
          (only.category === undefined || car.category === only.category) &&
          (only.vehicleClass === undefined || car.vehicleClass === only.vehicleClass) &&
          (only.powertrain === undefined || car.powertrain === only.powertrain) &&
          (inService === undefined || String(isThere(car, date)) === inService),
      );
      const rest = cursor === undefined ? all : all.filter(({ id }) => id > cursor[0]);
      const vehicles = rest.slice(0, limit);
      const last = vehicles.at(-1);
      const next = rest.length > limit && last ? encodeCursor([last.id]) : null;
      if (!wantsCsv(request)) return { vehicles, next };
      const columns = columnsOf(await tableNames(directory, await sight.index(), request.reach));
      if (next !== null) reply.header('x-next-cursor', next);
      return sendCsv(reply, 'vehicles', csv(columns, vehicles, languageOf(request, language)));
    },
  );

  const carPath = z.object({ id: entityIdParameter('The car.') });

  app.get(
    `${prefix}/vehicles/:id`,
    {
      config: { access: { permission: 'vehicles:read', scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'One vehicle',
        description: 'A car as of a time, for whoever covers the institution that it belonged to then.',
        params: carPath,
        querystring: z.strictObject({ at }),
        response: { 200: json('The car.', vehicleSchema) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const when = request.query.at ?? clock.now();
      const car = await registry.fleet.vehicles.get(id, when);
      if (car === undefined || !covers(request.reach, car.institution)) throw notFoundVehicle(id);
      return car;
    },
  );

  app.get(
    `${prefix}/vehicles/:id/facts`,
    {
      config: { access: { permission: 'vehicles:read', scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'What is said of a vehicle',
        description:
          'By attribute and date, as /facts does of all else; with `history` the entries that others replaced too.',
        params: carPath,
        querystring: z.strictObject(factQuestion),
        response: {
          200: json('By attribute, date and time of record.', z.object({ facts: z.array(factSchema) })),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { attribute, history } = request.query;
      const now = clock.now();
      requireVehicle(await sight.index(), request.reach, id, now, now + 1);
      const only = attribute === undefined ? {} : { attribute };
      const facts = await registry.facts.history(id, { ...only, superseded: history === 'true' });
      return { facts: facts.map((fact) => describeFact(fact, times)) };
    },
  );

  app.post(
    `${prefix}/vehicles/facts`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'vehicles:write', scope: 'rows' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Record facts of vehicles',
        description:
          'All or none, by the rules of /facts, for vehicles alone. A car that moves to another institution, a terminal that moves to ' +
          `another car: each is a fact with its date. There are ${Object.keys(vehicleAttributes).join(', ')}.`,
        body: z.strictObject({
          reason: reasonField,
          facts: z.array(factInput(calendar)).min(1).max(mostRows),
        }),
        response: { 200: json('Recorded.', changedSchema) },
      },
    },
    async (request) => {
      const { reason, facts } = request.body;
      const batch = { creating: [], facts, definitions: [], bills: [], reports: [] };
      const outcome = await registry.batches.record(batch, authorOf(request, reason), {
        permit: permitOf(request, 'vehicles:write'),
      });
      return { changed: [...outcome.facts] };
    },
  );
}

function isThere({ purchasedOn, disposedOn }: Vehicle, date: string): boolean {
  return (purchasedOn === null || purchasedOn <= date) && (disposedOn === null || disposedOn > date);
}

function columnsOf(names: TableNames): Column<Vehicle>[] {
  const said = (name: keyof typeof vehicleAttributes) => {
    const { zh, en } = vehicleAttributes[name];
    return { heading: { 'zh-CN': zh, en }, cell: (car: Vehicle) => car[name] };
  };
  const word = <N extends keyof typeof tables>(name: N): Column<Vehicle> => ({
    ...said(name),
    cell: (car, language) => wordIn(tables[name], car[name], language),
  });
  const flag = (name: 'leased' | 'publicationExempt'): Column<Vehicle> => ({
    ...said(name),
    cell: (car, language) => yesOrNo(car[name], language),
  });
  return [
    { heading: { 'zh-CN': '编号', en: 'Id' }, cell: ({ id }) => id },
    said('plate'),
    said('name'),
    { ...said('institution'), cell: ({ institution }) => names.institution(institution) },
    institutionId(({ institution }) => institution),
    said('terminal'),
    word('category'),
    word('vehicleClass'),
    word('powertrain'),
    said('tankL'),
    said('batteryKwh'),
    said('limitKmh'),
    said('purchasedOn'),
    said('priceCny'),
    { ...said('replaces'), cell: ({ replaces }) => names.plate(replaces) },
    flag('leased'),
    said('disposedOn'),
    {
      ...said('disposal'),
      cell: ({ disposal }, language) =>
        disposal === null ? null : wordIn(disposalTitles, disposal, language),
    },
    flag('publicationExempt'),
  ];
}

const tables = { category: vehicleCategories, vehicleClass: vehicleClasses, powertrain: powertrains };

function wordIn(
  table: Readonly<Record<string, Readonly<Record<Language, string>>>>,
  name: string,
  language: Language,
): string {
  return table[name]?.[language] ?? name;
}
