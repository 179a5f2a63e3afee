// Titles of what accounts show and find, zh-CN and en.
import type { Language } from '../../texts.ts';
import type { SumName } from './car-account.ts';
import type { CardFindingKind } from './card-rules.ts';
import type { MileageChoice } from './mileage.ts';
import type { CardKind, UpkeepKind } from './model.ts';

type Titles<Name extends string> = Readonly<Record<Name, Readonly<Record<Language, string>>>>;

export const sumTexts: Titles<SumName> = {
  usedKm: { 'zh-CN': '行驶里程（公里）', en: 'Mileage (km)' },
  odometerKm: { 'zh-CN': '里程表里程（公里）', en: 'By odometer (km)' },
  geodesicKm: { 'zh-CN': '定位轨迹里程（公里）', en: 'By positions (km)' },
  unseenKm: { 'zh-CN': '无数据区间里程（公里）', en: 'Unseen (km)' },
  trips: { 'zh-CN': '出车次数', en: 'Trips' },
  daysUsed: { 'zh-CN': '使用天数', en: 'Days used' },
  dispatches: { 'zh-CN': '派车单数', en: 'Dispatch orders' },
  longDispatches: { 'zh-CN': '长途派车单数', en: 'Long dispatch orders' },
  fuelL: { 'zh-CN': '加油量（升）', en: 'Fuel (L)' },
  fuelCny: { 'zh-CN': '燃油费（元）', en: 'Fuel (CNY)' },
  chargingKwh: { 'zh-CN': '充电量（千瓦时）', en: 'Charging (kWh)' },
  onSiteKwh: { 'zh-CN': '其中：自有充电桩（千瓦时）', en: 'Of it at own piles (kWh)' },
  chargingCny: { 'zh-CN': '充电费（元）', en: 'Charging (CNY)' },
  upkeepCny: { 'zh-CN': '维修保险等费用（元）', en: 'Upkeep (CNY)' },
  totalCny: { 'zh-CN': '费用合计（元）', en: 'Total cost (CNY)' },
  fuelSpanL: { 'zh-CN': '满箱区间加油量（升）', en: 'Fuel, full to full (L)' },
  fuelSpanKm: { 'zh-CN': '满箱区间里程（公里）', en: 'Mileage, full to full (km)' },
  chargingSpanKwh: { 'zh-CN': '满电区间充电量（千瓦时）', en: 'Charging, full to full (kWh)' },
  chargingSpanKm: { 'zh-CN': '满电区间里程（公里）', en: 'Mileage, full to full by charge (km)' },
};

export const cardFindingTexts: Titles<CardFindingKind> = {
  'fill-over-tank': { 'zh-CN': '加油（充电）量超过油箱（电池）容量', en: 'Fill larger than the tank' },
  'fill-over-room': {
    'zh-CN': '加油量超过按里程推算的油箱余量',
    en: 'Fill larger than the room in the tank',
  },
  'card-far-from-car': { 'zh-CN': '刷卡时车辆不在加油站', en: 'Card used while the car was elsewhere' },
  'card-on-several-cars': { 'zh-CN': '一卡多车', en: 'One card on several cars' },
  'car-with-several-cards': { 'zh-CN': '一车多卡', en: 'One car with several cards' },
  'fuel-for-electric-car': { 'zh-CN': '纯电动车加油', en: 'Fuel for an electric car' },
  'charge-for-car-without-plug': { 'zh-CN': '非插电车辆充电', en: 'Charge for a car without a plug' },
};

export const mileageChoiceTexts: Titles<MileageChoice> = {
  odometer: { 'zh-CN': '采用终端里程', en: 'by odometer' },
  'not-told': { 'zh-CN': '终端不报里程，采用轨迹里程', en: 'by positions: the terminal tells no odometer' },
  broken: { 'zh-CN': '里程多次中断，采用轨迹里程', en: 'by positions: the odometer broke off' },
  disagrees: { 'zh-CN': '里程与轨迹不符，采用轨迹里程', en: 'by positions: the odometer disagrees' },
};

export const cardKindTexts: Titles<CardKind> = {
  fuel: { 'zh-CN': '加油', en: 'Fuel' },
  charging: { 'zh-CN': '充电', en: 'Charging' },
};

export const upkeepKindTexts: Titles<UpkeepKind> = {
  repair: { 'zh-CN': '维修', en: 'Repair' },
  maintenance: { 'zh-CN': '保养', en: 'Maintenance' },
  insurance: { 'zh-CN': '保险', en: 'Insurance' },
  inspection: { 'zh-CN': '年检', en: 'Inspection' },
  'parking-toll': { 'zh-CN': '停车过路', en: 'Parking and tolls' },
  other: { 'zh-CN': '其他', en: 'Other' },
};
