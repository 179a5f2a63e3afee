// Units of ours as Grafana names them (grafana/grafana, packages/grafana-data/src/valueFormats/categories.ts). What it
// does not know is written behind the number as it is.
import {
  type Carrier,
  carriers,
  type Quantity,
  quantities,
  quantityNames,
} from '../../../core/domain/units.ts';

const known: Readonly<Record<string, string>> = {
  kWh: 'kwatth',
  m3: 'm3',
  L: 'litre',
  kW: 'kwatt',
  kvar: 'kvoltampreact',
  '1': 'none',
  V: 'volt',
  A: 'amp',
  Hz: 'hertz',
  '%': 'percent',
  '°C': 'celsius',
  'm3/h': 'suffix: m³/h',
};

export function grafanaUnit(unit: string): string {
  return known[unit] ?? `suffix: ${unit}`;
}

export function carrierUnit(carrier: Carrier): string {
  return grafanaUnit(carriers[carrier].unit);
}

export const quantityUnits: readonly { readonly quantity: Quantity; readonly unit: string }[] =
  quantityNames.map((quantity) => ({ quantity, unit: grafanaUnit(quantities[quantity].unit) }));
