// What messages call kinds of entities, of definitions and attributes: in Chinese as people do, in English as programs do.
import type { Titled } from '../../domain/message.ts';
import type { EntityKind } from '../attributes/attribute.ts';
import { attributes } from '../attributes.ts';
import type { FleetKind } from '../fleet-contracts.ts';
import type { DefinitionKind } from '../ledgers.ts';

export const kindNames: Readonly<Record<EntityKind, Titled>> = {
  institution: { zh: '单位', en: 'institution' },
  building: { zh: '建筑', en: 'building' },
  zone: { zh: '分区', en: 'zone' },
  point: { zh: '计量点', en: 'point' },
  account: { zh: '户号', en: 'account' },
  vehicle: { zh: '车辆', en: 'vehicle' },
};

export const definitionNames: Readonly<Record<DefinitionKind, Titled>> = {
  coefficients: { zh: '折标系数', en: 'coefficients' },
  'carbon-factors': { zh: '碳排放因子', en: 'carbon-factors' },
  boundary: { zh: '统计边界', en: 'boundary' },
  'user-rule': { zh: '用能人数折算规则', en: 'user-rule' },
  plan: { zh: '规划', en: 'plan' },
  quota: { zh: '能耗定额', en: 'quota' },
  tariff: { zh: '电价', en: 'tariff' },
};

export const recordNames: Readonly<Record<FleetKind, Titled>> = {
  order: { zh: '派车单', en: 'dispatch order' },
  fence: { zh: '电子围栏', en: 'fence' },
  seal: { zh: '封存记录', en: 'seal' },
  card: { zh: '加油充电记录', en: 'card entry' },
  upkeep: { zh: '维保费用', en: 'upkeep entry' },
};

export function attributeName(kind: EntityKind, attribute: string): Titled {
  const rules = Object.hasOwn(attributes[kind], attribute) ? attributes[kind][attribute] : undefined;
  return { zh: rules?.zh ?? attribute, en: attribute };
}
