import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.ts';

const one = Float64Array.of(1, 2);
const two = Float64Array.of(1, 3);

describe('what was written last', () => {
  it('is not written again until it changes, its words do, or somebody else wrote', () => {
    const remembered = new Remembered();
    remembered.begin(false, 2);
    expect(remembered.changed('a', 1, one, 'x')).toBe(true);
    expect(remembered.changed('b', 1, one, 'x')).toBe(true);
    remembered.end();
    remembered.begin(true, 2);
    expect(remembered.changed('a', 1, one, 'x')).toBe(false);
    expect(remembered.changed('b', 1, two, 'x')).toBe(true);
    remembered.end();
    remembered.begin(true, 2);
    expect(remembered.changed('b', 1, two, 'x')).toBe(false);
    expect(remembered.changed('a', 1, one, 'y')).toBe(true);
    expect(remembered.changed('a', 2, one, 'y')).toBe(true);
    remembered.end();
    remembered.begin(false, 2);
    expect(remembered.changed('a', 1, one, 'y')).toBe(true);
  });

  it('of parts that nobody asks about any more is forgotten', () => {
    const remembered = new Remembered(2 * 8);
    for (let part = 0; part < 10; part++) {
      remembered.begin(part > 0, 1);
      expect(remembered.changed('a', part, one, '')).toBe(true);
      expect([remembered.beyond, remembered.changed('a', part, one, '')]).toEqual([0, false]);
      remembered.end();
    }
  });

  it('is held for all accounts of 1 600 institutions and two years, and what finds no room is counted', () => {
    const [accounts, parts] = [9_651, 200];
    const remembered = new Remembered();
    const few = new Remembered(100 * 8);
    for (const undisturbed of [false, true]) {
      remembered.begin(undisturbed, accounts);
      few.begin(undisturbed, 100);
      // A tenth of the accounts stands for all: room is made for each.
      for (let account = 0; account < accounts; account += 10) {
        for (let part = 0; part < parts; part += 10) {
          if (remembered.changed(`${account}`, part, one, '') === undisturbed)
            expect.fail('was not remembered');
        }
      }
      for (const part of [1, 2]) {
        for (let account = 0; account < 100; account++)
          expect(few.changed(`${account}`, part, one, '')).toBe(!undisturbed || part === 2);
      }
      expect([remembered.beyond, few.beyond]).toEqual([0, 100]);
      remembered.end();
      few.end();
    }
  });

  it('grows with accounts that come later', () => {
    const remembered = new Remembered();
    remembered.begin(false, 1);
    for (const series of ['a', 'b', 'c']) expect(remembered.changed(series, 1, one, '')).toBe(true);
    for (const series of ['a', 'b', 'c']) expect(remembered.changed(series, 1, one, '')).toBe(false);
  });
});
