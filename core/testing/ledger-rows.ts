// Rows of ledgers for tests of what imports refuse: what is there, what the registry alone can refuse, and what people may type.
import { type LedgerKind, ledgers } from '../../api/ledgers/ledgers.ts';

export type Values = Readonly<Record<string, string>>;

export const year = { validFrom: '2024-01-01' };
/** What is there: a little of everything. */
export const there: readonly (readonly [LedgerKind, readonly Values[]])[] = [
  [
    'institutions',
    [
      { name: '云江市', ...year },
      { name: '江北区', parent: '云江市', ...year },
      { name: '实验学校', parent: '云江市/江北区', creditCode: '123300004700000005', ...year },
      { name: '人民医院', parent: '云江市', ...year },
    ],
  ],
  [
    'buildings',
    [
      { name: '教学楼', institution: '实验学校', ...year },
      { name: '门诊楼', institution: '人民医院', ...year },
    ],
  ],
  ['zones', [{ name: '东区', building: '实验学校/教学楼', ...year }]],
  [
    'accounts',
    [
      { number: '0001', institution: '实验学校', commodity: '电力', ...year },
      { number: '0002', institution: '人民医院', commodity: '水', ...year },
    ],
  ],
  [
    'points',
    [
      { point: 'gw/a', name: '总表', quantities: '电（示数）', building: '实验学校/教学楼', ...year },
      { point: 'gw/b', name: '水表', quantities: '水（示数）', building: '人民医院/门诊楼', ...year },
      { point: 'gw/c', name: '分表', quantities: '电（示数）', role: '分项', parent: 'gw/a', ...year },
    ],
  ],
  ['bills', [{ account: '0001', document: '甲', from: '2024-01-01', last: '2024-01-31', quantity: '5' }]],
  [
    'reports',
    [
      {
        institution: '实验学校',
        commodity: '电力',
        from: '2024-01-01',
        last: '2024-01-31',
        quantity: '5',
      },
    ],
  ],
  [
    'vehicles',
    [
      {
        plate: '浙C00001',
        institution: '实验学校',
        category: '应急保障用车',
        powertrain: '汽油',
        terminal: 'cars/1',
        ...year,
      },
      { plate: '浙C00002', institution: '人民医院', category: '其他用车', powertrain: '柴油', ...year },
    ],
  ],
];

/** Rows that the registry alone can refuse, each kind of its refusals once at least. */
export const refused: Readonly<Record<string, readonly (readonly [LedgerKind, readonly Values[]])[]>> = {
  'an institution below itself': [
    ['institutions', [{ name: '江北区', id: '{江北区}', parent: '实验学校', ...year }]],
  ],
  'a credit code of two': [
    ['institutions', [{ id: '{江北区}', creditCode: '123300004700000005', validFrom: '2024-05-01' }]],
  ],
  'shares of more than all, and one twice': [
    [
      'buildings',
      [{ name: '共用楼', institution: '实验学校', shares: '实验学校 60%；实验学校 30%', ...year }],
    ],
  ],
  'a point below itself': [['points', [{ point: 'gw/a', parent: 'gw/c', ...year }]]],
  'a sub-item of another item': [['points', [{ point: 'gw/c', item: '特殊', subItem: 'A1', ...year }]]],
  'a virtual point without a formula': [
    ['points', [{ point: 'v/1', name: '虚拟', quantities: '电（示数）', role: '虚拟', ...year }]],
  ],
  'a formula of a real point': [['points', [{ point: 'gw/c', formula: 'gw/a', ...year }]]],
  'a device of a virtual point': [
    [
      'points',
      [
        {
          point: 'v/2',
          name: '虚拟',
          quantities: '电（示数）',
          role: '虚拟',
          formula: 'gw/a',
          ct: '40',
          ...year,
        },
      ],
    ],
  ],
  'formulas of each other': [
    [
      'points',
      [
        { point: 'v/3', name: '虚拟', quantities: '电（示数）', role: '虚拟', formula: 'v/4', ...year },
        { point: 'v/4', name: '虚拟', quantities: '电（示数）', role: '虚拟', formula: 'v/3', ...year },
      ],
    ],
  ],
  'a formula of water and electricity': [
    [
      'points',
      [
        {
          point: 'v/5',
          name: '虚拟',
          quantities: '电（示数）',
          role: '虚拟',
          formula: 'gw/a + gw/b',
          ...year,
        },
      ],
    ],
  ],
  'a formula of a power': [
    [
      'points',
      [{ point: 'v/6', name: '虚拟', quantities: '有功功率', role: '虚拟', formula: 'gw/a', ...year }],
    ],
  ],
  'register and interval of one carrier': [
    ['points', [{ point: 'gw/d', name: '表', quantities: '电（示数）；电（时段量）', ...year }]],
  ],
  'a tariff of another commodity': [
    ['accounts', [{ number: '0002', tariff: 'own', validFrom: '2024-03-01' }]],
  ],
  'a bill over another': [
    ['bills', [{ account: '0001', document: '乙', from: '2024-01-20', last: '2024-02-19', quantity: '5' }]],
  ],
  'a bill of many years': [
    ['bills', [{ account: '0001', document: '丙', from: '2010-01-01', last: '2024-02-19', quantity: '5' }]],
  ],
  'a report over another': [
    [
      'reports',
      [{ institution: '实验学校', commodity: '电力', from: '2024-01-20', last: '2024-02-19', quantity: '5' }],
    ],
  ],
  'a terminal of another car': [
    ['vehicles', [{ plate: '浙C00002', terminal: 'cars/1', validFrom: '2024-06-01' }]],
  ],
  'a plate of another car': [
    ['vehicles', [{ id: '{浙C00002}', plate: '浙C00001', validFrom: '2024-06-01' }]],
  ],
  'an order of half a year': [
    [
      'dispatch-orders',
      [
        {
          number: 'P2',
          institution: '实验学校',
          vehicle: '浙C00001',
          driver: '李',
          purpose: '调研',
          from: '2024-02-02',
          to: '2024-09-02',
        },
      ],
    ],
  ],
  'a time long ago': [
    [
      'dispatch-orders',
      [
        {
          number: 'P3',
          institution: '实验学校',
          vehicle: '浙C00001',
          driver: '李',
          purpose: '调研',
          from: '1980-02-02',
          to: '1980-02-03',
        },
      ],
    ],
  ],
  'a stop too many': [
    [
      'dispatch-orders',
      [
        {
          number: 'P4',
          institution: '实验学校',
          vehicle: '浙C00001',
          driver: '李',
          purpose: '调研',
          from: '2024-02-02',
          to: '2024-02-03',
          via: Array.from({ length: 60 }, (_, place) => `站${place}`).join('；'),
        },
      ],
    ],
  ],
  'a seal of half a year': [
    [
      'seals',
      [
        {
          holiday: '春节',
          vehicle: '浙C00001',
          from: '2024-02-09',
          to: '2024-08-17',
          place: '车库',
          keyKeeper: '王',
        },
      ],
    ],
  ],
  'fuel at a pile of our own': [
    [
      'card-entries',
      [
        {
          card: 'K',
          vehicle: '浙C00001',
          kind: '加油',
          ts: '2024-02-09 10:00',
          quantity: '5',
          amountCny: '5',
          onSite: '是',
        },
      ],
    ],
  ],
  'a price that leaves periods out': [
    ['purchase-prices', [{ tariff: 'own', month: '2024-02', peak: '0.5' }]],
  ],
};

/** What somebody may type into any cell. */
export const nonsense = [
  '-',
  'abc',
  '-5',
  '0',
  '1e20',
  '1,23',
  '3.5.1',
  '2025-13-45',
  '2025-02',
  '1899-01-01',
  '2019-01-01',
  '2025-01-01 08:61',
  '不详',
  '第一中学',
  '#N/A',
  'x'.repeat(1_500),
  'a\u0001b',
  '12345678901234567',
  '123300004700000006',
  '12330000470000000O',
  '1233',
  '浙C1',
  'gw',
  'gw/nothing',
  '单位 80%；单位 40%',
  'gw/a +gw/b',
  '15世纪',
  '120%',
  '=1+1',
  '99999999',
  '是否',
  'no-such-thing',
  '云江市/没有',
];

/** By column, what is right or nearly so: which row it is refused in, and why, is up to the other cells. */
export function plausible(kind: LedgerKind, name: string): readonly string[] {
  const column = ledgers[kind].columns[name];
  const own: Readonly<Record<string, readonly string[]>> = {
    id: ['', '', '{江北区}', '{浙C00001}', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    name: ['云江市', '江北区', '新单位', ''],
    plate: ['浙C00001', '浙C00002', '浙C00003'],
    vehicle: ['浙C00001', '浙C00002', '浙C99999'],
    institution: ['云江市', '实验学校', '人民医院', ''],
    parent: kind === 'points' ? ['gw/a', 'gw/c', ''] : ['云江市', '实验学校', '云江市/江北区', ''],
    building: ['实验学校/教学楼', '人民医院/门诊楼', ''],
    zone: ['实验学校/教学楼/东区', ''],
    account: ['0001', '0002', ''],
    number: ['0001', '0002', '0003'],
    point: ['gw/a', 'gw/b', 'gw/c', 'v/9', 'gw/e'],
    formula: ['gw/a + gw/b', 'gw/c', 'v/9', '', ''],
    role: ['结算', '分项', '虚拟', ''],
    quantities: ['电（示数）', '水（示数）', '电（示数）；电（时段量）', '有功功率'],
    item: ['照明插座', '特殊', '空调', ''],
    subItem: ['A1', 'B2', 'D6', ''],
    shares: ['实验学校 60%；人民医院 50%', '实验学校 60%；实验学校 40%', ''],
    terminal: ['cars/1', 'cars/2', '-', ''],
    tariff: ['own', 'no-tariff', ''],
    component: ['energy', 'nothing', ''],
    plan: ['', 'no-plan'],
    quota: ['', 'no-quota'],
    mergedInto: ['实验学校', '云江市', ''],
    validFrom: ['2024-01-01', '2019-01-01', '2024-06-01', '2025'],
    from: ['2024-01-01', '2024-01-20', '2024-02-01', '2024'],
    to: ['2024-01-01', '2024-01-25', '2024-12-01'],
    last: ['2024-01-31', '2024-02-19', '2023-12-31', '2030-01-01', ''],
    month: ['2024-01', '2024-02'],
    quantity: ['5', '-5', '7', ''],
    disposedOn: ['2024-03-01', '2019-01-01', '', '-'],
    replaces: ['浙C00001', '浙C00002', ''],
    document: ['甲', '乙', ''],
    creditCode: ['123300004700000005', ''],
  };
  return own[name] ?? [String(column?.example ?? ''), ''];
}
