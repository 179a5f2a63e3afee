// What records of the fleet are made of: a schema each, the key by which one takes another's place, whose it is, and when.
import { z } from 'zod';
import { cardKinds, upkeepKinds } from '../domain/fleet/accounts/model.ts';
import { datums, toWgs84 } from '../domain/fleet/datum.ts';
import { fenceKinds } from '../domain/fleet/findings/fence-kinds.ts';
import { type OutlineFault, outlineFault, tidyOutline } from '../domain/fleet/findings/outline.ts';
import { saying } from '../domain/issues.ts';
import type { Message } from '../domain/message.ts';
import { limits } from '../domain/telemetry.ts';
import type { FleetKind, FleetValues } from './fleet-contracts.ts';
import { farFuture } from './marks.ts';
import { sayOfLedgers } from './words/ledgers.ts';

const words = (most: number) => z.string().trim().min(1).max(most);
const id = words(64);
/** 1990 to 2100: what lies beyond is a slip of the pen. */
const time = z.number().int().min(limits.earliestTs).max(4_102_444_800_000);
const lat = z.number().min(-90).max(90);
const lon = z.number().min(-180).max(180);
const cny = z.number().min(0).max(1e9);
const document = z.string().trim().max(200).default('');
const odometerKm = z.number().min(0).max(1e7).nullable().default(null);
const date = z.iso.date('expected a date, such as 2026-10-01').nullable().default(null);

const place = z
  .strictObject({ name: words(200), lat: lat.nullish(), lon: lon.nullish() })
  .refine(
    (said) => ((said.lat ?? null) === null) === ((said.lon ?? null) === null),
    saying(sayOfLedgers('record.half-place')),
  );

function inOrder<T extends { from: number; to: number }>(
  said: T,
  context: z.RefinementCtx,
  mostDays: number,
) {
  if (said.to <= said.from)
    context.addIssue({ code: 'custom', path: ['to'], ...saying(sayOfLedgers('record.ends-first')) });
  else if (said.to - said.from > mostDays * 86_400_000) {
    const message = sayOfLedgers('record.too-long', { days: mostDays });
    context.addIssue({ code: 'custom', path: ['to'], ...saying(message) });
  }
}

const orderSchema = z
  .strictObject({
    number: words(100),
    institution: id,
    vehicle: id,
    driver: words(100),
    purpose: words(500),
    from: time,
    to: time,
    origin: place.nullable().default(null),
    destination: place.nullable().default(null),
    via: z.array(place).max(50).default([]),
    long: z.boolean().default(false),
  })
  .superRefine((said, context) => inOrder(said, context, 100));

const corner = z.tuple([lon, lat]);
const shape = z.union([
  z.strictObject({
    circle: z.strictObject({ lat, lon, radiusM: z.number().min(20).max(200_000) }),
  }),
  z.strictObject({ polygon: z.array(corner).max(2_000) }),
]);

/** Drawn on the map of a datum; kept in WGS-84. */
const fenceSchema = z
  .strictObject({
    institution: id,
    name: words(200),
    kind: z.enum(fenceKinds),
    shape,
    datum: z.enum(datums).default('wgs84'),
    limitKmh: z.number().min(5).max(200).nullable().default(null),
    from: time,
    to: time.nullable().default(null),
  })
  .superRefine(({ from, to, shape: drawn }, context) => {
    if (to !== null && to <= from)
      context.addIssue({ code: 'custom', path: ['to'], ...saying(sayOfLedgers('record.ends-first')) });
    const fault = 'polygon' in drawn ? outlineFault(drawn.polygon) : undefined;
    if (fault !== undefined)
      context.addIssue({ code: 'custom', path: ['shape', 'polygon'], ...saying(outlineWords(fault)) });
  })
  .transform(({ datum, shape: drawn, ...said }) => ({ ...said, shape: inWgs84(datum, drawn) }));

function outlineWords(fault: OutlineFault): Message {
  if (fault.fault === 'few') return sayOfLedgers('outline.few', { distinct: fault.distinct });
  if (fault.fault === 'flat') return sayOfLedgers('outline.flat', { squareM: fault.squareM.toFixed(2) });
  const [[a, b], [c, d]] = [fault.one, fault.other];
  return sayOfLedgers('outline.crossed', { a, b, c, d });
}

function inWgs84(
  datum: (typeof datums)[number],
  drawn: z.infer<typeof shape>,
): FleetValues['fence']['shape'] {
  if ('circle' in drawn) {
    const { radiusM } = drawn.circle;
    return { circle: { ...toWgs84(datum, drawn.circle.lat, drawn.circle.lon), radiusM } };
  }
  const corners = tidyOutline(drawn.polygon).map(([x, y]) => {
    const moved = toWgs84(datum, y, x);
    return [moved.lon, moved.lat] as const;
  });
  return { polygon: corners };
}

const sealSchema = z
  .strictObject({
    holiday: words(100),
    vehicle: id,
    from: time,
    to: time,
    place: words(200),
    keyKeeper: words(100),
    dutyExempt: z.boolean().default(false),
    note: z.string().trim().max(500).default(''),
  })
  .superRefine((said, context) => {
    inOrder(said, context, 60);
    if (said.dutyExempt && said.note === '')
      context.addIssue({ code: 'custom', path: ['note'], ...saying(sayOfLedgers('record.no-reason')) });
  });

const cardSchema = z
  .strictObject({
    card: words(64),
    vehicle: id,
    kind: z.enum(cardKinds),
    ts: time,
    quantity: z.number().positive().max(10_000),
    amountCny: cny,
    fullTank: z.boolean().nullable().default(null),
    station: words(200).nullable().default(null),
    lat: lat.nullable().default(null),
    lon: lon.nullable().default(null),
    odometerKm,
    onSite: z.boolean().default(false),
    document,
  })
  .superRefine((said, context) => {
    if ((said.lat === null) !== (said.lon === null))
      context.addIssue({ code: 'custom', path: ['lat'], ...saying(sayOfLedgers('record.half-place')) });
    if (said.onSite && said.kind === 'fuel')
      context.addIssue({ code: 'custom', path: ['onSite'], ...saying(sayOfLedgers('record.fuel-on-site')) });
  });

const upkeepSchema = z.strictObject({
  kind: z.enum(upkeepKinds),
  vehicle: id,
  at: time,
  amountCny: cny,
  workshop: words(200).nullable().default(null),
  designated: z.boolean().nullable().default(null),
  dueOn: date,
  odometerKm,
  document,
});

/** How a kind of record is kept. */
export interface KindRules<Kind extends FleetKind> {
  readonly schema: z.ZodType<FleetValues[Kind]>;
  readonly name: string;
  /** Two with the same key are the same record. */
  readonly key: (value: FleetValues[Kind]) => string;
  readonly vehicle: (value: FleetValues[Kind]) => string | null;
  readonly institution: (value: FleetValues[Kind]) => string | null;
  /** [from, to) that it is about. */
  readonly during: (value: FleetValues[Kind]) => { readonly from: number; readonly to: number };
}

/** Parts of keys are apart by what no part holds. */
const keyOf = (...parts: readonly (string | number)[]) => JSON.stringify(parts);

export const fleetKinds: { readonly [Kind in FleetKind]: KindRules<Kind> } = {
  order: {
    schema: orderSchema,
    name: 'dispatch order',
    key: ({ institution, number }) => keyOf(institution, number),
    vehicle: ({ vehicle }) => vehicle,
    institution: ({ institution }) => institution,
    during: ({ from, to }) => ({ from, to }),
  },
  fence: {
    schema: fenceSchema,
    name: 'fence',
    key: ({ institution, name }) => keyOf(institution, name),
    vehicle: () => null,
    institution: ({ institution }) => institution,
    during: ({ from, to }) => ({ from, to: to ?? farFuture }),
  },
  seal: {
    schema: sealSchema,
    name: 'seal',
    key: ({ vehicle, from }) => keyOf(vehicle, from),
    vehicle: ({ vehicle }) => vehicle,
    institution: () => null,
    during: ({ from, to }) => ({ from, to }),
  },
  card: {
    schema: cardSchema,
    name: 'card entry',
    key: ({ card, ts, document: of }) => keyOf(card, ts, of),
    vehicle: ({ vehicle }) => vehicle,
    institution: () => null,
    during: ({ ts }) => ({ from: ts, to: ts + 1 }),
  },
  upkeep: {
    schema: upkeepSchema,
    name: 'upkeep entry',
    key: ({ vehicle, kind, at, document: of }) => keyOf(vehicle, kind, at, of),
    vehicle: ({ vehicle }) => vehicle,
    institution: () => null,
    during: ({ at }) => ({ from: at, to: at + 1 }),
  },
};

/** The form in which a record is sent, by kind: what routes and files read. */
export const fleetSchemas = {
  order: orderSchema,
  fence: fenceSchema,
  seal: sealSchema,
  card: cardSchema,
  upkeep: upkeepSchema,
} as const;
