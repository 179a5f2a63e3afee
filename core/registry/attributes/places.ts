// What can be said of a building, and of a zone in one.
import { z } from 'zod';
import { saying } from '../../domain/issues.ts';
import { sayOfValues } from '../words/facts.ts';
import { type Attributes, floorAreaSchema, label, reference } from './attribute.ts';

const sumTolerance = 1e-9;

/** Whose energy and area a shared building (合署办公) is, in parts of 1. */
export const sharesSchema = z
  .array(z.strictObject({ institution: z.string().min(1).max(129), share: z.number().positive().max(1) }))
  .min(1)
  .max(500)
  .superRefine((shares, context) => {
    const sum = shares.reduce((total, { share }) => total + share, 0);
    if (sum > 1 + sumTolerance) {
      const message = sayOfValues('value.shares', { sum: Number(sum.toFixed(9)) });
      context.addIssue({ code: 'custom', ...saying(message) });
    }
    const ids = shares.map(({ institution }) => institution);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', ...saying(sayOfValues('value.share-twice', { id: twice })) });
    }
  });
export type SharesValue = z.infer<typeof sharesSchema>;

export const buildingAttributes = {
  name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
  institution: {
    schema: reference,
    refersTo: 'institution',
    affectsCurve: false,
    zh: '所属单位',
    en: 'Institution that answers for it',
  },
  floorArea: { schema: floorAreaSchema.nullable(), affectsCurve: false, zh: '建筑面积', en: 'Floor area' },
  shares: {
    schema: sharesSchema.nullable(),
    names: (value) =>
      ((value ?? []) as SharesValue).map(({ institution }) => ({ kind: 'institution', id: institution })),
    affectsCurve: false,
    zh: '共用分摊',
    en: 'Shares of institutions',
  },
} as const satisfies Attributes;

export const zoneAttributes = {
  name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
  building: { schema: reference, refersTo: 'building', affectsCurve: false, zh: '所在建筑', en: 'Building' },
} as const satisfies Attributes;
