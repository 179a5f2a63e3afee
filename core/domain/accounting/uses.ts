// What energy is used for (用途), as far as it decides whether it counts: a boundary names the uses that it takes.

export const uses = {
  /** The building's own: whatever is not sorted into another use. */
  building: { zh: '建筑用能', en: 'Building' },
  vehicle: { zh: '公务用车', en: 'Official vehicles' },
  'data-centre': { zh: '数据中心', en: 'Data centre' },
  heating: { zh: '采暖', en: 'Heating' },
  canteen: { zh: '食堂', en: 'Canteen' },
  'charging-official': { zh: '充电桩（公务）', en: 'Charging, official cars' },
  'charging-staff': { zh: '充电桩（职工）', en: 'Charging, staff cars' },
  'charging-public': { zh: '充电桩（社会）', en: 'Charging, public' },
  /** Passed on to a tenant, a contractor, a neighbour (转供). */
  resale: { zh: '转供', en: 'Resale' },
  /** Of space that is let, lent, closed or not paid for: goes with the area deducted. */
  deducted: { zh: '扣减面积用能', en: 'Of deducted area' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type Use = keyof typeof uses;
export const useNames = Object.keys(uses) as Use[];

/** Uses that are of the whole space: where area is deducted without meters, their part of it is deducted too. */
export function followsArea(use: Use): boolean {
  return use === 'building' || use === 'heating';
}
