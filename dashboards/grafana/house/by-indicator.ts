// Series named by their indicator: each gets its own word and unit. And what stands beside it: its line, last year, its projection.
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { indicatorEntry, indicatorNames, indicators } from '../../../core/domain/accounting/indicators.ts';
import type { BoardTextKey } from '../texts.ts';
import type { BoardContext } from './context.ts';
import { grafanaUnit } from './units.ts';

/** Alias of queries that are grouped by indicator. */
export const ofIndicator = '$tag_indicator';

interface Overridden {
  overrideByName(name: string, properties: DynamicConfigValue[]): unknown;
}

/** What is drawn beside the indicator itself, as `$tag_indicator <name>`. */
export interface Beside {
  readonly name: string;
  readonly word: BoardTextKey;
  readonly color: string;
}

export function besideIndicator({ name }: Pick<Beside, 'name'>): string {
  return `${ofIndicator} ${name}`;
}

/** Word, unit and, where one is given, colour. */
export function nameIndicators<P extends Overridden>(
  panel: P,
  { language, t }: BoardContext,
  { color, beside = [] }: { readonly color?: string; readonly beside?: readonly Beside[] } = {},
): P {
  for (const indicator of indicatorNames) {
    const { unit: own } = indicatorEntry(indicator);
    const unit = { id: 'unit', value: grafanaUnit(own) };
    const name = nameOf(indicator, language === 'en');
    const fixed = (fixedColor: string) => ({ id: 'color', value: { mode: 'fixed', fixedColor } });
    panel.overrideByName(indicator, [
      { id: 'displayName', value: name },
      unit,
      ...(color === undefined ? [] : [fixed(color)]),
    ]);
    for (const each of beside)
      panel.overrideByName(`${indicator} ${each.name}`, [
        { id: 'displayName', value: `${name} ${t(each.word)}` },
        unit,
        fixed(each.color),
      ]);
  }
  return panel;
}

/** Only the word: for shares and states. */
export function nameIndicatorsOnly<P extends Overridden>(panel: P, { language }: BoardContext): P {
  for (const indicator of indicatorNames)
    panel.overrideByName(indicator, [{ id: 'displayName', value: nameOf(indicator, language === 'en') }]);
  return panel;
}

function nameOf(indicator: (typeof indicatorNames)[number], english: boolean): string {
  return english ? indicators[indicator].en : indicators[indicator].zh;
}
