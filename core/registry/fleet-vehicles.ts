// Official vehicles as of a moment, whose they were, and which terminal was in which car.
import type { PointKey } from '../domain/topics.ts';
import type { RegistryContext } from './context.ts';
import { type Values, valuesAt } from './current-facts.ts';
import { entitiesOfKind, entityExists } from './entities.ts';
import { endless, type FactSpan, loadSpans } from './fact-spans.ts';
import type { Fitted, Vehicle, Vehicles } from './fleet-contracts.ts';

const shown = [
  'plate',
  'name',
  'institution',
  'terminal',
  'category',
  'vehicleClass',
  'powertrain',
  'tankL',
  'batteryKwh',
  'limitKmh',
  'purchasedOn',
  'priceCny',
  'replaces',
  'leased',
  'disposedOn',
  'disposal',
  'publicationExempt',
] as const satisfies (keyof Vehicle)[];

export function createVehicles({ db }: RegistryContext): Vehicles {
  /** Stretches of an attribute in [from, to), cut to it. */
  async function stretches(attribute: string, from: number, to: number, cars: readonly string[]) {
    const { spans } = await loadSpans(db, [attribute], cars);
    return cars.flatMap((vehicle) =>
      spans(vehicle, attribute).flatMap((span: FactSpan) => {
        const cut = { from: Math.max(from, span.from), to: Math.min(to, span.to, endless) };
        return typeof span.value === 'string' && cut.from < cut.to
          ? [{ vehicle, value: span.value, ...cut }]
          : [];
      }),
    );
  }

  return {
    async list(at) {
      const ids = await entitiesOfKind(db, 'vehicle');
      const values = await valuesAt(db, ids, shown, at);
      return ids.flatMap((id) => vehicleOf(id, values.get(id)) ?? []);
    },

    async get(id, at) {
      if (!(await entityExists(db, 'vehicle', id))) return undefined;
      return vehicleOf(id, (await valuesAt(db, [id], shown, at)).get(id));
    },

    async categoriesOnce() {
      const rows = await db
        .selectFrom('facts')
        .select(['entity', 'value', 'valid_from', 'valid_to', 'recorded_at', 'superseded_at'])
        .where('attribute', '=', 'category')
        .where('superseded_at', 'is not', null)
        .execute();
      return rows.map((row) => ({
        vehicle: row.entity,
        category: JSON.parse(row.value) as unknown,
        from: row.valid_from,
        to: row.valid_to ?? endless,
        recordedAt: row.recorded_at,
        supersededAt: row.superseded_at ?? endless,
      }));
    },

    async fitted(from, to) {
      const found = await stretches('terminal', from, to, await entitiesOfKind(db, 'vehicle'));
      return found
        .map(({ value, ...rest }): Fitted => ({ ...rest, terminal: value as PointKey }))
        .sort((a, b) => (a.terminal < b.terminal ? -1 : a.terminal > b.terminal ? 1 : a.from - b.from));
    },

    async owners(vehicles, from, to) {
      const found = await stretches('institution', from, to, [...new Set(vehicles)]);
      return found
        .map(({ value, ...rest }) => ({ ...rest, institution: value }))
        .sort((a, b) => a.from - b.from);
    },
  };
}

/** A car without a plate at the time asked about is not there yet. What is not said of it is what most are. */
function vehicleOf(id: string, values: Values | undefined): Vehicle | undefined {
  const plate = values?.get('plate');
  if (typeof plate !== 'string') return undefined;
  const said = <T>(name: (typeof shown)[number], otherwise: T): T => (values?.get(name) ?? otherwise) as T;
  return {
    id,
    plate,
    name: said('name', null),
    institution: said('institution', null),
    terminal: said('terminal', null),
    category: said('category', 'other'),
    vehicleClass: said('vehicleClass', 'other'),
    powertrain: said('powertrain', 'petrol'),
    tankL: said('tankL', null),
    batteryKwh: said('batteryKwh', null),
    limitKmh: said('limitKmh', null),
    purchasedOn: said('purchasedOn', null),
    priceCny: said('priceCny', null),
    replaces: said('replaces', null),
    leased: said('leased', false),
    disposedOn: said('disposedOn', null),
    disposal: said('disposal', null),
    publicationExempt: said('publicationExempt', false),
  };
}
