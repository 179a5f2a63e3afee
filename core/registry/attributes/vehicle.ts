// What can be said of an official vehicle (公务用车).
import { z } from 'zod';
import { powertrainNames, vehicleCategoryNames, vehicleClassNames } from '../../domain/fleet/vehicles.ts';
import { saying } from '../../domain/issues.ts';
import { agentIdPattern, pointPattern } from '../../domain/topics.ts';
import { sayOfValues } from '../words/facts.ts';
import { type Attributes, label, positive, reference } from './attribute.ts';

const plateForm = /^\p{Script=Han}[A-Z][A-Z0-9\p{Script=Han}]{5,6}$/u;
/** As it stands on the plate: blanks and dots are left out, letters are capitals. Six or seven signs after the province's. */
const plateSchema = z
  .string()
  .transform((said) => said.replace(/[\s.·•・-]/g, '').toUpperCase())
  .pipe(z.string().refine((plate) => plateForm.test(plate), saying(sayOfValues('value.plate'))));

/** The terminal in the car: `agent/point`. */
const terminalSchema = z
  .string()
  .refine(
    (key) => {
      const [agent = '', point = '', ...rest] = key.split('/');
      return rest.length === 0 && agentIdPattern.test(agent) && pointPattern.test(point);
    },
    saying(sayOfValues('value.terminal')),
  )
  .nullable();

const date = z.iso.date('expected a date, such as 2026-03-01').nullable();

export const disposals = ['sold', 'auctioned', 'transferred', 'scrapped'] as const;

export const vehicleAttributes = {
  plate: { schema: plateSchema, affectsCurve: false, zh: '车牌号', en: 'Plate' },
  name: { schema: label.nullable(), affectsCurve: false, zh: '名称', en: 'Name' },
  institution: {
    schema: reference,
    refersTo: 'institution',
    affectsCurve: false,
    zh: '使用单位',
    en: 'Institution',
  },
  /** Dated: a terminal may move to another car. */
  terminal: { schema: terminalSchema, affectsCurve: false, zh: '车载终端', en: 'Terminal' },
  category: {
    schema: z.enum(vehicleCategoryNames),
    affectsCurve: false,
    zh: '编制类别',
    en: 'Category of the permitted number',
  },
  vehicleClass: { schema: z.enum(vehicleClassNames), affectsCurve: false, zh: '车型', en: 'Class' },
  powertrain: { schema: z.enum(powertrainNames), affectsCurve: false, zh: '动力类型', en: 'Powertrain' },
  tankL: { schema: positive.max(1_000).nullable(), affectsCurve: false, zh: '油箱容积（L）', en: 'Tank (L)' },
  batteryKwh: {
    schema: positive.max(2_000).nullable(),
    affectsCurve: false,
    zh: '电池容量（kWh）',
    en: 'Battery (kWh)',
  },
  /** The car's own; left out: that of the configuration. */
  limitKmh: {
    schema: z.number().min(5).max(200).nullable(),
    affectsCurve: false,
    zh: '限速（km/h）',
    en: 'Speed limit (km/h)',
  },
  purchasedOn: { schema: date, affectsCurve: false, zh: '购置日期', en: 'Purchased on' },
  priceCny: { schema: positive.nullable(), affectsCurve: false, zh: '购置价格（元）', en: 'Price (CNY)' },
  /** Bought in place of this one (更新). */
  replaces: { schema: reference, refersTo: 'vehicle', affectsCurve: false, zh: '更新替换', en: 'Replaces' },
  leased: { schema: z.boolean(), affectsCurve: false, zh: '租赁', en: 'Leased' },
  disposedOn: { schema: date, affectsCurve: false, zh: '处置日期', en: 'Disposed of on' },
  disposal: { schema: z.enum(disposals).nullable(), affectsCurve: false, zh: '处置方式', en: 'Disposal' },
  /** Left out of the monthly publication, whatever its category. */
  publicationExempt: { schema: z.boolean(), affectsCurve: false, zh: '不予公示', en: 'Not published' },
} as const satisfies Attributes;
