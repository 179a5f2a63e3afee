// Kinds of use (分项) that sub-meters of electricity count: the four of the technical guideline for energy monitoring of
// government office buildings and large public buildings (国家机关办公建筑和大型公共建筑能耗监测系统 分项能耗数据采集
// 技术导则). They are disjoint; what no sub-meter counts belongs to none of them.

export const items = {
  /** Lighting and sockets of rooms, lighting of corridors, emergencies, outdoors. */
  'lighting-and-sockets': { zh: '照明插座', en: 'Lighting and sockets' },
  /** Plant and terminals. */
  'air-conditioning': { zh: '空调', en: 'Air-conditioning' },
  /** Lifts, pumps, fans that are not of the air-conditioning. */
  power: { zh: '动力', en: 'Power' },
  /** Data centres, kitchens, laundries, pools, whatever is not the building's own. */
  special: { zh: '特殊', en: 'Special' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type Item = keyof typeof items;
export const itemNames = Object.keys(items) as Item[];
