// States of meters and agents are written every few minutes; a board shows those of now, whatever its period is.

/** How far back a state is looked for, so that an interrupted job shows old states rather than none. */
export const stateNow = '6h';
