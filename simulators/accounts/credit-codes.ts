// Unified social credit codes (统一社会信用代码) that are well formed and belong to nobody: the region 990000 is no region.
import { checkCharacter } from '../../core/registry/attributes/credit-code.ts';

const nobodysRegion = '990000';
const weights = [3, 7, 9, 10, 5, 8, 4, 2];
const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The code of the city's institution with this number.
 * @param body agency (机关) or public institution (事业单位)
 * @param number 0 to 99 999
 */
export function creditCode(body: 'agency' | 'public-institution', number: number): string {
  const organisation = `DEM${String(number).padStart(5, '0')}`;
  const first17 = `${body === 'agency' ? '11' : '12'}${nobodysRegion}${organisation}${organisationCheck(organisation)}`;
  return first17 + checkCharacter(first17);
}

/** Last character of an organisation's own code. [GB 11714] */
function organisationCheck(organisation: string): string {
  const sum = weights.reduce(
    (total, weight, place) => total + weight * characters.indexOf(organisation.charAt(place)),
    0,
  );
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? 'X' : String(check);
}
