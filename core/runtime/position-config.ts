// What the sources `mqtt` and `position-file` are told: where in a message or row things stand, and in which unit.
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { datums } from '../domain/fleet/datum.ts';
import { saying } from '../domain/issues.ts';
import { pointPattern } from '../domain/topics.ts';
import { quantityNames } from '../domain/units.ts';
import { sayOfConfig } from './config-words.ts';
import { checkMqttSource, checkPositionFileSource } from './position-checks.ts';

export const speedUnits = ['km/h', 'm/s', 'knots'] as const;
export type SpeedUnit = (typeof speedUnits)[number];
export const lengthUnits = ['km', 'm'] as const;
export type LengthUnit = (typeof lengthUnits)[number];

const zone = z
  .string()
  .refine((name) => IANAZone.isValidZone(name), saying(sayOfConfig('source.a-zone')))
  .default('Asia/Shanghai');
const datum = z.enum(datums).default('wgs84').describe('what the coordinates are in; sent as WGS-84');
/** Where a value stands: a path in a message, a column of a file. */
const place = z.string().min(1).max(200);
const word = z.union([z.string(), z.number(), z.boolean()]);
/** What is said for "on"; with `off`, what is neither is a fault, without, it is off. */
const words = { on: z.array(word).min(1), off: z.array(word).min(1).optional() };
/** What devices are called there → point. With such a list, others are faults. */
const points = z.record(z.string().min(1), z.string().regex(pointPattern)).optional();

const messageTime = z.strictObject({
  field: place,
  as: z.enum(['iso', 'epoch-s', 'epoch-ms']).default('iso'),
  /** Of texts without an offset. */
  zone,
});
const topicEntry = {
  /** MQTT levels, of which `{name}` is any one and has a name here: `cars/{vehicle}/gps`. */
  topic: z.string().min(1).max(500),
  /** Path of an array with a row in each element; paths below begin there, or with `$.` at the message. */
  items: place.optional(),
  /** Where the point's name stands in the message, instead of in the topic. */
  pointField: place.optional(),
  points,
  /** Left out: the time of arrival. */
  time: messageTime.optional(),
};
const template = z.string().min(1).max(200);

export const mqttTopicSchema = z.discriminatedUnion('for', [
  z.strictObject({
    for: z.literal('positions'),
    ...topicEntry,
    point: template.default('{vehicle}'),
    lat: place,
    lon: place,
    datum,
    speed: z.strictObject({ field: place, unit: z.enum(speedUnits).default('km/h') }).optional(),
    course: place.optional(),
    odometer: z.strictObject({ field: place, unit: z.enum(lengthUnits).default('km') }).optional(),
    ignition: z.strictObject({ field: place, ...words }).optional(),
    fix: z.strictObject({ field: place, ...words }).optional(),
    altitude: place.optional(),
    satellites: place.optional(),
    fuel: place.optional().describe('litres in the tank'),
  }),
  z.strictObject({
    for: z.literal('readings'),
    ...topicEntry,
    point: template.default('{point}'),
    /** The value sent is what stands there × factor + offset. */
    quantities: z
      .array(
        z.strictObject({
          field: place,
          quantity: z.enum(quantityNames),
          factor: z.number().default(1),
          offset: z.number().default(0),
          /** Another point than the entry's, from the topic's names and `{point}`. */
          point: template.optional(),
        }),
      )
      .min(1),
  }),
]);
export type MqttTopic = z.infer<typeof mqttTopicSchema>;
export type MqttPositions = Extract<MqttTopic, { for: 'positions' }>;
export type MqttReadings = Extract<MqttTopic, { for: 'readings' }>;

export const mqttSourceSchema = z
  .strictObject({
    type: z.literal('mqtt'),
    name: z.string().min(1),
    url: z.string().refine((url) => /^(mqtts?|wss?):\/\//.test(url), saying(sayOfConfig('mqtt.broker'))),
    username: z.string().optional(),
    /** Its first line is the password. */
    passwordFile: z.string().optional(),
    /** Path of the certificate (PEM) that the broker's is signed with. */
    ca: z.string().optional(),
    /** Under this the broker keeps what arrives while we are away; default: jieyue- and the name. */
    clientId: z.string().min(1).max(64).optional(),
    topics: z.array(mqttTopicSchema).min(1),
  })
  .superRefine(checkMqttSource);
export type MqttSourceConfig = z.infer<typeof mqttSourceSchema>;

export const positionFileSchema = z
  .strictObject({
    type: z.literal('position-file'),
    name: z.string().min(1),
    /** A CSV file, plain or .gz, a workbook (.xlsx), or a folder of them. */
    path: z.string().min(1),
    /** Of workbooks; left out: the first that is shown. */
    sheet: z.string().min(1).max(100).optional(),
    encoding: z.enum(['auto', 'utf-8', 'gbk']).default('auto'),
    delimiter: z.string().length(1).default(','),
    time: z.strictObject({
      /** One column, or one of dates and one of times of day. */
      column: z.union([place, z.tuple([place, place])]),
      /** `auto`, `epoch-s`, or letters as in `dd/MM/yyyy HH:mm:ss` (Luxon's tokens). */
      format: z.string().min(1).max(60).default('auto'),
      zone,
    }),
    /** Exactly one: the column of plates or devices, one point for all rows, or the file's name such as `{vehicle}_*.csv`. */
    vehicle: z.strictObject({
      column: place.optional(),
      point: z.string().regex(pointPattern).optional(),
      fileName: place.optional(),
    }),
    points,
    lat: place,
    lon: place,
    datum,
    speed: z.strictObject({ column: place, unit: z.enum(speedUnits).default('km/h') }).optional(),
    course: place.optional(),
    odometer: z.strictObject({ column: place, unit: z.enum(lengthUnits).default('km') }).optional(),
    ignition: z.strictObject({ column: place, ...words }).optional(),
    fix: z.strictObject({ column: place, ...words }).optional(),
    altitude: place.optional(),
    satellites: place.optional(),
    fuel: place.optional().describe('litres in the tank'),
    /** Where it is written down how far each file was read; default: under home. */
    progress: z.string().min(1).optional(),
  })
  .superRefine(checkPositionFileSource);
export type PositionFileConfig = z.infer<typeof positionFileSchema>;
