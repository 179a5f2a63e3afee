// What kinds of official cars there are: each list stands once, with its titles in zh-CN and en.
import type { Language } from '../texts.ts';

type Titled = Readonly<Record<string, Record<Language, string>>>;

/** Categories of permitted numbers (编制). */
export const vehicleCategories = {
  'confidential-communication': { 'zh-CN': '机要通信用车', en: 'Confidential communication' },
  emergency: { 'zh-CN': '应急保障用车', en: 'Emergency' },
  'law-enforcement': { 'zh-CN': '执法执勤用车', en: 'Law enforcement' },
  special: { 'zh-CN': '特种专业技术用车', en: 'Special technical' },
  other: { 'zh-CN': '其他用车', en: 'Other' },
} as const satisfies Titled;
export type VehicleCategory = keyof typeof vehicleCategories;
export const vehicleCategoryNames = Object.keys(vehicleCategories) as VehicleCategory[];

export const vehicleClasses = {
  sedan: { 'zh-CN': '轿车', en: 'Sedan' },
  suv: { 'zh-CN': '越野车', en: 'SUV' },
  mpv: { 'zh-CN': '商务车', en: 'MPV' },
  coach: { 'zh-CN': '客车', en: 'Coach' },
  truck: { 'zh-CN': '货车', en: 'Truck' },
  other: { 'zh-CN': '其他', en: 'Other' },
} as const satisfies Titled;
export type VehicleClass = keyof typeof vehicleClasses;
export const vehicleClassNames = Object.keys(vehicleClasses) as VehicleClass[];

/** How a car goes that is no longer kept (处置). */
export const disposalTitles = {
  sold: { 'zh-CN': '出售', en: 'Sold' },
  auctioned: { 'zh-CN': '拍卖', en: 'Auctioned' },
  transferred: { 'zh-CN': '调拨', en: 'Transferred' },
  scrapped: { 'zh-CN': '报废', en: 'Scrapped' },
} as const satisfies Titled;

interface PowertrainEntry extends Record<Language, string> {
  /** What its fuel card buys, as a commodity of the accounts; null: it takes no liquid fuel. */
  readonly fuel: 'gasoline' | 'diesel' | null;
  /** It is charged from outside. */
  readonly plug: boolean;
  /** New-energy (新能源): battery, plug-in and fuel cell; a hybrid without a plug is none. */
  readonly newEnergy: 'battery' | 'plug-in' | 'fuel-cell' | null;
}

export const powertrains = {
  petrol: { 'zh-CN': '汽油', en: 'Petrol', fuel: 'gasoline', plug: false, newEnergy: null },
  diesel: { 'zh-CN': '柴油', en: 'Diesel', fuel: 'diesel', plug: false, newEnergy: null },
  hybrid: { 'zh-CN': '油电混合', en: 'Hybrid', fuel: 'gasoline', plug: false, newEnergy: null },
  'plug-in-hybrid': {
    'zh-CN': '插电式混合动力',
    en: 'Plug-in hybrid',
    fuel: 'gasoline',
    plug: true,
    newEnergy: 'plug-in',
  },
  'battery-electric': {
    'zh-CN': '纯电动',
    en: 'Battery electric',
    fuel: null,
    plug: true,
    newEnergy: 'battery',
  },
  'fuel-cell': { 'zh-CN': '燃料电池', en: 'Fuel cell', fuel: null, plug: false, newEnergy: 'fuel-cell' },
} as const satisfies Record<string, PowertrainEntry>;
export type Powertrain = keyof typeof powertrains;
export const powertrainNames = Object.keys(powertrains) as Powertrain[];

export function powertrainEntry(name: Powertrain): PowertrainEntry {
  return powertrains[name];
}
