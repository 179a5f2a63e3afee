// Monthly prices put into their tariffs: each tariff that rows name becomes one new version.
import type { Tariff } from '../../core/domain/tariff/tariff.ts';
import { CellFault } from './column.ts';
import type { PriceInput } from './ledger.ts';
import type { RowFault, Said } from './said.ts';

export interface PricedTariff {
  readonly id: string;
  readonly value: Tariff;
  readonly said: readonly Said<PriceInput>[];
}

export function pricedTariffs(
  prices: readonly Said<PriceInput>[],
  tariffs: ReadonlyMap<string, Tariff>,
  where: (row: number) => string,
  blame: (fault: RowFault) => void,
): PricedTariff[] {
  const byTariff = new Map<string, Said<PriceInput>[]>();
  for (const said of prices) {
    const list = byTariff.get(said.input.tariff);
    if (list) list.push(said);
    else byTariff.set(said.input.tariff, [said]);
  }
  const priced: PricedTariff[] = [];
  for (const [id, said] of byTariff) {
    const tariff = tariffs.get(id);
    if (!tariff) continue;
    const rows = new Map<string, Said<PriceInput> & { readonly component: string }>();
    for (const each of said) {
      const component = componentOf(tariff, each.input.component);
      if (component === undefined) {
        const known = tariff.components.map((candidate) => candidate.id).join(', ');
        blame({ row: each.row, column: 'component', fault: new CellFault('unknown-component', { known }) });
        continue;
      }
      const key = `${component} ${each.input.month}`;
      const before = rows.get(key);
      if (!before) rows.set(key, { ...each, component });
      else if (JSON.stringify(before.input.price) !== JSON.stringify(each.input.price)) {
        for (const [one, other] of [
          [before, each],
          [each, before],
        ] as const) {
          blame({
            row: one.row,
            column: 'price',
            fault: new CellFault('contradicts', { rows: where(other.row) }),
          });
        }
      }
    }
    const components = tariff.components.map((component) => {
      const own = [...rows.values()].filter((row) => row.component === component.id);
      if (own.length === 0) return component;
      const byMonth = new Map<string, (typeof component.prices)[number]>(
        component.prices.map((row) => [row.from, row]),
      );
      for (const { input } of own) byMonth.set(input.month, { from: input.month, price: input.price });
      const sorted = [...byMonth.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
      return { ...component, prices: sorted };
    });
    priced.push({ id, value: { ...tariff, components }, said });
  }
  return priced;
}

/** The one that is named, or the only one whose prices are of a month. */
function componentOf(tariff: Tariff, said: string | undefined): string | undefined {
  if (said !== undefined) return tariff.components.find(({ id }) => id === said)?.id;
  const monthly = tariff.components.filter((component) => component.monthly);
  return monthly.length === 1 ? monthly[0]?.id : undefined;
}
