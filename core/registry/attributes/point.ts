// What can be said of a point. Rules that need several attributes together stand in check-points.ts and check-formulas.ts.
import { z } from 'zod';
import { useNames } from '../../domain/accounting/uses.ts';
import { itemNames } from '../../domain/energy/items.ts';
import { subItemNames } from '../../domain/energy/sub-items.ts';
import { saying } from '../../domain/issues.ts';
import { carriers, quantityEntry, quantityNames } from '../../domain/units.ts';
import { sayOfValues } from '../words/facts.ts';
import { type Attributes, label, reference } from './attribute.ts';
import { installationSchema, onItsDay, withoutBeginning } from './installation.ts';

/**
 * - `billing`: counts for its building.
 * - `sub-meter`: a part of another point, never summed with it.
 * - `virtual`: no device; a formula over other points.
 */
export const pointRoles = ['billing', 'sub-meter', 'virtual'] as const;
export type PointRole = (typeof pointRoles)[number];

/** What a virtual point is made of: the sum of other points' consumption, each times its factor (-1: a difference, 0.3: a share). */
export const formulaSchema = z.strictObject({
  terms: z
    .array(
      z.strictObject({
        point: z.string().min(1).max(129),
        factor: z
          .number()
          .min(-1e6)
          .max(1e6)
          .refine((factor) => factor !== 0, saying(sayOfValues('value.no-factor')))
          .default(1),
      }),
    )
    .min(1)
    .max(1_000)
    .superRefine((terms, context) => {
      const seen = new Set<string>();
      for (const { point } of terms) {
        if (seen.has(point)) {
          context.addIssue({ code: 'custom', ...saying(sayOfValues('value.point-twice', { point })) });
        }
        seen.add(point);
      }
    }),
  /** Whether it counts for its building, as a billing point does. */
  counts: z.boolean().default(false),
});
export type FormulaValue = z.infer<typeof formulaSchema>;

export const contactSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  phone: z.string().trim().max(40).default(''),
});

const durationMs = z
  .int()
  .min(1_000)
  .max(366 * 86_400_000);

const quantitiesSchema = z
  .array(z.enum(quantityNames))
  .min(1)
  .transform((names) => quantityNames.filter((name) => names.includes(name)))
  .superRefine((names, context) => {
    const counted = names.flatMap((name) => quantityEntry(name)?.carrier ?? []);
    const twice = counted.find((carrier, index) => counted.indexOf(carrier) !== index);
    if (twice === undefined) return;
    const carrier = { zh: carriers[twice].zh, en: twice };
    context.addIssue({ code: 'custom', ...saying(sayOfValues('value.counted-twice', { carrier })) });
  });

export const pointAttributes = {
  name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
  quantities: { schema: quantitiesSchema, affectsCurve: false, zh: '计量项', en: 'Quantities' },
  role: {
    schema: z.enum(pointRoles),
    affectsCurve: false,
    zh: '计量角色（结算、分项或虚拟）',
    en: 'Role: billing, sub-meter or virtual',
  },
  parent: { schema: reference, refersTo: 'point', affectsCurve: false, zh: '上级计量点', en: 'Part of' },
  item: {
    schema: z.enum(itemNames).nullable(),
    affectsCurve: false,
    zh: '分项（用途）',
    en: 'Kind of use that a sub-meter counts',
  },
  subItem: {
    schema: z.enum(subItemNames).nullable(),
    affectsCurve: false,
    zh: '分项子项',
    en: 'Part of a kind of use, A1 to D6',
  },
  use: {
    schema: z.enum(useNames).nullable(),
    affectsCurve: false,
    zh: '用能用途',
    en: 'Use, as boundaries take it',
  },
  building: { schema: reference, refersTo: 'building', affectsCurve: false, zh: '所在建筑', en: 'Building' },
  zone: { schema: reference, refersTo: 'zone', affectsCurve: false, zh: '分区', en: 'Zone' },
  account: {
    schema: reference,
    refersTo: 'account',
    affectsCurve: false,
    zh: '户号',
    en: 'Supply account that bills it',
  },
  formula: {
    schema: formulaSchema.nullable(),
    names: (value) =>
      ((value as FormulaValue | null)?.terms ?? []).map(({ point }) => ({ kind: 'point', id: point })),
    affectsCurve: false,
    zh: '虚拟计量公式',
    en: 'Formula of a virtual point',
  },
  pue: {
    schema: z.enum(['facility', 'it']).nullable(),
    affectsCurve: false,
    zh: '数据中心 PUE（总用电或 IT 用电）',
    en: 'Part in the PUE of a data centre',
  },
  calibrationDue: {
    schema: z.iso.date().nullable(),
    affectsCurve: false,
    zh: '检定到期日',
    en: 'Calibration due',
  },
  contact: { schema: contactSchema.nullable(), affectsCurve: false, zh: '联系人', en: 'Contact' },
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
} as const satisfies Attributes;
