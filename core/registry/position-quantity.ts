/** What marks of tracks have in the place of a quantity. No meter measures it. */
export const positionQuantity = 'position';
