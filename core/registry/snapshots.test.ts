import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');

describe('a frozen review', () => {
  it('is kept as it was taken, and listed without its content, the newest first', async () => {
    const { snapshots, institutions } = test.registry;
    const city = (await institutions.create({ name: 'City', parent: null, validFrom: jan }, by)).id;
    const content = { figures: [{ indicator: 'energyPerPerson', value: 412.5 }], 说明: ['中期评估', null] };
    const input = { name: '中期评估', institution: city, plan: 'city-14', takenAt: jan, content };
    const taken = await snapshots.add(input, by);
    expect(taken).toEqual({ ...input, ...by, id: taken.id });
    const later = await snapshots.add({ ...input, name: 'End', takenAt: jan + 1 }, by);
    expect(await snapshots.get(taken.id)).toEqual(taken);
    const { content: _, ...listed } = taken;
    expect(await snapshots.list(city)).toEqual([
      { ...listed, id: later.id, name: 'End', takenAt: jan + 1 },
      listed,
    ]);
    expect(await snapshots.list('nobody')).toEqual([]);
    expect(await snapshots.get('nothing')).toBeUndefined();
  });

  it('is refused without an institution that is there, a name, a plan, a time, or content', async () => {
    const { snapshots, institutions } = test.registry;
    const city = (await institutions.create({ name: 'City', parent: null, validFrom: jan }, by)).id;
    const good = { name: 'x', institution: city, plan: 'p', takenAt: jan, content: 1 };
    await expect(snapshots.add({ ...good, institution: 'nobody' }, by)).rejects.toMatchObject({
      code: 'registry.not-found',
    });
    for (const wrong of [{ name: ' ' }, { plan: '' }, { takenAt: 0.5 }, { content: undefined }]) {
      await expect(snapshots.add({ ...good, ...wrong }, by)).rejects.toMatchObject({
        code: 'registry.invalid',
        message: expect.stringContaining('snapshot "'),
      });
    }
    expect(await snapshots.list(city)).toEqual([]);
  });
});
