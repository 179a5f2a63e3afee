// What facts there are: one table of attributes by kind of entity. Validation, marks and texts derive from it.
import { z } from 'zod';
import { itemNames } from '../domain/energy/items.ts';
import type { Calendar } from '../domain/time.ts';
import { quantityEntry, quantityNames } from '../domain/units.ts';

export const entityKinds = ['institution', 'building', 'point'] as const;
export type EntityKind = (typeof entityKinds)[number];

export interface Attribute {
  readonly schema: z.ZodType;
  /** The curve of a point depends on it: a change writes a dirty mark. */
  readonly affectsCurve: boolean;
  /** The curve takes the first entry to hold before its date too: a change of it marks all that lies before. */
  readonly firstReachesBack?: boolean;
  /** The value is the id of an entity of this kind, or `null`. Of the own kind: a tree, which may not contain itself. */
  readonly refersTo?: EntityKind;
  /** A rule that needs the date too: what is wrong with the value, or `undefined`. */
  readonly check?: (value: unknown, validFrom: number, calendar: Calendar) => string | undefined;
  /** What is left of the value when a later entry took the beginning of its time. Default: all of it. */
  readonly afterCut?: (value: unknown) => unknown;
  readonly zh: string;
  readonly en: string;
}

const label = z.string().trim().min(1).max(200);
const reference = z.string().min(1).max(129).nullable();
const durationMs = z
  .int()
  .min(1_000)
  .max(366 * 86_400_000);
const positive = z.number().positive().max(1e12);

/** Epoch ms, or ISO 8601 with offset; kept as epoch ms. */
const moment = z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);

/** Of one quantity of the device, values as the register shows them. */
const registerSchema = z.strictObject({
  /** The register rolls over at this reading. */
  wrapsAt: positive.optional(),
  /** Highest plausible consumption per hour, after the multiplier. */
  ratingPerHour: positive.optional(),
  /** Reading of this device when it was put in. */
  firstValue: z.number().optional(),
  /** Last reading of the device before it. */
  previousFinalValue: z.number().optional(),
});

/** A device at a point. Its multiplier (倍率) is a number or the product of CT and PT. */
export const installationSchema = z.strictObject({
  /** The exact moment, on the day of `validFrom`; default: the start of that day. */
  installedAt: moment.optional(),
  serial: z.string().max(100).optional(),
  model: z.string().max(100).optional(),
  multiplier: z.union([positive, z.strictObject({ ct: positive, pt: positive.default(1) })]).default(1),
  registers: z.partialRecord(z.enum(quantityNames), registerSchema).optional(),
});
export type InstallationValue = z.infer<typeof installationSchema>;

const quantitiesSchema = z
  .array(z.enum(quantityNames))
  .min(1)
  .transform((names) => quantityNames.filter((name) => names.includes(name)))
  .superRefine((names, context) => {
    const carriers = names.flatMap((name) => quantityEntry(name)?.carrier ?? []);
    const twice = carriers.find((carrier, index) => carriers.indexOf(carrier) !== index);
    if (twice === undefined) return;
    context.addIssue({
      code: 'custom',
      message: `both the register and the interval of ${twice} would count twice: name one of them`,
    });
  });

export const attributes: Readonly<Record<EntityKind, Readonly<Record<string, Attribute>>>> = {
  institution: {
    name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
    parent: { schema: reference, refersTo: 'institution', affectsCurve: false, zh: '上级单位', en: 'Parent' },
    sector: { schema: label, affectsCurve: false, zh: '机构类别', en: 'Sector' },
  },
  building: {
    name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
    institution: {
      schema: reference,
      refersTo: 'institution',
      affectsCurve: false,
      zh: '所属单位',
      en: 'Institution that answers for it',
    },
  },
  point: {
    name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
    quantities: { schema: quantitiesSchema, affectsCurve: false, zh: '计量项', en: 'Quantities' },
    role: {
      schema: z.enum(['billing', 'sub-meter']),
      affectsCurve: false,
      zh: '计量角色（结算或分项）',
      en: 'Role: billing or sub-meter',
    },
    parent: { schema: reference, refersTo: 'point', affectsCurve: false, zh: '上级计量点', en: 'Part of' },
    item: {
      schema: z.enum(itemNames).nullable(),
      affectsCurve: false,
      zh: '分项（用途）',
      en: 'Kind of use that a sub-meter counts',
    },
    building: {
      schema: reference,
      refersTo: 'building',
      affectsCurve: false,
      zh: '所在建筑',
      en: 'Building',
    },
    expectedIntervalMs: {
      schema: durationMs,
      affectsCurve: true,
      zh: '采集间隔（毫秒）',
      en: 'Expected interval of readings, ms',
    },
    intervalLengthMs: {
      schema: durationMs,
      affectsCurve: true,
      firstReachesBack: true,
      zh: '时段长度（毫秒）',
      en: 'Length of an interval reading, ms',
    },
    installation: {
      schema: installationSchema,
      affectsCurve: true,
      firstReachesBack: true,
      check: onItsDay,
      afterCut: withoutBeginning,
      zh: '安装的表计',
      en: 'Installed device',
    },
  },
};

function onItsDay(value: unknown, validFrom: number, calendar: Calendar): string | undefined {
  const { installedAt } = value as InstallationValue;
  if (installedAt === undefined) return undefined;
  const dayEnd = calendar.next(validFrom, 'day');
  if (installedAt >= validFrom && installedAt < dayEnd) return undefined;
  return `installedAt ${calendar.format(installedAt)} is not on the day of validFrom ${calendar.format(validFrom)}`;
}

/** A device whose first days another entry took was not put in again: what it read at its beginning no longer counts. */
function withoutBeginning(value: unknown): unknown {
  const { installedAt: _, registers, ...rest } = value as InstallationValue;
  if (registers === undefined) return rest;
  const left = Object.entries(registers).map(([quantity, register]) => {
    const { firstValue: _first, previousFinalValue: _final, ...kept } = register ?? {};
    return [quantity, kept] as const;
  });
  return { ...rest, registers: Object.fromEntries(left) };
}
