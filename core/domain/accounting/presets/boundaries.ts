// Boundaries (统计口径) that come with the program: which uses count, and why.
import type { Boundary } from '../definitions.ts';
import { type Use, useNames } from '../uses.ts';

/** Not the institution's own: passed on, or of people and space that are not counted below the line. */
const notOwn: readonly Use[] = ['resale', 'charging-staff', 'charging-public', 'deducted'];
/** What official cars use, by fuel or by plug. */
const cars: readonly Use[] = ['vehicle', 'charging-official'];

function allBut(...left: readonly Use[]): Use[] {
  return useNames.filter((use) => !left.includes(use));
}

function boundary(zh: string, en: string, uses: readonly Use[], source: string): Boundary {
  return { name: { 'zh-CN': zh, en }, uses: [...uses], ownSolar: 'left-out', registeredOnly: false, source };
}

const worked =
  'published totals of public institutions hold vehicle fuel and leave water out (Chongqing 2015)';
const kind = 'one use alone, for operations';

export const boundaryPresets: Readonly<Record<string, Boundary>> = {
  /** What statistics and plans count: everything that the institution uses itself, cars and data centre included. */
  statutory: boundary(
    '统计口径',
    'Statutory',
    allBut(...notOwn),
    `${worked}; let, lent, closed and unpaid space goes with its area`,
  ),
  /** The same of institutions in the statistics register of the month: the scope of the revision of 2025-11-10. */
  'statutory-register': {
    ...boundary(
      '统计口径（名录库内）',
      'Statutory, register only',
      allBut(...notOwn),
      'revision of 2025: units in the register (公共机构名录库)',
    ),
    registeredOnly: true,
  },
  /** Statutory, and solar that was used on the spot counts as energy too: what a building needs, not what it buys. */
  'statutory-with-solar': {
    ...boundary(
      '统计口径（含自发自用光伏）',
      'Statutory with own solar',
      allBut(...notOwn),
      'for comparing buildings with and without a solar roof',
    ),
    ownSolar: 'counted',
  },
  /** Statutory less official cars, fuel and plug: whether they count is a switch. */
  'without-vehicles': boundary(
    '统计口径（不含公务用车）',
    'Statutory without vehicles',
    allBut(...notOwn, ...cars),
    'energy per area without vehicle fuel, as computed beside the published totals of Chongqing 2015',
  ),
  /** What the house itself needs: no cars, no data centre. Compares houses with each other. */
  building: boundary(
    '建筑用能',
    'Building',
    ['building', 'heating', 'canteen'],
    'operations: cars and data centres differ for other reasons than the house',
  ),
  /** For the quotas of DB37/T 2672-2019. */
  'quota-db37': boundary(
    '定额口径（DB37/T 2672-2019）',
    'Quota (DB37/T 2672-2019)',
    ['building', 'canteen'],
    'the standard was not read: its energy limit per area (20.0 kgce) is about its electricity limit at its own ' +
      'coefficient (67.4 kWh x 0.31), so heating, cars and data centres are taken to be outside',
  ),
  /** All that meters and bills show, whoever used it: for reconciling. */
  everything: boundary('全部', 'Everything', useNames, 'for reconciling with bills and meters'),
  vehicles: boundary('公务用车', 'Official vehicles', cars, kind),
  'data-centre': boundary('数据中心', 'Data centre', ['data-centre'], kind),
  heating: boundary('采暖', 'Heating', ['heating'], kind),
  canteen: boundary('食堂', 'Canteen', ['canteen'], kind),
  'charging-official': boundary('充电桩（公务）', 'Charging, official cars', ['charging-official'], kind),
  'charging-staff': boundary('充电桩（职工）', 'Charging, staff cars', ['charging-staff'], kind),
  'charging-public': boundary('充电桩（社会）', 'Charging, public', ['charging-public'], kind),
  charging: boundary(
    '充电桩（全部）',
    'Charging, all',
    ['charging-official', 'charging-staff', 'charging-public'],
    'all charging piles, whoever charges',
  ),
};
