// The supply accounts (户号) of the city: one a meter that counts, several where a building is shared, fuel cards, certificates.
import { type Commodity, commodityOfCarrier } from '../../core/domain/accounting/commodities.ts';
import type { Use } from '../../core/domain/accounting/uses.ts';
import { quantityEntry } from '../../core/domain/units.ts';
import type { City } from '../city/city.ts';
import type { BuildingSpec, CityPoint, Name } from '../city/types.ts';
import { tariffIds } from './definitions.ts';
import { sharesOf } from './places.ts';
import type { CityAccount, Source } from './types.ts';

/** First digits of the number, and who supplies. */
const suppliers: Readonly<Partial<Record<Commodity, { prefix: string; name: Name }>>> = {
  electricity: { prefix: '9901', name: { zh: '云江供电公司', en: 'Yunjiang Power Supply' } },
  water: { prefix: '9902', name: { zh: '云江水务集团', en: 'Yunjiang Water' } },
  natural_gas: { prefix: '9903', name: { zh: '云江燃气公司', en: 'Yunjiang Gas' } },
  heat: { prefix: '9904', name: { zh: '云江热力公司', en: 'Yunjiang Heat' } },
  solar: { prefix: '9905', name: { zh: '云江供电公司', en: 'Yunjiang Power Supply' } },
  solar_export: { prefix: '9906', name: { zh: '云江供电公司', en: 'Yunjiang Power Supply' } },
  gasoline: { prefix: '9907', name: { zh: '公务用车定点加油站', en: 'Filling station of official cars' } },
  diesel: { prefix: '9908', name: { zh: '公务用车定点加油站', en: 'Filling station of official cars' } },
  green_power: { prefix: '9909', name: { zh: '绿电交易平台', en: 'Green power exchange' } },
};

/** Litres of a mean month of 2020. Institutions that the city does not have are passed over. */
const cards = [
  { institution: 'jgswj', commodity: 'gasoline', litresPerMonth: 1_150 },
  { institution: 'sthjj', commodity: 'gasoline', litresPerMonth: 520 },
  { institution: 'jyj', commodity: 'gasoline', litresPerMonth: 210 },
  { institution: 'wjw', commodity: 'gasoline', litresPerMonth: 260 },
  { institution: 'rmyy', commodity: 'gasoline', litresPerMonth: 380 },
  { institution: 'wgl', commodity: 'gasoline', litresPerMonth: 150 },
  { institution: 'sthjj', commodity: 'diesel', litresPerMonth: 300 },
  { institution: 'rmyy', commodity: 'diesel', litresPerMonth: 620 },
] as const;

/** The Bureau buys certificates (绿证) for a third of what its own house takes, since 2023. */
const certificates = { institution: 'jgswj', point: 'jgdl.main', from: '2023-01-01', share: 1 / 3 };

/** In an order that stays as it is; numbers are by place in it. */
export function cityAccounts(city: City): CityAccount[] {
  const numbers = new Map<string, number>();
  const account = (
    commodity: Commodity,
    institution: string,
    name: Name,
    from: number,
    source: Source,
    use: Use = 'building',
  ): CityAccount[] => {
    const supplier = suppliers[commodity];
    if (supplier === undefined) return [];
    const place = (numbers.get(supplier.prefix) ?? 0) + 1;
    numbers.set(supplier.prefix, place);
    return [
      {
        number: `${supplier.prefix}${String(place).padStart(6, '0')}`,
        name,
        supplier: supplier.name,
        institution,
        commodity,
        use,
        billing: commodity === 'heat' ? 'area' : 'quantity',
        tariff: Object.hasOwn(tariffIds, commodity) ? tariffIds[commodity as keyof typeof tariffIds] : null,
        from,
        source,
      },
    ];
  };
  const nameOf = new Map(city.institutions.map(({ id, name }) => [id, name]));
  const found: CityAccount[] = [];

  for (const building of city.buildings) {
    for (const point of city.points) {
      if (point.building !== building.id || point.role !== 'billing') continue;
      const commodity = commodityOf(point);
      if (commodity === undefined) continue;
      const from = city.days.calendar.floor(point.installation?.from ?? city.from, 'day');
      const shares = sharesOf(building);
      for (const { institution, share } of shares) {
        const owner = nameOf.get(institution);
        if (owner === undefined) continue;
        const name = shares.length === 1 ? building.name : sharedName(building.name, owner);
        const source: Source = { kind: 'meter', point: point.point, share };
        found.push(...account(commodity, institution, name, from, source, useOf(commodity, building)));
      }
    }
  }
  for (const { institution, commodity, litresPerMonth } of cards) {
    const name = nameOf.get(institution);
    if (name === undefined) continue;
    found.push(
      ...account(commodity, institution, name, city.from, { kind: 'card', litresPerMonth }, 'vehicle'),
    );
  }
  const { institution, point, share } = certificates;
  const buyer = nameOf.get(institution);
  const from = Math.max(city.from, city.days.calendar.parse(certificates.from) ?? 0);
  if (buyer !== undefined && city.points.some((each) => each.point === point))
    found.push(...account('green_power', institution, buyer, from, { kind: 'certificates', point, share }));
  return found;
}

function commodityOf(point: CityPoint): Commodity | undefined {
  const carrier = point.register === null ? undefined : quantityEntry(point.register)?.carrier;
  return carrier === undefined ? undefined : commodityOfCarrier(carrier);
}

function useOf(commodity: Commodity, building: BuildingSpec): Use {
  if (commodity === 'heat') return 'heating';
  return commodity === 'natural_gas' && building.gas === 'canteen' ? 'canteen' : 'building';
}

function sharedName(building: Name, owner: Name): Name {
  return { zh: `${building.zh}（${owner.zh}）`, en: `${building.en} (${owner.en})` };
}
