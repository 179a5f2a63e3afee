// Names and numbers in tables of cars, beside ids: of what the reader may see; of all else nothing.
import type { Registry } from '../../core/registry/registry.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { Column } from '../http/csv.ts';
import type { Directory } from '../queries/directory.ts';
import type { FleetIndex } from './visibility.ts';

/** Beside the institution's name, in tables that have other ids too. */
export function institutionId<Row>(of: (row: Row) => string | null): Column<Row> {
  return { heading: { 'zh-CN': '单位编号', en: 'Id of the institution' }, cell: of };
}

export interface TableNames {
  readonly institution: (id: string | null) => string | null;
  /** The number plate of a car that is, or was, of the reader's reach. */
  readonly plate: (vehicle: string | null) => string | null;
}

export async function tableNames(directory: Directory, index: FleetIndex, reach: Reach): Promise<TableNames> {
  const { institutions } = await directory.page();
  const ofReach = new Set(index.vehicles(reach));
  return {
    institution: (id) => (id !== null && covers(reach, id) ? (institutions.get(id)?.name ?? null) : null),
    plate: (vehicle) => {
      const car = vehicle === null ? undefined : index.cars.get(vehicle);
      if (car === undefined) return null;
      return covers(reach, car.institution) || ofReach.has(car.id) ? car.plate : null;
    },
  };
}

/** Numbers of dispatch orders by id: of those that /dispatch-orders shows the reader too. */
export async function orderNumbers(
  { fleet }: Pick<Registry, 'fleet'>,
  index: FleetIndex,
  reach: Reach,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const numbers = new Map<string, string>();
  for (const id of new Set(ids)) {
    const order = (await fleet.orders.get(id))?.value;
    if (order === undefined) continue;
    const owners = index.owners(order.vehicle, order.from, order.to);
    const seen = reach.everything || owners.some(({ institution }) => covers(reach, institution));
    if (seen) numbers.set(id, order.number);
  }
  return numbers;
}
