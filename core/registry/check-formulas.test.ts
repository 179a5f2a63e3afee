import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { PointInput } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
  await test.registry.points.registerAll(
    [
      electricPoint('a/main'),
      electricPoint('a/floor', { quantities: ['electricity_interval', 'power'] }),
      electricPoint('a/water', { quantities: ['water'] }),
      electricPoint('a/solar', { quantities: ['solar'] }),
    ],
    by,
  );
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const jun = midnight('2024-06-01');

type Term = readonly [PointInput['key'], number];

function virtual(key: PointInput['key'], terms: readonly Term[], more: Partial<PointInput> = {}): PointInput {
  const formula = { terms: terms.map(([point, factor]) => ({ point, factor })) };
  return electricPoint(key, { role: 'virtual', formula, ...more });
}

describe('a virtual point', () => {
  it('has a formula over points that measure what it counts, by register or by interval', async () => {
    const { points, facts } = test.registry;
    const rest = virtual('v/rest', [
      ['a/main', 1],
      ['a/floor', -1],
    ]);
    expect(await points.register(rest, by)).toMatchObject({ role: 'virtual' });
    expect(await facts.valueAt('v/rest', 'formula', jan)).toEqual({
      counts: false,
      terms: [
        { point: 'a/main', factor: 1 },
        { point: 'a/floor', factor: -1 },
      ],
    });
    await points.register(virtual('v/third', [['v/rest', 1 / 3]]), by);
  });

  it('is refused without a formula, with a device, or with the role of a meter', async () => {
    const { points, facts } = test.registry;
    await expect(points.register(electricPoint('v/x', { role: 'virtual' }), by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message:
        'v/x from 2024-01-01T00:00:00+08:00: a virtual point needs a formula; record role and formula together',
    });
    const device = virtual('v/x', [['a/main', 1]], { installation: { serial: '7' } });
    await expect(points.register(device, by)).rejects.toThrow(/has no installed device/);
    const billing = virtual('v/x', [['a/main', 1]], { role: 'billing' });
    await expect(points.register(billing, by)).rejects.toThrow(/only a virtual point has a formula/);
    await points.register(virtual('v/x', [['a/main', 1]]), by);
    const end = { entity: 'v/x', attribute: 'formula', validFrom: jun, value: null };
    await expect(facts.record([end], by)).rejects.toThrow(/2024-06-01.*needs a formula/);
    await facts.record([end, { ...end, attribute: 'role', value: 'billing' }], by);
  });

  it('is refused for terms that are not there, stand twice, or say nothing', async () => {
    const { points } = test.registry;
    await expect(points.register(virtual('v/x', [['a/nobody', 1]]), by)).rejects.toMatchObject({
      code: 'registry.not-found',
      message: expect.stringContaining('there is no point "a/nobody"'),
    });
    const twice: Term[] = [
      ['a/main', 1],
      ['a/main', 2],
    ];
    await expect(points.register(virtual('v/x', twice), by)).rejects.toThrow(/a\/main is named twice/);
    await expect(points.register(virtual('v/x', []), by)).rejects.toThrow(/v\/x formula/);
    await expect(points.register(virtual('v/x', [['a/main', 0]]), by)).rejects.toThrow(/factor 0/);
  });

  it('does not mix carriers, also when a term is said to measure something else later', async () => {
    const { points, facts } = test.registry;
    for (const key of ['a/water', 'a/solar'] as const) {
      const mixed: Term[] = [
        ['a/main', 1],
        [key, 1],
      ];
      await expect(points.register(virtual('v/x', mixed), by)).rejects.toThrow(
        new RegExp(`its formula counts electricity, but ${key} measures`),
      );
    }
    await expect(
      points.register(virtual('v/x', [['a/floor', 1]], { quantities: ['power'] }), by),
    ).rejects.toThrow(/a formula gives consumption, not power/);
    await points.register(virtual('v/x', [['a/main', 1]]), by);
    const change = { entity: 'a/main', attribute: 'quantities', validFrom: jun, value: ['water'] };
    await expect(facts.record([change], by)).rejects.toThrow(/v\/x from 2024-06-01.*a\/main measures water/);
    // From the day on which nothing is made of it any more it may.
    const other = { terms: [{ point: 'a/floor', factor: 1 }] };
    await facts.record([{ entity: 'v/x', attribute: 'formula', validFrom: jun, value: other }, change], by);
  });

  it('is not made of itself, directly or through others, at any date; what changes in between does no harm', async () => {
    const { points, facts } = test.registry;
    await expect(points.register(virtual('v/x', [['v/x', 1]]), by)).rejects.toMatchObject({
      code: 'registry.cycle',
      message: expect.stringContaining('v/x → v/x'),
    });
    await points.register(virtual('v/x', [['a/main', 1]]), by);
    await points.register(virtual('v/y', [['v/x', 1]]), by);
    const back = { terms: [{ point: 'v/y', factor: 1 }] };
    await expect(
      facts.record([{ entity: 'v/x', attribute: 'formula', validFrom: jun, value: back }], by),
    ).rejects.toMatchObject({
      code: 'registry.cycle',
      message: expect.stringMatching(/v\/x → v\/y → v\/x from 2024-06-01/),
    });
    const plain = { terms: [{ point: 'a/floor', factor: 1 }] };
    await facts.record(
      [
        { entity: 'v/x', attribute: 'formula', validFrom: jun, value: back },
        { entity: 'v/y', attribute: 'formula', validFrom: jun, value: plain },
      ],
      by,
    );
  });
});

describe('a sub-item', () => {
  it('lies in the item of its point, in whatever order both are said', async () => {
    const { points, facts } = test.registry;
    await points.register(electricPoint('a/lift', { item: 'power', subItem: 'C1' }), by);
    const item = { entity: 'a/lift', attribute: 'item', validFrom: jun, value: 'special' };
    await expect(facts.record([item], by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(
        /a\/lift: sub-item C1 is a part of power, but from 2024-06-01.* its item is special/,
      ),
    });
    await facts.record([item, { ...item, attribute: 'subItem', value: 'D6' }], by);
    await points.register(electricPoint('a/pump', { subItem: 'C2' }), by);
    await facts.record([{ entity: 'a/pump', attribute: 'item', validFrom: jan, value: 'power' }], by);
  });
});
