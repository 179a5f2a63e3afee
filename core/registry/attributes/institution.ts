// What can be said of an institution.
import { z } from 'zod';
import { adminLevelNames, heatingNames } from '../../domain/accounting/classes.ts';
import { userComponents } from '../../domain/accounting/definitions.ts';
import { indicatorNames } from '../../domain/accounting/indicators.ts';
import { vehicleCategoryNames } from '../../domain/fleet/vehicles.ts';
import { saying } from '../../domain/issues.ts';
import { sayOfValues } from '../words/facts.ts';
import { type Attributes, definitionId, floorAreaSchema, label, reference } from './attribute.ts';
import { creditCodeFault } from './credit-code.ts';

const heads = z.number().nonnegative().max(1e8);

/** Energy users (用能人数) by component; a component left out is 0, but one must be said. */
export const energyUsersSchema = z
  .partialRecord(z.enum(userComponents), heads)
  .refine(
    (said) => Object.keys(said).length > 0,
    saying(sayOfValues('value.one-of', { names: userComponents.join(', ') })),
  )
  .transform((said) => Object.fromEntries(userComponents.map((name) => [name, said[name] ?? 0])))
  .pipe(z.record(z.enum(userComponents), heads));
export type EnergyUsersValue = z.infer<typeof energyUsersSchema>;

/** Targets of an institution's own: they stand above those of its plan, for itself and all below it. */
export const planTargetsSchema = z
  .strictObject({
    /** Relative change of an indicator from the base to the end year: -0.06 is 6 % less. */
    targets: z.partialRecord(z.enum(indicatorNames), z.number().min(-1).max(1)).default({}),
    /** Caps on totals of the end year, in the indicator's unit. */
    caps: z.partialRecord(z.enum(indicatorNames), z.number().positive()).default({}),
    /** The document that decided it (文号). */
    document: z.string().trim().max(200).default(''),
  })
  .refine(
    ({ targets, caps }) => Object.keys(targets).length + Object.keys(caps).length > 0,
    saying(sayOfValues('value.no-target')),
  );
export type PlanTargetsValue = z.infer<typeof planTargetsSchema>;

export const keyUserSchema = z.strictObject({
  listed: z.boolean(),
  /** Of the yearly assessment. */
  grade: z.string().trim().min(1).max(60).optional(),
  document: z.string().trim().max(200).optional(),
});
export type KeyUserValue = z.infer<typeof keyUserSchema>;

const creditCodeSchema = z
  .string()
  .trim()
  .toUpperCase()
  .superRefine((code, context) => {
    const message = creditCodeFault(code);
    if (message !== undefined) context.addIssue({ code: 'custom', ...saying(message) });
  });

export const vehiclePermitsSchema = z
  .partialRecord(z.enum(vehicleCategoryNames), z.int().min(0).max(100_000))
  .refine(
    (said) => Object.keys(said).length > 0,
    saying(sayOfValues('value.one-of', { names: vehicleCategoryNames.join(', ') })),
  );
export type VehiclePermitsValue = z.infer<typeof vehiclePermitsSchema>;

const share = z.number().min(0).max(1);
export const newEnergyTargetSchema = z
  .strictObject({ stock: share.optional(), replacements: share.optional() })
  .refine(
    ({ stock, replacements }) => stock !== undefined || replacements !== undefined,
    saying(sayOfValues('value.no-share')),
  );
export type NewEnergyTargetValue = z.infer<typeof newEnergyTargetSchema>;

const fenceId = z
  .string()
  .refine((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id), saying(sayOfValues('value.no-fence')))
  .nullable();

export const institutionAttributes = {
  name: { schema: label, affectsCurve: false, zh: '名称', en: 'Name' },
  parent: { schema: reference, refersTo: 'institution', affectsCurve: false, zh: '上级单位', en: 'Parent' },
  /** A code of `sectors`; any other text stands too, since older registries keep such. */
  sector: { schema: label, affectsCurve: false, zh: '机构类别', en: 'Sector' },
  kind: { schema: label.nullable(), affectsCurve: false, zh: '单位类型', en: 'Kind of institution' },
  adminLevel: {
    schema: z.enum(adminLevelNames).nullable(),
    affectsCurve: false,
    zh: '层级',
    en: 'Administrative level',
  },
  creditCode: {
    schema: creditCodeSchema.nullable(),
    affectsCurve: false,
    zh: '统一社会信用代码',
    en: 'Unified social credit code',
  },
  registered: {
    schema: z.boolean(),
    affectsCurve: false,
    zh: '纳入统计名录',
    en: 'In the statistics register',
  },
  energyUsers: {
    schema: energyUsersSchema.nullable(),
    affectsCurve: false,
    zh: '用能人数',
    en: 'Energy users',
  },
  userRule: {
    schema: definitionId,
    definition: 'user-rule',
    affectsCurve: false,
    zh: '用能人数折算规则',
    en: 'Counting rule of energy users',
  },
  floorArea: { schema: floorAreaSchema.nullable(), affectsCurve: false, zh: '建筑面积', en: 'Floor area' },
  climateZone: { schema: label.nullable(), affectsCurve: false, zh: '气候区', en: 'Climate zone' },
  heating: {
    schema: z.enum(heatingNames).nullable(),
    affectsCurve: false,
    zh: '采暖方式',
    en: 'Heating',
  },
  gridRegion: { schema: label.nullable(), affectsCurve: false, zh: '电网区域', en: 'Grid region' },
  plan: { schema: definitionId, definition: 'plan', affectsCurve: false, zh: '规划', en: 'Plan' },
  planTargets: {
    schema: planTargetsSchema.nullable(),
    affectsCurve: false,
    zh: '分解下达的目标',
    en: 'Targets of its own',
  },
  quota: { schema: definitionId, definition: 'quota', affectsCurve: false, zh: '能耗定额', en: 'Quota set' },
  keyUser: { schema: keyUserSchema, affectsCurve: false, zh: '重点用能单位', en: 'Key energy user' },
  mergedInto: {
    schema: reference,
    refersTo: 'institution',
    affectsCurve: false,
    zh: '并入单位',
    en: 'Merged into',
  },
  /** Permitted numbers of vehicles (车辆编制数) by category. */
  vehiclePermits: {
    schema: vehiclePermitsSchema.nullable(),
    affectsCurve: false,
    zh: '车辆编制数',
    en: 'Permitted numbers of vehicles',
  },
  /** The fence of kind `region` that its vehicles, and those below, leave with an order alone (行政区域). */
  region: { schema: fenceId, affectsCurve: false, zh: '行政区域', en: 'Region' },
  /** Shares that must be new-energy (新能源): of the stock, and of what is replaced in a year. */
  newEnergyTarget: {
    schema: newEnergyTargetSchema.nullable(),
    affectsCurve: false,
    zh: '新能源车占比目标',
    en: 'New-energy target',
  },
} as const satisfies Attributes;
