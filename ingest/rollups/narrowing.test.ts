import { describe, expect, it } from 'vitest';
import { JieyueError } from '../../core/domain/errors.ts';
import { LeaseLost, narrow } from './narrowing.ts';

const never = () => false;
const down = new JieyueError('store.unavailable', 'down');
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Follows all it is given, unless one of them is bad. */
function follower(bad: (work: number) => boolean, error: unknown = new TypeError('no such fact')) {
  const state = { attempts: 0 };
  const attempt = (works: readonly number[]) => {
    state.attempts++;
    return works.some(bad) ? Promise.reject(error) : Promise.resolve(works);
  };
  return { state, attempt };
}

describe('narrowing', () => {
  it('is one attempt when all goes well', async () => {
    const { state, attempt } = follower(() => false);
    const outcome = await narrow(numbers(100), attempt, never);
    expect(outcome).toEqual({ results: numbers(100), failed: [], outage: undefined });
    expect(state.attempts).toBe(1);
  });

  it.each([
    [9, [0, 1, 2]],
    [5_000, [0, 1, 2, 3]],
    [5_000, [4_999]],
    [5_000, [7, 700, 4_000]],
  ])('finds the bad ones among %i and follows all others', async (count, badOnes) => {
    const { state, attempt } = follower((work) => badOnes.includes(work));
    const { results, failed, outage } = await narrow(numbers(count), attempt, never);
    expect(failed.map(({ work }) => work).sort((a, b) => a - b)).toEqual(badOnes);
    expect([...results].sort((a, b) => a - b)).toEqual(
      numbers(count).filter((work) => !badOnes.includes(work)),
    );
    expect(outage).toBeUndefined();
    expect(state.attempts).toBeLessThan(120);
  });

  it.each([
    ['the store is down', down],
    ['each of them fails by itself', new TypeError('bad')],
  ])('blames none when %s, and is soon done', async (_, error) => {
    const { state, attempt } = follower(() => true, error);
    const outcome = await narrow(numbers(5_000), attempt, never);
    expect(outcome).toEqual({ results: [], failed: [], outage: { error } });
    expect(state.attempts).toBeLessThan(10);
  });

  it('blames none when an outage begins on the way', async () => {
    let calls = 0;
    const attempt = (works: readonly number[]) => {
      calls++;
      return calls === 1 || calls > 9 ? Promise.reject(down) : Promise.resolve(works);
    };
    const { results, failed, outage } = await narrow(numbers(5_000), attempt, never);
    expect(results).toHaveLength(8);
    expect(failed).toEqual([]);
    expect(outage).toEqual({ error: down });
    expect(calls).toBeLessThan(40);
  });

  it('blames none when there is but one: nothing tells it from an outage', async () => {
    const { state, attempt } = follower(() => true);
    expect(await narrow([1], attempt, never)).toMatchObject({ failed: [], outage: {} });
    expect(state.attempts).toBe(1);
  });

  it('finds one that always exhausts the store', async () => {
    const { attempt } = follower((work) => work === 2_345, down);
    const { failed, results } = await narrow(numbers(5_000), attempt, never);
    expect(failed.map(({ work }) => work)).toEqual([2_345]);
    expect(results).toHaveLength(4_999);
  });

  it('leaves what it does not find within reason to the next time', async () => {
    const { state, attempt } = follower((work) => work % 3 === 0);
    const { results, failed } = await narrow(numbers(5_000), attempt, never);
    expect(state.attempts).toBeLessThan(200);
    expect(failed.length).toBeGreaterThan(5);
    expect(results.length).toBeGreaterThan(0);
    expect(failed.every(({ work }) => work % 3 === 0)).toBe(true);
  });

  it('tries nothing again when the lease is lost, and ends when told to', async () => {
    const lost = follower(() => true, new LeaseLost());
    await expect(narrow(numbers(100), lost.attempt, never)).rejects.toThrow(LeaseLost);
    expect(lost.state.attempts).toBe(1);
    const bad = follower((work) => work === 5);
    await narrow(numbers(100), bad.attempt, () => true);
    expect(bad.state.attempts).toBe(1);
  });
});
