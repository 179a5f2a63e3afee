// What a figure rests on (数据口径).

export const bases = {
  billed: { zh: '票据', en: 'billed' },
  metered: { zh: '计量', en: 'metered' },
  reported: { zh: '上报', en: 'reported' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type Basis = keyof typeof bases;
export const basisNames = Object.keys(bases) as Basis[];
