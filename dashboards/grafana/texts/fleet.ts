// Texts of the board of official vehicles.
export const fleetTexts = {
  'vehicles.title': ['公务用车', 'Official vehicles'],
  'vehicles.title.about': [
    '车辆数、行程、里程、派车单与发现的问题。只有数量，不显示位置。',
    'Cars, trips, kilometres, dispatch orders and findings. Numbers only, never where a car was.',
  ],
  'vehicles.cars': ['车辆数', 'Cars'],
  'vehicles.cars.about': [
    '所选机构及下级在所选月份末（当月为今天）的车辆数，含租赁。与编制数的比较见接口。',
    'Cars of the institution and all below it at the end of the chosen month (today, where it runs), leased ones too. The API compares them with permitted numbers.',
  ],
  'vehicles.new-energy': ['新能源占比', 'New-energy share'],
  'vehicles.new-energy.about': [
    '纯电动、插电混动与燃料电池车占车辆数（保有量）的比例。更新车辆中的占比另算。',
    'Battery, plug-in and fuel-cell cars as a share of all cars (the stock). The share of the replacements of a year is another figure.',
  ],
  'vehicles.found': ['$month 问题数', 'Findings, $month'],
  'vehicles.found.about': [
    '所选月份发现的问题数，各类合计。变红时看下方分类，再由车辆监管人员查证。',
    'Findings of the chosen month, all kinds. Where it is red, see the kinds below; a vehicle supervisor looks into each.',
  ],
  'vehicles.silent': ['离线终端', 'Silent terminals'],
  'vehicles.silent.about': [
    '月末（当月为现在）车载终端离线的车辆数。变红时检查终端供电与流量卡。',
    'Cars whose terminal was silent at the end of the month (now, where it runs). Where it is red, check its power and its card.',
  ],
  'vehicles.trips': ['逐月行程数', 'Trips by month'],
  'vehicles.trips.about': [
    '所选年度每月的行程数，由车载终端位置计算，不取自派车单。',
    'Trips of each month of the year, made of what terminals report, not of orders.',
  ],
  'vehicles.km': ['逐月里程', 'Kilometres by month'],
  'vehicles.km.about': [
    '所选年度每月的里程，单位 km；里程表可信时取里程表，否则取轨迹长度。',
    'Kilometres of each month: by the odometer where it can be believed, else along the track.',
  ],
  'vehicles.kinds': ['逐月问题分类', 'Findings by kind and month'],
  'vehicles.kinds.about': [
    '所选年度每月各类问题数。某类突然增多时，请车辆监管人员查证。',
    'Findings of each month by kind. Where one grows, a vehicle supervisor looks into it.',
  ],
  'vehicles.orders': ['派车单与行程', 'Orders and trips'],
  'vehicles.orders.about': [
    '每月派车单数、有单无车与有车无单的数量。',
    'Dispatch orders of each month, orders that nobody drove, and trips without an order.',
  ],
  'vehicles.below': ['各单位 $month', 'Institutions, $month'],
  'vehicles.below.about': [
    '所选机构的直接下级，各含其下级。点击名称查看。',
    'Institutions right below the chosen one, each with all below it. Click a name to open it.',
  ],
  'variable.fleet-period.about': ['有车辆数据的年度，最新的在前', 'Years with vehicles, the newest first'],
  'column.cars': ['车辆', 'Cars of it'],
  'column.new-energy': ['新能源', 'New-energy'],
  'column.trips': ['行程', 'Trips'],
  'column.km': ['里程 km', 'Distance, km'],
  'column.orders': ['派车单', 'Orders'],
  'column.orders-undriven': ['有单无车', 'Not driven'],
  'column.trips-unordered': ['有车无单', 'Without an order'],
  'column.terminals-silent': ['终端离线', 'Terminals silent'],
  'link.vehicles': ['查看公务用车', 'Open official vehicles'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
