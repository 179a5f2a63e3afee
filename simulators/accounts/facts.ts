// Facts of the city's institutions and buildings, for a city of any size: cheap, nothing is simulated.
import type { City } from '../city/city.ts';
import type { CityInstitution } from '../city/types.ts';
import { creditCode } from './credit-codes.ts';
import { plan14, plan15, quotaId } from './definitions.ts';
import { floorAreasOf, sharesOf } from './places.ts';
import { firstYear, type Profile, profileOf } from './profiles.ts';
import type { CityFact } from './types.ts';

const always = `${firstYear}-01-01`;

/** Names and parents are left out: whoever makes the entities says those. By entity, attribute and date. */
export function cityFacts(city: City): CityFact[] {
  return [
    ...city.institutions.flatMap((institution, index) => factsOfInstitution(city, institution, index)),
    ...city.buildings.flatMap((building): CityFact[] => {
      const of = { kind: 'building', id: building.id } as const;
      const areas = floorAreasOf(building).map(({ from, ...area }) => ({
        of,
        attribute: 'floorArea',
        from,
        value: () => area,
      }));
      const shares = sharesOf(building);
      if (shares.length < 2) return areas;
      const shared: CityFact = {
        of,
        attribute: 'shares',
        from: always,
        value: (say) =>
          shares.map(({ institution, share }) => ({ institution: say.institution(institution), share })),
      };
      return [...areas, shared];
    }),
  ];
}

function factsOfInstitution(city: City, institution: CityInstitution, index: number): CityFact[] {
  const of = { kind: 'institution', id: institution.id } as const;
  const fact = (attribute: string, value: unknown, from = always): CityFact => ({
    of,
    attribute,
    from,
    value: () => value,
  });
  const heading = institution.parent === null ? headingFacts(fact) : [];
  const profile = profileOf(city, institution);
  if (profile === undefined) return heading;
  const { sector, kind, adminLevel, heating } = profile;
  return [
    ...heading,
    fact('sector', sector),
    fact('kind', kind),
    fact('adminLevel', adminLevel),
    fact('heating', heating),
    fact('climateZone', climateZone),
    fact('creditCode', creditCode(kind === 'agency' ? 'agency' : 'public-institution', index)),
    fact('registered', true),
    fact('userRule', 'all-heads'),
    ...users(profile).map(({ year, heads }) => fact('energyUsers', heads, `${year}-01-01`)),
    ...(institution.id === keyUser ? keyUserFacts(of) : []),
  ];
}

/** Hot summers, cold winters (夏热冬冷). */
const climateZone = 'hot-summer-cold-winter';

/** What holds for the whole city, inherited down the tree. */
function headingFacts(fact: (attribute: string, value: unknown, from?: string) => CityFact): CityFact[] {
  return [
    fact('adminLevel', 'city'),
    fact('climateZone', climateZone),
    fact('gridRegion', 'East'),
    fact('quota', quotaId, '2021-01-01'),
    fact('plan', plan14, '2021-01-01'),
    fact('plan', plan15, '2026-01-01'),
  ];
}

function users({ users }: Profile): { year: number; heads: Record<string, number> }[] {
  const columns = Object.entries(users);
  const years = Math.max(...columns.map(([, heads]) => heads.length));
  return Array.from({ length: years }, (_, place) => ({
    year: firstYear + place,
    heads: Object.fromEntries(columns.map(([name, heads]) => [name, heads[place] ?? heads.at(-1) ?? 0])),
  }));
}

/** The hospital is on the list of key energy users, and has targets of its own, decomposed by a document (分解下达). */
const keyUser = 'rmyy';

function keyUserFacts(of: CityFact['of']): CityFact[] {
  const listed = (from: string, grade?: string): CityFact => ({
    of,
    attribute: 'keyUser',
    from,
    value: (say) => ({
      listed: true,
      ...(grade === undefined ? {} : { grade }),
      document: say.text({ zh: '云机管〔2021〕12号（演示）', en: 'Yunjiang offices [2021] No. 12 (demo)' }),
    }),
  });
  return [
    listed('2021-01-01'),
    listed('2024-01-01', 'met'),
    listed('2025-01-01', 'exceeded'),
    {
      of,
      attribute: 'planTargets',
      from: '2021-01-01',
      // Of the plan that ended with 2025.
      to: '2026-01-01',
      value: (say) => ({
        targets: { energyPerPerson: -0.08, energyPerArea: -0.07 },
        document: say.text({ zh: '云机管〔2021〕15号（演示）', en: 'Yunjiang offices [2021] No. 15 (demo)' }),
      }),
    },
  ];
}
