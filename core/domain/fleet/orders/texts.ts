// Titles of what is found about orders, zh-CN and en.
import type { Language } from '../../texts.ts';
import type { OrderFindingKind, UnknownReason } from './model.ts';

export const orderFindingTexts = {
  'trip-without-order': { 'zh-CN': '无派车单出车', en: 'Trip without dispatch order' },
  'order-without-trip': { 'zh-CN': '有派车单未出车', en: 'Dispatch order without trip' },
  'order-started-early': { 'zh-CN': '早于派车单出车', en: 'Started before its dispatch order' },
  'order-ran-over': { 'zh-CN': '超出派车单时间', en: 'Ran beyond its dispatch order' },
  'order-partly-covered': { 'zh-CN': '行程部分时段无派车单', en: 'Trip covered by orders in part' },
  'order-place-missed': { 'zh-CN': '未到达派车单地点', en: 'Did not come near a place of its order' },
  'order-route-left': { 'zh-CN': '偏离派车单路线', en: 'Went where its order does not go' },
} as const satisfies Record<OrderFindingKind, Record<Language, string>>;

export const unknownTexts = {
  'no-data': { 'zh-CN': '该时段无定位数据，无法判断', en: 'No positions for the time: nothing can be said' },
  'not-over': { 'zh-CN': '派车单尚未结束', en: 'The order is not over yet' },
  'no-coordinates': {
    'zh-CN': '派车单地点无坐标，无法判断路线',
    en: 'Places of the order have no coordinates',
  },
  'moved-unseen': { 'zh-CN': '车辆在无数据期间移动', en: 'The car was moved while nobody saw it' },
} as const satisfies Record<UnknownReason, Record<Language, string>>;
