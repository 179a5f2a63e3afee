// Litres to kilograms of fuels (密度): statistics count litres, standard coal and carbon are given by the kilogram.

/**
 * Back-computed from the published totals of Chongqing 2015 (1.0747 kgce/L of gasoline, 1.2431 kgce/L of diesel); confidence
 * medium. A document that prescribes others is entered as a version of one's own of the sets that use them.
 */
export const kgPerLitre = { gasoline: 0.7304, diesel: 0.8531 } as const;
export const densitySource =
  'litres by 0.7304 kg/L (gasoline) and 0.8531 kg/L (diesel), back-computed from published totals of Chongqing 2015';
