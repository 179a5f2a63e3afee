// The second level of kinds of use (分项, 一级子项) of the same guideline as items.ts: a sub-meter's code A1 to D6.
import type { Item } from './items.ts';

interface SubItemEntry {
  /** The kind of use that it is a part of. */
  readonly item: Item;
  readonly zh: string;
  readonly en: string;
}

export const subItems = {
  A1: { item: 'lighting-and-sockets', zh: '照明与插座', en: 'Lighting and sockets of rooms' },
  A2: { item: 'lighting-and-sockets', zh: '走廊与应急照明', en: 'Corridor and emergency lighting' },
  A3: { item: 'lighting-and-sockets', zh: '室外景观照明', en: 'Outdoor lighting' },
  B1: { item: 'air-conditioning', zh: '冷热站', en: 'Cooling and heating plant' },
  B2: { item: 'air-conditioning', zh: '空调末端', en: 'Air-conditioning terminals' },
  C1: { item: 'power', zh: '电梯', en: 'Lifts' },
  C2: { item: 'power', zh: '水泵', en: 'Pumps' },
  C3: { item: 'power', zh: '通风机', en: 'Fans' },
  D1: { item: 'special', zh: '信息中心', en: 'IT and data centre' },
  D2: { item: 'special', zh: '洗衣房', en: 'Laundry' },
  D3: { item: 'special', zh: '厨房餐厅', en: 'Kitchen' },
  D4: { item: 'special', zh: '游泳池', en: 'Pool' },
  D5: { item: 'special', zh: '健身房', en: 'Gym' },
  D6: { item: 'special', zh: '其他', en: 'Other' },
} as const satisfies Record<string, SubItemEntry>;

export type SubItem = keyof typeof subItems;
export const subItemNames = Object.keys(subItems) as SubItem[];

export function itemOfSubItem(name: SubItem): Item {
  return subItems[name].item;
}
