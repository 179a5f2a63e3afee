// The monthly publication (公示) of an institution's cars: by district and no finer; exempt categories left out, and counted.
import writeXlsxFile, { type Cell } from 'write-excel-file/node';
import { carAccounts } from '../../core/domain/fleet/accounts/car-account.ts';
import {
  exemptCategories,
  type PublishedCar,
  type PublishedTable,
  publishedCars,
  publishedDistricts,
} from '../../core/domain/fleet/accounts/publication.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Reach } from '../auth/access.ts';
import type { DirectoryPage } from '../queries/directory.ts';
import { carRecords, carsOf, wasThere } from './car-records.ts';
import { districtsOf } from './districts.ts';
import type { FleetIndex } from './visibility.ts';

export interface Publication extends Pick<PublishedTable, 'titles' | 'rows' | 'leftOut'> {
  /** For below the table: who is left out, and where names of places come from. */
  readonly notes: readonly string[];
}

export interface PublicationQuestion {
  readonly institution: string;
  readonly reach: Reach;
  readonly from: number;
  readonly to: number;
  readonly language: Language;
}

/** With a column of notes: by what the district is known, or why it is not. No finer place is told, also none that an order names. */
export async function publicationOf(
  deps: { registry: Registry; calendar: Calendar; fleet: Pick<FleetConfig, 'masked'> },
  index: FleetIndex,
  page: DirectoryPage,
  { institution, reach, from, to, language }: PublicationQuestion,
): Promise<Publication> {
  const { registry, calendar, fleet } = deps;
  const fences = await registry.fleet.fences.list({
    institutions: [...reach.institutions, ...above(page, institution)],
    from,
    to,
  });
  const districts = districtsOf(fences.map(({ value }) => value));
  const cars = carsOf(index, reach, from, to);
  const known = await registry.fleet.vehicles.list(to - 1);
  const vehicles = new Map(known.map((vehicle) => [vehicle.id, vehicle]));
  const published: PublishedCar[] = [];
  for await (const { car, records } of carRecords(registry, index, cars, from, to, 0)) {
    const vehicle = vehicles.get(car.vehicle);
    const [account] = carAccounts(records, [[from, to]], calendar);
    if (vehicle === undefined || account === undefined) continue;
    if (!wasThere(vehicle, from, to, calendar)) continue;
    const owner = car.owned.at(-1)?.institution ?? '';
    const { category } = vehicle;
    published.push({
      vehicle: car.vehicle,
      plate: vehicle.plate,
      institution: page.institutions.get(owner)?.name ?? owner,
      category,
      // What nobody may see is not published either: today, or then.
      publicationExempt:
        vehicle.publicationExempt || fleet.masked.includes(category) || index.isMasked(car.vehicle, from),
      // Reduced here: trips of a thousand cars are not held together.
      districts: publishedDistricts(records.segments, from, to, districts.at, language),
      sums: account.sums,
    });
  }
  const table = publishedCars(published, language);
  const words = texts[language];
  const rows = table.rows.map((row) => {
    const seen = row[placeColumn];
    if (districts.known || seen === null) return [...row, districts.known ? words.byRegion : words.nothing];
    return row.map((cell, at) => (at === placeColumn ? words.unknown : cell)).concat(words.noRegion);
  });
  return {
    titles: [...table.titles, words.note],
    rows,
    leftOut: table.leftOut,
    notes: [table.note, words.source, words.exempt],
  };
}

/** A sheet: the title, headings, a row for each car, the notes. */
export async function publicationWorkbook(
  { titles, rows, notes }: Publication,
  title: string,
): Promise<Buffer> {
  const text = (value: string, style: object = {}): Cell => ({ value, type: String, ...style });
  const cell = (value: string | number | null): Cell => {
    if (value === null) return null;
    return typeof value === 'number' ? { value, type: Number } : text(value, { wrap: true });
  };
  const data: Cell[][] = [
    [text(title, { fontWeight: 'bold', fontSize: 14, columnSpan: titles.length })],
    titles.map((heading) => text(heading, { fontWeight: 'bold', wrap: true, backgroundColor: '#DDEBF7' })),
    ...rows.map((row) => row.map(cell)),
    ...notes.map((note) => [text(note, { wrap: true, columnSpan: titles.length, height: 30 })]),
  ];
  const columns = titles.map((heading) => ({ width: Math.max(12, heading.length * 2) }));
  return writeXlsxFile(data, { columns }).toBuffer();
}

/** In the tables of core/domain/fleet/accounts/publication.ts. */
const placeColumn = 2;

function above(page: DirectoryPage, institution: string): string[] {
  const found: string[] = [];
  for (let id = page.institutions.get(institution)?.parent ?? null; id !== null && !found.includes(id); ) {
    found.push(id);
    id = page.institutions.get(id)?.parent ?? null;
  }
  return found;
}

const exemptText = exemptCategories.join(', ');
const texts = {
  'zh-CN': {
    note: '备注',
    byRegion: '区域据行政区域围栏',
    noRegion: '未登记行政区域围栏',
    nothing: '无轨迹数据',
    unknown: '未知',
    source:
      '区域：按车辆到达的行政区域（须登记类型为“行政区域”的围栏；未登记的为未知）。目的地名称不予公示。',
    exempt: '机要通信、执法执勤等不予公示的车辆不在表内。空白为未知，不是零。',
  },
  en: {
    note: 'Note',
    byRegion: 'by regions that are recorded',
    noRegion: 'no region is recorded',
    nothing: 'no positions',
    unknown: 'unknown',
    source:
      'Districts: those that the car reached, by fences of kind region; unknown where none is recorded. Names of destinations are not published.',
    exempt: `Cars that are not published (${exemptText}, and those marked so) are not in the table. An empty cell is unknown, not zero.`,
  },
} as const satisfies Record<Language, unknown>;
