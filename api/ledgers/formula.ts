// Keys of points, and formulas of virtual points: "agent/a + 0.5*agent/b - agent/c".
import { parsePointKey } from '../../core/domain/topics.ts';
import { partOf } from './cells.ts';
import { CellFault, type Read } from './column.ts';

export interface Formula {
  readonly terms: readonly { readonly point: string; readonly factor: number }[];
}

export const key: Read<string> = (cell) => {
  const said = String(cell).normalize('NFKC').trim();
  return parsePointKey(said) ? said : new CellFault('not-a-point');
};

const number = String.raw`\d+(?:\.\d+)?\s*%?`;
const point = `[A-Za-z0-9._-]{1,64}/[A-Za-z0-9._-]{1,64}`;
const term = new RegExp(
  String.raw`\s*([+-])?\s*(?:(${number})\s*[*×]\s*)?(${point})(?:\s*[*×]\s*(${number}))?(?=\s|$)`,
  'y',
);
const mostTerms = 1_000;

/** Terms in the order of their points, so that the same formula is the same fact. */
export const formula: Read<Formula> = (cell) => {
  const said = String(cell)
    .normalize('NFKC')
    .replaceAll('−', '-')
    .replace(/^\s*'?=/, '')
    .trim();
  const factors = new Map<string, number>();
  let at = 0;
  while (at < said.length) {
    term.lastIndex = at;
    const found = term.exec(said);
    const [whole, sign, before, name, after] = found ?? [];
    const wanting = at > 0 && sign === undefined;
    if (whole === undefined || name === undefined || wanting || (before && after)) {
      return new CellFault('not-a-formula');
    }
    const factor = partOf(before ?? after ?? '1') * (sign === '-' ? -1 : 1);
    factors.set(name, (factors.get(name) ?? 0) + factor);
    at = term.lastIndex;
  }
  const terms = [...factors]
    .map(([point, factor]) => ({ point, factor }))
    .filter(({ factor }) => factor !== 0);
  if (terms.length === 0 || terms.length > mostTerms) return new CellFault('not-a-formula');
  return { terms: terms.sort((a, b) => (a.point < b.point ? -1 : 1)) };
};
