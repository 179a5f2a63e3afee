// A book of which a part is made anew is the book that is made as a whole.
import { describe, expect, it } from 'vitest';
import type { Census, CensusInstitution, MeteredStretch } from '../../core/domain/accounting/census.ts';
import { midnight } from '../../core/testing/test-registry.ts';
import { Bonds, rebuiltInPart, wholeBook } from './rebuild.ts';

const [from, to] = [midnight('2024-01-01'), midnight('2024-02-01')];

function institution(id: string): CensusInstitution {
  const unknown = Float64Array.of(Number.NaN);
  const texts = { sector: '', kind: '', adminLevel: '', climateZone: '', heating: '' };
  const [one, none] = [Uint8Array.of(1), Int32Array.of(-1)];
  return {
    id,
    name: id,
    parent: none,
    exists: one,
    lives: [{ from, to }],
    userRules: [],
    users: unknown,
    areaM2: unknown,
    registered: one,
    ...texts,
  };
}

function series(name: string, ...stretches: Pick<MeteredStretch, 'institution' | 'share' | 'counter'>[]) {
  const use = 'building' as const;
  return {
    point: `g/${name}` as const,
    quantity: 'electricity' as const,
    commodity: 'electricity' as const,
    stretches: stretches.map((stretch) => ({ ...stretch, use, from, to })),
  };
}

const census: Census = {
  months: { starts: Float64Array.of(from), to },
  institutions: Array.from({ length: 20 }, (_, place) => institution(`i${place}`)),
  series: [
    series('above', { institution: 0, share: 1, counter: 'g/rest' }),
    // Of the meter above, what the tenant uses: it is subtracted for the one and counts for the other.
    series('tenant', { institution: 0, share: -1, counter: 'g/rest' }, { institution: 1, share: 1 }),
    series('other', { institution: 2, share: 1 }),
    series('both', { institution: 2, share: 0.5 }, { institution: 3, share: 0.5 }),
  ],
  statements: [],
  accounts: [],
  reporting: [],
};

const sourcesOf = (values: readonly number[]) => ({
  census,
  metered: values.map((value) => ({
    value: Float64Array.of(value),
    measuredMs: Float64Array.of(to - from),
    estimatedMs: Float64Array.of(0),
  })),
  partials: [],
  asOf: to,
});

describe('a book of which a part is made anew', () => {
  it('is as if it had been made as a whole, also where energy moves between institutions', () => {
    const before = sourcesOf([10, 4, 5, 6]);
    // The meter above shows less than the tenant's: what he gets changes with a meter that is not his.
    const after = sourcesOf([1, 4, 5, 6]);
    const bonds = new Bonds(census);
    expect([...bonds.restingOn([0])].sort()).toEqual([0, 1]);
    expect(rebuiltInPart(wholeBook(before), after, bonds.restingOn([0]))).toEqual(wholeBook(after));
  });

  it('leaves alone what does not rest on what changed', () => {
    const bonds = new Bonds(census);
    expect([...bonds.restingOn([2])]).toEqual([2]);
    expect([...bonds.restingOn([3])].sort()).toEqual([2, 3]);
    expect([...bonds.restingOn([])]).toEqual([]);
    const book = wholeBook(sourcesOf([10, 4, 5, 6]));
    const changed = rebuiltInPart(book, sourcesOf([10, 4, 7, 6]), bonds.restingOn([2]));
    expect(
      changed.lines.filter((line) => !book.lines.includes(line)).map((line) => line.institution),
    ).toEqual([2]);
  });
});
