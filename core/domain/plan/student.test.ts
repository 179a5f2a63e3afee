import { expect, test } from 'vitest';
import { studentCdf, studentQuantile } from './student.ts';

test('quantiles agree with the printed table of Student t', () => {
  for (const [p, dof, t] of [
    [0.9, 1, 3.0777],
    [0.9, 2, 1.8856],
    [0.9, 10, 1.3722],
    [0.975, 4, 2.7764],
    [0.975, 30, 2.0423],
    [0.995, 5, 4.0321],
  ] as const) {
    expect(studentQuantile(p, dof)).toBeCloseTo(t, 4);
  }
});

test('many degrees of freedom come to the normal distribution, and both tails are alike', () => {
  expect(studentQuantile(0.9, 1e6)).toBeCloseTo(1.28155, 4);
  expect(studentQuantile(0.1, 7)).toBeCloseTo(-studentQuantile(0.9, 7), 12);
  expect(studentCdf(0, 3)).toBeCloseTo(0.5, 12);
  expect(studentCdf(studentQuantile(0.73, 3.5), 3.5)).toBeCloseTo(0.73, 10);
});
