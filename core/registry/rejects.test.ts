import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { RejectInput } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry({ rejectLimit: 2_000 });
});
afterEach(() => test.end());

function refused(agent: string, index: number, row = '[1]'): RejectInput {
  const rejection = { id: 'b1', list: 'readings', index, code: 'row.value', message: 'not finite' } as const;
  return { agent, rejection, row };
}

describe('refused rows', () => {
  it('are listed newest first, page by page, also of one agent', async () => {
    const { rejects } = test.registry;
    await rejects.add([refused('a', 0), refused('b', 1), refused('a', 2)], 77);
    await rejects.add([refused('a', 3)], 78);
    await rejects.add([], 79);
    const first = await rejects.list({ limit: 2 });
    expect(first).toEqual([
      { ...refused('a', 3), at: 78, seq: expect.any(Number) },
      { ...refused('a', 2), at: 77, seq: expect.any(Number) },
    ]);
    const after = first[1]?.seq ?? 0;
    expect((await rejects.list({ limit: 5, after })).map(({ rejection }) => rejection.index)).toEqual([1, 0]);
    expect((await rejects.list({ limit: 5, agent: 'b' })).map(({ agent }) => agent)).toEqual(['b']);
  });

  it('are cut to 1 000 characters, whatever they hold', async () => {
    const { rejects } = test.registry;
    const noise = `\0\ud800"'节${'x'.repeat(5_000)}`;
    await rejects.add([refused('a', 0, noise)], 1);
    const [record] = await rejects.list({ limit: 1 });
    expect(record?.row).toHaveLength(1_000);
    expect(record?.row).toContain(`"'节xxx`);
  });

  it('are kept up to the limit, the newest of them, also when far more come at once', async () => {
    const { rejects } = test.registry;
    for (let round = 0; round < 10; round += 1) {
      await rejects.add(
        Array.from({ length: 500 }, (_, n) => refused('a', round * 500 + n)),
        round,
      );
    }
    const kept = await rejects.list({ limit: 10_000 });
    expect(kept.length).toBeGreaterThanOrEqual(2_000);
    expect(kept.length).toBeLessThan(3_000);
    expect(kept.map(({ rejection }) => rejection.index)).toEqual(kept.map((_, n) => 4_999 - n));
    await rejects.add(
      Array.from({ length: 5_000 }, (_, n) => refused('b', n)),
      99,
    );
    expect(await rejects.list({ limit: 10_000 })).toHaveLength(2_000);
    expect((await rejects.list({ limit: 1 }))[0]?.rejection.index).toBe(4_999);
  });
});
