// Forms of the records of the fleet: as they are sent, as they are answered, and as a table. Times are texts in and out. Coordinates
// of places are taken, for orders are held against tracks, and not given back: see api/fleet/README.md.
import { z } from 'zod';
import { cardKindTexts, upkeepKindTexts } from '../../core/domain/fleet/accounts/texts.ts';
import type { FenceKind } from '../../core/domain/fleet/findings/fence-kinds.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { FleetKind, FleetValues } from '../../core/registry/fleet-contracts.ts';
import { fleetSchemas } from '../../core/registry/fleet-kinds.ts';
import { type Cell, yesOrNo } from '../http/csv.ts';
import { timeParameter } from '../http/parameters.ts';
import type { TimeText } from '../http/time-text.ts';

export interface RecordForm<Kind extends FleetKind> {
  readonly kind: Kind;
  /** In addresses and file names. */
  readonly path: string;
  /** Of the list in bodies and answers. */
  readonly list: string;
  readonly title: string;
  readonly words: string;
  readonly key: string;
  readonly input: (calendar: Calendar) => z.ZodType<object>;
  readonly answer: z.ZodObject;
  readonly describe: (value: FleetValues[Kind], times: TimeText, masked: boolean) => object;
  readonly columns: readonly RecordColumn<FleetValues[Kind]>[];
}

export interface RecordColumn<Value> {
  readonly heading: Readonly<Record<Language, string>>;
  readonly cell: (value: Value, known: KnownNames, masked: boolean) => Cell;
}

export interface KnownNames {
  readonly plate: (vehicle: string) => string;
  readonly institution: (id: string) => string | null;
  readonly time: (ts: number) => string;
  readonly language: Language;
}

const placeName = z.object({ name: z.string() });
const text = z.string();
const orNull = <S extends z.ZodType>(schema: S) => schema.nullable();
const masked = z.boolean().describe('Its category is one whose places nobody sees.');
const heading = (zh: string, en: string) => ({ 'zh-CN': zh, en });
const named = (place: { readonly name: string } | null) => (place === null ? null : { name: place.name });

const fenceKindTexts: Readonly<Record<FenceKind, Readonly<Record<Language, string>>>> = {
  yard: heading('场院', 'Yard'),
  forbidden: heading('禁入', 'Forbidden'),
  allowed: heading('允许', 'Allowed'),
  region: heading('行政区域', 'Region'),
};

export const orderForm: RecordForm<'order'> = {
  kind: 'order',
  path: 'dispatch-orders',
  list: 'orders',
  title: 'Dispatch orders (派车单)',
  words: 'dispatch orders',
  key: 'The same number of the same institution again takes the place of the one before.',
  input: (calendar) =>
    z.strictObject({
      ...fleetSchemas.order.shape,
      from: timeParameter(calendar, 'When it leaves.'),
      to: timeParameter(calendar, 'When it is back.'),
    }),
  answer: z.object({
    number: text,
    institution: text,
    vehicle: text,
    driver: text,
    purpose: text,
    from: text,
    to: text,
    origin: orNull(placeName),
    destination: orNull(placeName),
    via: z.array(placeName),
    long: z.boolean().describe('Long (长途), as the order says.'),
    masked,
  }),
  describe: ({ from, to, origin, destination, via, ...said }, times, hidden) => ({
    ...said,
    from: times.of(from),
    to: times.of(to),
    origin: hidden ? null : named(origin),
    destination: hidden ? null : named(destination),
    via: hidden ? [] : via.map(({ name }) => ({ name })),
    masked: hidden,
  }),
  columns: [
    { heading: heading('派车单号', 'Number'), cell: ({ number }) => number },
    {
      heading: heading('派车单位', 'Institution'),
      cell: ({ institution }, known) => known.institution(institution),
    },
    { heading: heading('单位编号', 'Id of the institution'), cell: ({ institution }) => institution },
    { heading: heading('车牌号', 'Plate'), cell: ({ vehicle }, known) => known.plate(vehicle) },
    { heading: heading('驾驶人', 'Driver'), cell: ({ driver }) => driver },
    { heading: heading('事由', 'Purpose'), cell: ({ purpose }) => purpose },
    { heading: heading('开始时间', 'From'), cell: ({ from }, known) => known.time(from) },
    { heading: heading('结束时间', 'To'), cell: ({ to }, known) => known.time(to) },
    {
      heading: heading('目的地', 'Destination'),
      cell: ({ destination }, _, hidden) => (hidden ? null : (destination?.name ?? null)),
    },
    { heading: heading('长途', 'Long'), cell: ({ long }, { language }) => yesOrNo(long, language) },
  ],
};

export const fenceForm: RecordForm<'fence'> = {
  kind: 'fence',
  path: 'fences',
  list: 'fences',
  title: 'Fences',
  words: 'fences',
  key: 'The same name of the same institution again takes the place of the one before. Shapes are kept in WGS-84, whatever map they were drawn on (`datum`).',
  input: (calendar) =>
    z.strictObject({
      ...fleetSchemas.fence.in.shape,
      from: timeParameter(calendar, 'From when it holds.'),
      to: timeParameter(calendar, 'Until when; null: until further notice.').nullable().default(null),
    }),
  answer: z.object({
    institution: text,
    name: text,
    kind: text,
    shape: z.unknown().describe('`circle` or `polygon`, WGS-84; corners are [lon, lat].'),
    limitKmh: orNull(z.number()),
    from: text,
    to: orNull(text),
  }),
  describe: ({ from, to, ...said }, times) => ({ ...said, from: times.of(from), to: times.orNull(to) }),
  columns: [
    {
      heading: heading('单位', 'Institution'),
      cell: ({ institution }, known) => known.institution(institution),
    },
    { heading: heading('单位编号', 'Id of the institution'), cell: ({ institution }) => institution },
    { heading: heading('名称', 'Name'), cell: ({ name }) => name },
    { heading: heading('类别', 'Kind'), cell: ({ kind }, { language }) => fenceKindTexts[kind][language] },
    { heading: heading('形状', 'Shape'), cell: ({ shape }) => JSON.stringify(shape) },
    { heading: heading('限速（km/h）', 'Speed limit (km/h)'), cell: ({ limitKmh }) => limitKmh },
    { heading: heading('开始时间', 'From'), cell: ({ from }, known) => known.time(from) },
    { heading: heading('结束时间', 'To'), cell: ({ to }, known) => (to === null ? null : known.time(to)) },
  ],
};

export const sealForm: RecordForm<'seal'> = {
  kind: 'seal',
  path: 'seals',
  list: 'seals',
  title: 'Seals for holidays (封存)',
  words: 'seals',
  key: 'The same car and beginning again takes the place of the one before.',
  input: (calendar) =>
    z.strictObject({
      ...fleetSchemas.seal.shape,
      from: timeParameter(calendar, 'From when it is sealed.'),
      to: timeParameter(calendar, 'Until when.'),
    }),
  answer: z.object({
    holiday: text,
    vehicle: text,
    from: text,
    to: text,
    place: orNull(text),
    keyKeeper: text,
    dutyExempt: z.boolean(),
    note: text,
    masked,
  }),
  describe: ({ from, to, place, ...said }, times, hidden) => ({
    ...said,
    from: times.of(from),
    to: times.of(to),
    place: hidden ? null : place,
    masked: hidden,
  }),
  columns: [
    { heading: heading('节假日', 'Holiday'), cell: ({ holiday }) => holiday },
    { heading: heading('车牌号', 'Plate'), cell: ({ vehicle }, known) => known.plate(vehicle) },
    { heading: heading('封存开始', 'From'), cell: ({ from }, known) => known.time(from) },
    { heading: heading('封存结束', 'To'), cell: ({ to }, known) => known.time(to) },
    { heading: heading('封存地点', 'Place'), cell: ({ place }, _, hidden) => (hidden ? null : place) },
    { heading: heading('钥匙保管人', 'Key keeper'), cell: ({ keyKeeper }) => keyKeeper },
    {
      heading: heading('值班备勤', 'On duty'),
      cell: ({ dutyExempt }, { language }) => yesOrNo(dutyExempt, language),
    },
    { heading: heading('说明', 'Note'), cell: ({ note }) => note },
  ],
};

export const cardForm: RecordForm<'card'> = {
  kind: 'card',
  path: 'card-entries',
  list: 'cards',
  title: 'Entries of fuel and charging cards',
  words: 'card entries',
  key: 'The same card, time and document again takes the place of the one before.',
  input: (calendar) =>
    z.strictObject({
      ...fleetSchemas.card.shape,
      ts: timeParameter(calendar, 'When it was paid.'),
    }),
  answer: z.object({
    card: text,
    vehicle: text,
    kind: z.enum(['fuel', 'charging']),
    ts: text,
    quantity: z.number().describe('Litres of fuel, kWh of charging.'),
    amountCny: z.number(),
    fullTank: orNull(z.boolean()),
    station: orNull(text),
    odometerKm: orNull(z.number()),
    onSite: z.boolean().describe("At a pile of our own: it is in the building's bill."),
    document: text,
    masked,
  }),
  describe: ({ ts, lat, lon, station, ...said }, times, hidden) => ({
    ...said,
    ts: times.of(ts),
    station: hidden ? null : station,
    masked: hidden,
  }),
  columns: [
    { heading: heading('卡号', 'Card'), cell: ({ card }) => card },
    { heading: heading('车牌号', 'Plate'), cell: ({ vehicle }, known) => known.plate(vehicle) },
    { heading: heading('类别', 'Kind'), cell: ({ kind }, { language }) => cardKindTexts[kind][language] },
    { heading: heading('时间', 'Time'), cell: ({ ts }, known) => known.time(ts) },
    { heading: heading('数量（升、千瓦时）', 'Quantity (L, kWh)'), cell: ({ quantity }) => quantity },
    { heading: heading('金额（元）', 'Amount (CNY)'), cell: ({ amountCny }) => amountCny },
    { heading: heading('加满', 'Full'), cell: ({ fullTank }, { language }) => yesOrNo(fullTank, language) },
    { heading: heading('站点', 'Station'), cell: ({ station }, _, hidden) => (hidden ? null : station) },
    { heading: heading('里程表（公里）', 'Odometer (km)'), cell: ({ odometerKm }) => odometerKm },
    {
      heading: heading('自有充电桩', 'Own pile'),
      cell: ({ onSite }, { language }) => yesOrNo(onSite, language),
    },
    { heading: heading('单据号', 'Document'), cell: ({ document }) => document },
  ],
};

export const upkeepForm: RecordForm<'upkeep'> = {
  kind: 'upkeep',
  path: 'upkeep',
  list: 'upkeep',
  title: 'Upkeep: repair, insurance, inspection, tolls',
  words: 'upkeep entries',
  key: 'The same car, kind, time and document again takes the place of the one before.',
  input: (calendar) =>
    z.strictObject({ ...fleetSchemas.upkeep.shape, at: timeParameter(calendar, 'When it was paid.') }),
  answer: z.object({
    kind: text,
    vehicle: text,
    at: text,
    amountCny: z.number(),
    workshop: orNull(text),
    designated: orNull(z.boolean()).describe('At a designated workshop (定点维修); null: not told.'),
    dueOn: orNull(text).describe('The last day on which insurance or inspection holds.'),
    odometerKm: orNull(z.number()),
    document: text,
  }),
  describe: ({ at, ...said }, times) => ({ ...said, at: times.of(at) }),
  columns: [
    { heading: heading('类别', 'Kind'), cell: ({ kind }, { language }) => upkeepKindTexts[kind][language] },
    { heading: heading('车牌号', 'Plate'), cell: ({ vehicle }, known) => known.plate(vehicle) },
    { heading: heading('时间', 'Time'), cell: ({ at }, known) => known.time(at) },
    { heading: heading('金额（元）', 'Amount (CNY)'), cell: ({ amountCny }) => amountCny },
    { heading: heading('维修单位', 'Workshop'), cell: ({ workshop }) => workshop },
    {
      heading: heading('定点', 'Designated'),
      cell: ({ designated }, { language }) => yesOrNo(designated, language),
    },
    { heading: heading('有效期至', 'Due on'), cell: ({ dueOn }) => dueOn },
    { heading: heading('里程表（公里）', 'Odometer (km)'), cell: ({ odometerKm }) => odometerKm },
    { heading: heading('单据号', 'Document'), cell: ({ document }) => document },
  ],
};
