// Series named by their carrier: each gets its own word, unit and colour. And the same series a year before.
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Carrier, carrierNames, carriers } from '../../../core/domain/units.ts';
import type { BoardContext } from './context.ts';
import { carrierColours, colours } from './palette.ts';
import { carrierUnit } from './units.ts';

/** Aliases of queries that are grouped by carrier. */
export const ofCarrier = '$tag_carrier';
export const ofCarrierLastYear = '$tag_carrier last year';

interface Overridden {
  overrideByName(name: string, properties: DynamicConfigValue[]): unknown;
}

export function nameCarriers<P extends Overridden>(panel: P, { language }: BoardContext): P {
  for (const carrier of carrierNames)
    panel.overrideByName(carrier, [
      { id: 'displayName', value: nameOf(carrier, language === 'en') },
      { id: 'unit', value: carrierUnit(carrier) },
      { id: 'color', value: { mode: 'fixed', fixedColor: carrierColours[carrier] } },
    ]);
  return panel;
}

/** Last year in grey: a line over the bars of this year, or bars beside them. */
export function nameLastYears<P extends Overridden>(
  panel: P,
  { language, t }: BoardContext,
  as: 'line' | 'bars',
): P {
  for (const carrier of carrierNames)
    panel.overrideByName(`${carrier} last year`, [
      { id: 'displayName', value: `${nameOf(carrier, language === 'en')} ${t('word.last-year')}` },
      { id: 'unit', value: carrierUnit(carrier) },
      ...(as === 'line' ? greyLine : grey),
    ]);
  return panel;
}

/** Only word and unit: for numbers whose colour comes from thresholds. */
export function nameCarriersOnly<P extends Overridden>(panel: P, { language }: BoardContext): P {
  for (const carrier of carrierNames)
    panel.overrideByName(carrier, [{ id: 'displayName', value: nameOf(carrier, language === 'en') }]);
  return panel;
}

const grey: readonly DynamicConfigValue[] = [
  { id: 'color', value: { mode: 'fixed', fixedColor: colours.before } },
];

/** What a series of the past looks like beside the bars of now. */
export const greyLine: DynamicConfigValue[] = [
  ...grey,
  { id: 'custom.drawStyle', value: 'line' },
  { id: 'custom.lineWidth', value: 2 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.showPoints', value: 'always' },
];

function nameOf(carrier: Carrier, english: boolean): string {
  return english ? carriers[carrier].en : carriers[carrier].zh;
}
