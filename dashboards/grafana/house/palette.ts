// Colours that people with any kind of colour blindness can tell apart (Okabe and Ito, "Color Universal Design", 2008), and
// what they mean. Never red against green alone: bad is vermilion, good is bluish green, and the number stands beside it.
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Carrier } from '../../../core/domain/units.ts';

export const colours = {
  good: '#009E73',
  look: '#E69F00',
  bad: '#D55E00',
  plain: '#0072B2',
  light: '#56B4E9',
  before: '#999999',
  purple: '#CC79A7',
  yellow: '#F0E442',
} as const;

export const carrierColours: Readonly<Record<Carrier, string>> = {
  electricity: colours.plain,
  electricity_export: colours.purple,
  solar: colours.yellow,
  storage_charge: colours.purple,
  storage_discharge: colours.light,
  water: colours.light,
  gas: colours.look,
  heat: colours.bad,
  cooling: colours.good,
  fuel: colours.purple,
};

/** From good over look to bad as the value rises. */
export function badAbove(look: number, bad: number): ThresholdsConfigBuilder {
  return steps([null, colours.good], [look, colours.look], [bad, colours.bad]);
}

/** From bad over look to good as the value rises. */
export function badBelow(bad: number, look: number): ThresholdsConfigBuilder {
  return steps([null, colours.bad], [bad, colours.look], [look, colours.good]);
}

/** Good, and bad from this value on. */
export function badFrom(value: number): ThresholdsConfigBuilder {
  return steps([null, colours.good], [value, colours.bad]);
}

/** Bad, and good from this value on. */
export function goodFrom(value: number): ThresholdsConfigBuilder {
  return steps([null, colours.bad], [value, colours.good]);
}

/** A value that is neither good nor bad. */
export function neutral(): ThresholdsConfigBuilder {
  return steps([null, colours.plain]);
}

function steps(...list: readonly (readonly [number | null, string])[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(list.map(([value, color]) => ({ value, color })));
}
