// Tariffs of the demo city: made up, in the shape of real ones. No supplier charges these prices.
import { type Tariff, tariffSchema } from '../tariff.ts';

const source = 'made up for the demo city; no supplier charges these prices';

/** General industrial and commercial, 1-10 kV, two-part (一般工商业 两部制 1-10 千伏): sharp hours in summer and winter. */
export const demoTariff: Tariff = tariffSchema.parse({
  name: { 'zh-CN': '演示市 工商业两部制 1-10 千伏', en: 'Demo city, commerce, two-part, 1-10 kV' },
  commodity: 'electricity',
  timeOfUse: {
    seasons: [
      {
        months: [7, 8],
        factors: { sharp: 1.92, peak: 1.6, flat: 1, valley: 0.45 },
        schedules: [
          {
            days: ['workday', 'rest-day', 'holiday'],
            spans: [
              { from: '10:00', to: '13:00', period: 'peak' },
              { from: '13:00', to: '15:30', period: 'sharp' },
              { from: '15:30', to: '17:00', period: 'peak' },
              { from: '19:00', to: '21:00', period: 'peak' },
              { from: '23:00', to: '07:00', period: 'valley' },
            ],
          },
        ],
      },
      {
        months: [1, 12],
        factors: { sharp: 1.92, peak: 1.6, flat: 1, valley: 0.45 },
        schedules: [
          {
            days: ['workday', 'rest-day', 'holiday'],
            spans: [
              { from: '09:00', to: '12:00', period: 'peak' },
              { from: '16:30', to: '18:00', period: 'peak' },
              { from: '18:00', to: '20:00', period: 'sharp' },
              { from: '23:00', to: '07:00', period: 'valley' },
            ],
          },
        ],
      },
      {
        months: [2, 3, 4, 5, 6, 9, 10, 11],
        factors: { peak: 1.6, flat: 1, valley: 0.45, 'deep-valley': 0.3 },
        schedules: [
          { days: ['workday', 'rest-day'], spans: springAndAutumn() },
          {
            days: ['holiday'],
            spans: [...springAndAutumn(), { from: '11:30', to: '14:00', period: 'deep-valley' }],
          },
        ],
      },
    ],
  },
  components: [
    {
      id: 'purchase',
      name: { 'zh-CN': '代理购电价', en: 'Purchase price' },
      prices: purchasePrices(2018, 2030),
      monthly: true,
      factored: true,
    },
    {
      id: 'transmission',
      name: { 'zh-CN': '输配电价', en: 'Transmission and distribution' },
      prices: [
        { from: '2018-01', price: 0.1984 },
        { from: '2023-06', price: 0.1861 },
      ],
      factored: true,
    },
    {
      id: 'operation',
      name: { 'zh-CN': '系统运行费用及线损', en: 'System operation and losses' },
      prices: [
        { from: '2018-01', price: 0.0112 },
        { from: '2024-01', price: 0.0437 },
      ],
    },
    {
      id: 'funds',
      name: { 'zh-CN': '政府性基金及附加', en: 'Government funds and levies' },
      prices: [{ from: '2018-01', price: 0.0272 }],
      adjusted: false,
    },
  ],
  basic: {
    capacity: [{ from: '2018-01', price: 21 }],
    demand: [{ from: '2018-01', price: 33.6 }],
    wellUsed: { kWhPerKva: 260, factor: 0.9 },
  },
  powerFactor: { standard: 0.85 },
  madeUp: true,
  source,
  confidence: 'low',
});

/** Water of institutions: what lies above the quota costs more (超定额累进加价). */
export const demoWaterTariff: Tariff = tariffSchema.parse({
  name: { 'zh-CN': '演示市 非居民用水', en: 'Demo city, water of institutions' },
  commodity: 'water',
  components: [
    {
      id: 'resource-tax',
      name: { 'zh-CN': '水资源税', en: 'Water resource tax' },
      prices: [{ from: '2018-01', price: 0.4 }],
    },
    {
      id: 'sewage',
      name: { 'zh-CN': '污水处理费', en: 'Sewage' },
      prices: [{ from: '2018-01', price: 1.4 }],
    },
  ],
  tiers: {
    per: 'year',
    bounds: 'quota',
    steps: [{ upTo: 1, price: 3.3 }, { upTo: 1.2, price: 6.6 }, { upTo: 1.4, price: 9.9 }, { price: 13.2 }],
  },
  madeUp: true,
  source,
  confidence: 'low',
});

export const demoGasTariff: Tariff = tariffSchema.parse({
  name: { 'zh-CN': '演示市 非居民用气', en: 'Demo city, gas of institutions' },
  commodity: 'natural_gas',
  components: [
    {
      id: 'gas',
      name: { 'zh-CN': '气价', en: 'Gas' },
      prices: [
        { from: '2018-01', price: 2.98 },
        { from: '2022-04', price: 3.46 },
      ],
    },
  ],
  madeUp: true,
  source,
  confidence: 'low',
});

/** Heat of the district network by area, 15 November to 15 March. */
export const demoHeatTariff: Tariff = tariffSchema.parse({
  name: { 'zh-CN': '演示市 按面积供热', en: 'Demo city, heat by area' },
  commodity: 'heat',
  area: { season: { from: '11-15', to: '03-15' }, cnyPerM2: [{ from: '2018-01', price: 36 }] },
  madeUp: true,
  source,
  confidence: 'low',
});

function springAndAutumn(): { from: string; to: string; period: string }[] {
  return [
    { from: '08:30', to: '11:30', period: 'peak' },
    { from: '18:00', to: '23:00', period: 'peak' },
    { from: '23:00', to: '07:00', period: 'valley' },
  ];
}

/** A row for each month, higher in summer and winter and a little more each year. */
function purchasePrices(firstYear: number, lastYear: number) {
  const ofMonth = [418, 402, 388, 381, 379, 391, 424, 429, 398, 384, 390, 412];
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);
  return years.flatMap((year) =>
    ofMonth.map((thousandths, index) => ({
      from: `${year}-${String(index + 1).padStart(2, '0')}`,
      price: (thousandths + 2 * (year - firstYear)) / 1000,
    })),
  );
}
