import { describe, expect, test } from 'vitest';
import { gradeOfScore, gradeText } from './grades.ts';
import { type Designation, keyUsersOf, suggestKeyUsers } from './key-users.ts';

describe('designated list of a year', () => {
  const forever = Number.POSITIVE_INFINITY;
  const facts: Designation[] = [
    { institution: 'b', from: 0, to: 50, listed: true, grade: 'met', document: 'L-1' },
    { institution: 'b', from: 50, to: forever, listed: true, grade: 'exceeded', document: 'L-2' },
    { institution: 'a', from: 10, to: 120, listed: true },
    { institution: 'c', from: 0, to: 60, listed: true },
    { institution: 'c', from: 60, to: forever, listed: false },
    { institution: 'd', from: 100, to: forever, listed: true },
  ];

  test('the last designation that holds in the year decides, in any order of facts', () => {
    const expected = [
      { institution: 'a', grade: '', document: '' },
      { institution: 'b', grade: 'exceeded', document: 'L-2' },
    ];
    expect(keyUsersOf(facts, 0, 100)).toEqual(expected);
    expect(keyUsersOf(facts.toReversed(), 0, 100)).toEqual(expected);
    expect(keyUsersOf(facts, 0, 50).map(({ institution }) => institution)).toEqual(['a', 'b', 'c']);
    expect(keyUsersOf(facts, 200, 300).map(({ institution }) => institution)).toEqual(['b', 'd']);
  });
});

describe('candidates', () => {
  const figures = [
    { institution: 'small', energyTce: 40, electricityKwh: 1e5, areaM2: 3000 },
    { institution: 'large', energyTce: 500, electricityKwh: null, areaM2: 9000 },
    { institution: 'wide', energyTce: 90, electricityKwh: 3e5, areaM2: 12_000 },
    { institution: 'dark', energyTce: null, electricityKwh: null, areaM2: 4000 },
    { institution: 'was', energyTce: 100, electricityKwh: 2e5, areaM2: 5000 },
  ];

  test('any threshold reached suggests, at the threshold included; the most energy first', () => {
    const found = suggestKeyUsers(figures, { energyTce: 500, areaM2: 10_000 }, new Set(['was']));
    expect(found.map(({ institution, state }) => [institution, state])).toEqual([
      ['large', 'candidate'],
      ['was', 'listed-below'],
      ['wide', 'candidate'],
      ['dark', 'not-known'],
    ]);
    expect(found[0]?.reached).toEqual([{ measure: 'energyTce', value: 500, threshold: 500 }]);
    expect(found[3]?.unknown).toEqual(['energyTce']);
    expect(
      suggestKeyUsers(figures.toReversed(), { energyTce: 500, areaM2: 10_000 }, new Set(['was'])),
    ).toEqual(found);
  });

  test('without thresholds nobody is suggested and nobody on the list is below them', () => {
    const found = suggestKeyUsers(figures, {}, new Set(['was']));
    expect(found.map(({ institution, state }) => [institution, state])).toEqual([['was', 'listed']]);
  });
});

describe('assessment grade', () => {
  test('a score falls on the highest step that it reaches', () => {
    expect([100, 95, 94.9, 80, 60, 59, 0].map((score) => gradeOfScore(score))).toEqual([
      'exceeded',
      'exceeded',
      'met',
      'met',
      'nearly-met',
      'missed',
      'missed',
    ]);
    expect(gradeOfScore(null)).toBeNull();
    expect(gradeOfScore(-1)).toBeNull();
  });

  test('a grade that the scale does not know is shown as entered', () => {
    expect(gradeText('met', 'zh-CN')).toBe('完成');
    expect(gradeText('met', 'en')).toBe('met');
    expect(gradeText('优秀', 'en')).toBe('优秀');
  });
});
