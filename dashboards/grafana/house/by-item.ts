// Series named by their kind of use (分项): each gets its own word and colour.
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Item, itemNames, items } from '../../../core/domain/energy/items.ts';
import type { BoardContext } from './context.ts';
import { colours } from './palette.ts';

/** Alias of queries that are grouped by kind of use. */
export const ofItem = '$tag_item';

const itemColours: Readonly<Record<Item, string>> = {
  'lighting-and-sockets': colours.look,
  'air-conditioning': colours.light,
  power: colours.plain,
  special: colours.purple,
};

export function nameItems<
  P extends { overrideByName(name: string, properties: DynamicConfigValue[]): unknown },
>(panel: P, { language }: BoardContext): P {
  for (const item of itemNames)
    panel.overrideByName(item, [
      { id: 'displayName', value: language === 'en' ? items[item].en : items[item].zh },
      { id: 'color', value: { mode: 'fixed', fixedColor: itemColours[item] } },
    ]);
  return panel;
}
