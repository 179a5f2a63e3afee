// Names of the variables of boards; links between boards carry them as `var-<name>`. `period` is a year, `month` one of its months:
// figures of years and months follow them, whatever range of time a board shows.
export const variableNames = [
  'institution',
  'building',
  'carrier',
  'indicator',
  'basis',
  'period',
  'month',
  'point',
] as const;
export type VariableName = (typeof variableNames)[number];
