// Institutions, buildings and points as they are today: a row each, replaced by the next. What is no more says so.
import { setImmediate as breathe } from 'node:timers/promises';
import { type BoardMeasurementName, type BoardRow, describedAtMs } from '../../core/domain/board-series.ts';
import { quantityEntry } from '../../core/domain/units.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import { pagesOfPoints } from './all-points.ts';
import { BoardWriter } from './board-writer.ts';
import type { BoardJobDeps } from './consumption-writer.ts';
import { noWords, readPlaces } from './places.ts';
import { inTreeOrder } from './tree-order.ts';

const described = ['institutions', 'buildings', 'points'] as const satisfies readonly BoardMeasurementName[];
type Described = (typeof described)[number];
const tagOf = { institutions: 'institution', buildings: 'building', points: 'point' } as const;

const rowsAtOnce = 50;

export async function describe(deps: BoardJobDeps, run: JobRun): Promise<void> {
  const writer = new BoardWriter(deps.boards, run, deps.log);
  const there: Record<Described, Set<string>> = {
    institutions: new Set(),
    buildings: new Set(),
    points: new Set(),
  };
  let rows = 0;
  for await (const { of, id, row } of rowsOfToday(deps, run.startedAt)) {
    // What the registry answers at once needs no waiting for: others want to be served in between.
    if (++rows % rowsAtOnce === 0) await breathe();
    there[of].add(id);
    await writer.add([row]);
  }
  for (const measurement of described) {
    for (const tags of await deps.boards.keys(measurement)) {
      const id = tags[tagOf[measurement]];
      if (id !== undefined && !there[measurement].has(id)) await writer.add([goneRow(measurement, id)]);
    }
  }
  await writer.end();
}

interface DescribedRow {
  readonly of: Described;
  readonly id: string;
  readonly row: BoardRow;
}

async function* rowsOfToday(
  { registry }: Pick<BoardJobDeps, 'registry'>,
  at: number,
): AsyncGenerator<DescribedRow, void, void> {
  const ts = describedAtMs;
  const places = await readPlaces(registry, at);
  for (const [place, { id, ...words }] of inTreeOrder(places.institutions).entries()) {
    const sector = await registry.facts.valueAt(id, 'sector', at);
    const fields = {
      ...words,
      label: `${String(place).padStart(6, '0')}|${labelOf(words.name, id)}`,
      sector: typeof sector === 'string' ? sector : '',
      active: 1,
    };
    yield {
      of: 'institutions',
      id,
      row: { measurement: 'institutions', tags: { institution: id }, ts, fields },
    };
  }
  for (const [id, { name, parent, path }] of places.buildings) {
    const fields = { name, label: labelOf(name, id), institution: parent, path, active: 1 };
    yield { of: 'buildings', id, row: { measurement: 'buildings', tags: { building: id }, ts, fields } };
  }
  for await (const page of pagesOfPoints(registry, at)) {
    for (const { key, name, role, quantities, building } of page) {
      const place = building === null ? undefined : places.buildings.get(building);
      const fields = {
        name,
        label: labelOf(name, key),
        building: place === undefined ? '' : (building ?? ''),
        institution: (place ?? noWords).parent,
        path: (place ?? noWords).path,
        carrier: carrierOf(quantities),
        role,
        active: 1,
      };
      yield { of: 'points', id: key, row: { measurement: 'points', tags: { point: key }, ts, fields } };
    }
  }
}

/** Ids have no `|`; names may. */
function labelOf(name: string, id: string): string {
  return `${name}|${id}`;
}

function carrierOf(quantities: readonly string[]): string {
  for (const quantity of quantities) {
    const carrier = quantityEntry(quantity)?.carrier;
    if (carrier !== undefined) return carrier;
  }
  return '';
}

/** Its name stays, for boards of its past. */
function goneRow(measurement: Described, id: string): BoardRow {
  const ts = describedAtMs;
  const fields = { active: 0 };
  switch (measurement) {
    case 'institutions':
      return { measurement, tags: { institution: id }, ts, fields };
    case 'buildings':
      return { measurement, tags: { building: id }, ts, fields };
    case 'points':
      return { measurement, tags: { point: id }, ts, fields };
  }
}
