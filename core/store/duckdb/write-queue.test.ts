import { describe, expect, it } from 'vitest';
import { WriteQueue } from './write-queue.ts';

describe('the write queue', () => {
  it('runs one job at a time, in order, and goes on after one that fails', async () => {
    const queue = new WriteQueue(10);
    const log: string[] = [];
    const job = (name: string, fails = false) =>
      queue.run(async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([job('a'), job('b', true), job('c')]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(queue.waiting).toBe(0);
  });

  it('refuses what is beyond its limit, counts it, and takes more when there is room', async () => {
    const queue = new WriteQueue(2);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const jobs = [0, 1, 2].map(() => queue.run(() => gate));
    await expect(queue.run(() => gate)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect([queue.waiting, queue.refused]).toEqual([3, 1]);
    open();
    await Promise.all(jobs);
    expect(await queue.run(() => Promise.resolve(7))).toBe(7);
  });

  it('finishes what waits when it closes, and takes nothing more until it opens', async () => {
    const queue = new WriteQueue(2);
    let done = 0;
    const jobs = [0, 1].map(() =>
      queue.run(async () => {
        done++;
      }),
    );
    await queue.close();
    expect(done).toBe(2);
    await Promise.all(jobs);
    await expect(queue.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'store.unavailable' });
    queue.open();
    await queue.run(() => Promise.resolve());
  });
});
