// How institutions are sorted for statistics and quotas. Each table stands once; schemas, ledgers and texts derive from it.

interface Named {
  readonly zh: string;
  readonly en: string;
}

/** Sector (系统): counted beside the territory. */
export const sectors = {
  government: { zh: '国家机关', en: 'Government' },
  education: { zh: '教育', en: 'Education' },
  health: { zh: '卫生', en: 'Health' },
  culture: { zh: '文化', en: 'Culture' },
  other: { zh: '其他', en: 'Other' },
} as const satisfies Record<string, Named>;
export type Sector = keyof typeof sectors;
export const sectorNames = Object.keys(sectors) as Sector[];

/** Older registries keep any text as the sector: its code, where it is a code or a name of one; else `undefined`. */
export function sectorOf(text: string): Sector | undefined {
  const wanted = text.trim().toLowerCase();
  return sectorNames.find((code) =>
    [code, sectors[code].zh, sectors[code].en.toLowerCase()].includes(wanted),
  );
}

/** Of an institution of a census in one of its months; `undefined`: not known. */
export function sectorIn(
  { sector, sectors: byMonth }: { readonly sector: string; readonly sectors?: readonly string[] | undefined },
  month: number,
): Sector | undefined {
  return sectorOf(byMonth?.[month] ?? sector);
}

/** Level (层级) of an institution; `unit` is one that only consumes (用能单位). */
export const adminLevels = {
  province: { zh: '省级', en: 'Province' },
  city: { zh: '市级', en: 'City' },
  district: { zh: '县（区）级', en: 'District or county' },
  township: { zh: '乡镇（街道）级', en: 'Township' },
  unit: { zh: '基层单位', en: 'Unit' },
} as const satisfies Record<string, Named>;
export type AdminLevel = keyof typeof adminLevels;
export const adminLevelNames = Object.keys(adminLevels) as AdminLevel[];

/** How an institution is heated: quotas differ by it. */
export const heatings = {
  central: { zh: '集中供暖', en: 'District heating' },
  own: { zh: '自采暖', en: 'Own heating' },
  none: { zh: '不采暖', en: 'No heating' },
} as const satisfies Record<string, Named>;
export type Heating = keyof typeof heatings;
export const heatingNames = Object.keys(heatings) as Heating[];
