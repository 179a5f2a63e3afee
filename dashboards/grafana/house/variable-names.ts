// Names of the variables of boards; links between boards carry them as `var-<name>`.
export const variableNames = ['institution', 'building', 'carrier', 'point'] as const;
export type VariableName = (typeof variableNames)[number];
