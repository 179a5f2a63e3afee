import { afterEach, describe, expect, test } from 'vitest';
import { FakeRegistry, FakeStore, storeAway } from '../core/testing/ingest/fakes.ts';
import { batchOf, PipelineKit, startOfTest, turn } from '../core/testing/ingest/pipeline-kit.ts';

const ts = startOfTest - 3_600_000;
const good = (point: string, at = ts, value = 1) => [point, 'electricity', at, value];

const kits: PipelineKit[] = [];
function kitOf(...options: ConstructorParameters<typeof PipelineKit>): PipelineKit {
  const kit = new PipelineKit(...options).run();
  kits.push(kit);
  return kit;
}
afterEach(async () => {
  for (const kit of kits.splice(0)) await kit.stop();
});

describe('a batch', () => {
  test('is acknowledged after its rows are in the store, with their marks', async () => {
    const kit = kitOf();
    let open: () => void = () => {};
    kit.store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const batch = batchOf([good('m1', ts, 5), good('m1', ts + 1_000, 6)], [['car', ts, 30, 104, 0, 0, {}]]);
    kit.offer('a', batch);
    await kit.until(() => kit.store.writes === 1);
    await turn();
    expect(kit.acks).toEqual([]);
    open();
    expect(await kit.answered('a', batch.id)).toEqual({ ids: [batch.id], rejected: [], rejectedCount: 0 });
    expect([...kit.store.rows]).toEqual([
      [`a/m1 electricity ${ts}`, 5],
      [`a/m1 electricity ${ts + 1_000}`, 6],
    ]);
    expect([...kit.store.positionRows.keys()]).toEqual([`a/car ${ts}`]);
    expect(kit.store.marked).toMatchObject([{ point: 'a/m1', from: ts, to: ts + 1_000 }]);
  });

  test('has its marks in the registry before it is acknowledged, where the store keeps none', async () => {
    const kit = kitOf();
    kit.registry.registered.add('a/m1');
    kit.offer('a', batchOf([good('m1')]));
    await kit.until(() => kit.acks.length > 0);
    expect(kit.registry.markRows).toEqual([{ point: 'a/m1', quantity: 'electricity', from: ts, to: ts }]);
    expect(kit.registry.announced.size).toBe(0);

    kit.registry.failure = new Error('registry away');
    const second = batchOf([good('m1', ts + 1)]);
    kit.offer('a', second);
    for (let n = 0; n < 50; n++) await turn();
    expect(kit.acks.flatMap(({ ack }) => ack.ids)).not.toContain(second.id);
    kit.registry.failure = undefined;
    await kit.answered('a', second.id);
    expect(kit.registry.markRows).toHaveLength(2);
  });

  test('leaves the marks to a store that keeps them itself', async () => {
    const store = new FakeStore();
    store.marks = {};
    const kit = kitOf({ store });
    await kit.send('a', batchOf([good('m1')]));
    expect(store.marked).toHaveLength(1);
    expect(kit.registry.markRows).toEqual([]);
  });

  test('loses its bad rows only, each refused with list, index, code and value', async () => {
    const kit = kitOf();
    const batch = batchOf(
      [
        good('m1'),
        ['m 1', 'electricity', ts, 1],
        ['m1', 'steam', ts, 1],
        ['m1', 'electricity', 1.5, 1],
        ['m1', 'electricity', startOfTest + 600_001, 1],
        ['m1', 'power_factor', ts, 1.01],
        ['m1', 'electricity', ts, null],
        'row',
        good('m2'),
      ],
      [
        ['car', ts, 91, 0, 0, 0, {}],
        ['car', ts, 30, 104, 0, 0, { colour: 'red' }],
        ['car', ts + 1, 30, 104, 0, 0, { ignition: true }],
      ],
    );
    const ack = await kit.send('a', batch);
    expect(ack.rejected.map(({ list, index, code }) => `${list} ${index} ${code}`)).toEqual([
      'readings 1 row.point',
      'readings 2 row.quantity',
      'readings 3 row.ts',
      'readings 4 row.future',
      'readings 5 row.value',
      'readings 6 row.value',
      'readings 7 row.malformed',
      'positions 0 row.position',
      'positions 1 row.position',
    ]);
    expect(ack.rejectedCount).toBe(9);
    expect(ack.rejected[4]?.message).toContain('1.01');
    expect(kit.store.rows.size).toBe(2);
    expect([...kit.store.positionRows.keys()]).toEqual([`a/car ${ts + 1}`]);
    expect(kit.registry.kept).toHaveLength(9);
    expect(kit.registry.kept[1]?.row).toBe(JSON.stringify(['m1', 'steam', ts, 1]));
    expect(await kit.count('rejected_total', 'row.value')).toBe(2);
    expect(await kit.count('readings_total')).toBe(2);
  });

  test('with more than 100 bad rows is answered with the first 100 and the number of all', async () => {
    const kit = kitOf();
    const ack = await kit.send(
      'a',
      batchOf(Array.from({ length: 250 }, () => ['m1', 'electricity', ts, 'x'])),
    );
    expect(ack.rejected).toHaveLength(100);
    expect(ack.rejectedCount).toBe(250);
    expect(await kit.count('rejected_total', 'row.value')).toBe(250);
  });

  test.each([
    ['not JSON, with its id in front', '{"id":"b1","readings":[[', 'batch.not-json'],
    ['without sentAt', '{"id":"b1","readings":[]}', 'batch.malformed'],
    ['with a list that is none', '{"id":"b1","sentAt":1,"readings":{}}', 'batch.malformed'],
    ['with a null list', '{"id":"b1","sentAt":1,"readings":null}', 'batch.malformed'],
    ['without rows', '{"id":"b1","sentAt":1,"readings":[],"positions":[]}', 'batch.empty'],
    [
      'of 5 001 rows',
      JSON.stringify({ id: 'b1', sentAt: 1, readings: Array(5_001).fill(0) }),
      'batch.too-large',
    ],
    ['of too many bytes', `{"id":"b1","sentAt":1,"x":"${'y'.repeat(512 * 1024)}"}`, 'batch.too-large'],
    ['with an endless sentAt', '{"id":"b1","sentAt":1e999,"readings":[1]}', 'batch.malformed'],
  ])('%s is refused as a whole and answered', async (_case, payload, code) => {
    const kit = kitOf();
    kit.offer('a', payload);
    const ack = await kit.answered('a', 'b1');
    expect(ack.rejected).toMatchObject([{ id: 'b1', list: 'batch', index: -1, code }]);
    expect(kit.store.writes).toBe(0);
    expect(kit.registry.kept[0]?.row).toBe(payload.slice(0, 1_000));
    expect(await kit.count('rejected_total', code)).toBe(1);
  });

  test.each([
    ['binary', '\u0000\u0001\u0002', 'batch.not-json'],
    ['null', 'null', 'batch.malformed'],
    ['a list', '[{"id":"b1"}]', 'batch.malformed'],
    ['without an id', '{"sentAt":1,"readings":[1]}', 'batch.malformed'],
    ['with an id of 65 characters', `{"id":"${'x'.repeat(65)}","sentAt":1}`, 'batch.malformed'],
    ['with an id that is none', '{"id":7,"sentAt":1}', 'batch.malformed'],
    [
      'with an id in its prototype only',
      '{"__proto__":{"id":"b1"},"sentAt":1,"readings":[1]}',
      'batch.malformed',
    ],
    ['nested 200 000 deep', `{"sentAt":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'batch.malformed'],
  ])('%s cannot be answered: it is counted and kept', async (_case, payload, code) => {
    const kit = kitOf();
    kit.offer('a', payload);
    await kit.until(() => kit.registry.kept.length === 1);
    expect(kit.registry.kept[0]).toMatchObject({ agent: 'a', rejection: { list: 'batch', index: -1, code } });
    expect(await kit.count('rejected_total', code)).toBe(1);
    await kit.send('a', batchOf([good('m1')]));
    expect(kit.acks).toHaveLength(1);
  });

  test('whose rows nest too deep to be shown is refused all the same', async () => {
    const kit = kitOf();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    kit.offer('a', `{"id":"b1","sentAt":1,"readings":[${deep},${JSON.stringify(good('m1'))}]}`);
    const ack = await kit.answered('a', 'b1');
    expect(ack.rejected).toMatchObject([{ index: 0, code: 'row.malformed' }]);
    expect(kit.store.rows.size).toBe(1);
  });

  test('counts by the last of its ids where it has two', async () => {
    const kit = kitOf();
    kit.offer('a', `{"id":"b1","id":"b2","sentAt":1,"readings":[${JSON.stringify(good('m1'))}]}`);
    expect((await kit.answered('a', 'b2')).ids).toEqual(['b2']);
    await kit.send('a', { ...batchOf([good('m1')]), id: 'b1' });
  });
});

describe('a batch that comes again', () => {
  test('while it is under way is written once and answered once', async () => {
    const kit = kitOf();
    let open: () => void = () => {};
    kit.store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const batch = batchOf([good('m1')]);
    kit.offer('a', batch);
    await kit.until(() => kit.store.writes === 1);
    kit.offer('a', batch);
    open();
    await kit.answered('a', batch.id);
    for (let n = 0; n < 5; n++) await turn();
    expect(kit.store.writes).toBe(1);
    expect(kit.acks).toHaveLength(1);
    expect(await kit.count('duplicates_total', 'under-way')).toBe(1);
  });

  test('after its acknowledgement was lost is acknowledged again without a write', async () => {
    const kit = kitOf();
    const batch = batchOf([good('m1'), ['m1', 'electricity', ts, 'x']]);
    await kit.send('a', batch);
    const again = await kit.send('a', batch);
    expect(again).toEqual({ ids: [batch.id], rejected: [], rejectedCount: 1 });
    expect(kit.store.writes).toBe(1);
  });

  test('is told from a batch of another agent with the same id', async () => {
    const kit = kitOf();
    const batch = batchOf([good('m1')]);
    await kit.send('a', batch);
    await kit.send('b', batch);
    expect([...kit.store.rows.keys()]).toEqual([`a/m1 electricity ${ts}`, `b/m1 electricity ${ts}`]);
  });

  test('is recognised where the id does not stand in front', async () => {
    const kit = kitOf();
    const { id, sentAt, readings } = batchOf([good('m1')]);
    await kit.send('a', { sentAt, id, readings });
    await kit.send('a', { sentAt, id, readings });
    expect(kit.store.writes).toBe(1);
  });
});

describe('the store', () => {
  test('away holds everything back unacknowledged, and gets it when it is there again', async () => {
    const kit = kitOf();
    kit.store.failure = storeAway();
    const first = batchOf([good('m1')]);
    const second = batchOf([good('m2')]);
    kit.offer('a', first);
    await kit.until(() => kit.store.writes > 1);
    kit.offer('a', second);
    expect(kit.acks).toEqual([]);
    expect(await kit.count('store_up')).toBe(0);
    kit.store.failure = undefined;
    await kit.answered('a', first.id);
    await kit.answered('a', second.id);
    expect(kit.store.rows.size).toBe(2);
    expect(await kit.count('store_up')).toBe(1);
  });

  test('failing in a way that nobody foresaw costs time, not data', async () => {
    const kit = kitOf();
    kit.store.failure = new TypeError('undefined is not a function');
    const batch = batchOf([good('m1')]);
    kit.offer('a', batch);
    await kit.until(() => kit.store.writes > 1);
    kit.store.failure = undefined;
    expect((await kit.answered('a', batch.id)).rejectedCount).toBe(0);
  });

  test('refusing single rows loses those only, named in the answer of their batch', async () => {
    const kit = kitOf();
    kit.store.poison = ({ value }) => value === 666;
    let open: () => void = () => {};
    kit.store.gate = new Promise((resolve) => {
      open = resolve;
    });
    // A first batch keeps the store busy, so that the next ones form one group.
    kit.offer('a', batchOf([good('first')]));
    await kit.until(() => kit.store.writes === 1);
    const batches = [0, 1, 2].map((n) =>
      batchOf(Array.from({ length: 40 }, (_, i) => good(`m${i}`, ts + n, n === 1 && i === 17 ? 666 : i))),
    );
    for (const batch of batches) kit.offer('a', batch);
    open();
    const ack = await kit.answered('a', batches[1]?.id ?? '');
    expect(ack.rejectedCount).toBe(1);
    expect(ack.rejected).toMatchObject([
      { id: batches[1]?.id, list: 'readings', index: 17, code: 'row.refused-by-store' },
    ]);
    expect(ack.rejected[0]?.message).toContain('666');
    expect(kit.store.rows.size).toBe(1 + 119);
    expect(await kit.count('readings_total')).toBe(120);
  });

  test('gets at most so many rows in one write', async () => {
    const store = new FakeStore();
    const sizes: number[] = [];
    const write = store.write.bind(store);
    store.write = (readings, positions, marks) => {
      sizes.push(readings.length);
      return write(readings, positions, marks);
    };
    const kit = kitOf({ store, writeRows: 100 });
    const batches = Array.from({ length: 50 }, (_, n) =>
      batchOf(Array.from({ length: 10 }, (_, i) => good(`m${i}`, ts + n))),
    );
    for (const batch of batches) kit.offer('a', batch);
    for (const batch of batches) await kit.answered('a', batch.id);
    expect(Math.max(...sizes)).toBe(100);
    expect(store.rows.size).toBe(500);
  });
});

describe('a full queue', () => {
  test.each([
    ['rows', { queueRows: 1_000 }],
    ['bytes', { queueBytes: 60_000 }],
  ])(
    'by %s discards unacknowledged and counts; the batch gets in when it comes again',
    async (_what, limit) => {
      const kit = kitOf(limit);
      kit.store.failure = storeAway();
      const batches = Array.from({ length: 40 }, (_, n) =>
        batchOf(Array.from({ length: 100 }, (_, i) => good(`meter-${i}`, ts + n))),
      );
      const [first] = batches;
      kit.offer('a', first);
      await kit.until(() => kit.store.writes > 0);
      // Up to a group is looked at while the store is away; the queue takes what is beyond.
      for (const batch of batches) kit.offer('a', batch);
      const discarded = await kit.count('discarded_total', 'queue-full');
      expect(discarded).toBeGreaterThan(0);
      kit.store.failure = undefined;
      await kit.answered('a', first?.id ?? '');
      for (const batch of batches) await kit.send('a', batch);
      expect(kit.store.rows.size).toBe(4_000);
    },
  );
});

describe('unregistered points', () => {
  const many = (from: number, count: number) => Array.from({ length: count }, (_, i) => good(`u${from + i}`));

  test('are kept up to 1 000 an agent; beyond, their rows are refused with one alarm', async () => {
    const kit = kitOf();
    kit.registry.registered.add('a/known');
    expect((await kit.send('a', batchOf(many(0, 1_000)))).rejectedCount).toBe(0);
    const ack = await kit.send('a', batchOf([...many(995, 10), good('known')]));
    expect(ack.rejected.map(({ index, code }) => `${index} ${code}`)).toEqual(
      [5, 6, 7, 8, 9].map((index) => `${index} row.unknown-points`),
    );
    await kit.send('a', batchOf(many(1_000, 1)));
    expect(kit.registry.alarmLog).toEqual(['raise unknown-points a']);
    expect(kit.store.rows.has(`a/known electricity ${ts}`)).toBe(true);
    // another agent has its own thousand
    expect((await kit.send('b', batchOf(many(0, 1_000)))).rejectedCount).toBe(0);
  });

  test('that were registered a moment ago are taken at once, and the alarm ends', async () => {
    const kit = kitOf();
    await kit.send('a', batchOf(many(0, 1_000)));
    await kit.send('a', batchOf([good('late')]));
    kit.now += 5_000;
    kit.registry.registered.add('a/late').add('a/u1');
    expect((await kit.send('a', batchOf([good('late')]))).rejectedCount).toBe(0);
    expect(kit.registry.alarmLog).toEqual(['raise unknown-points a', 'clear unknown-points a']);
  });

  test('with rows from an earlier run count too', async () => {
    const store = new FakeStore();
    for (let i = 0; i < 1_000; i++) store.oldPoints.push(`a/u${i}`);
    const kit = kitOf({ store });
    expect((await kit.send('a', batchOf([good('u1'), good('new')]))).rejected).toMatchObject([
      { index: 1, code: 'row.unknown-points' },
    ]);
  });

  test('are not refused on a guess while the registry does not answer', async () => {
    const registry = new FakeRegistry();
    registry.failure = new Error('away');
    for (let i = 0; i < 1_200; i++) registry.registered.add(`a/u${i}`);
    const kit = kitOf({ registry });
    const batch = batchOf(many(0, 1_200));
    kit.offer('a', batch);
    await kit.until(() => registry.lookups > 1);
    registry.failure = undefined;
    expect((await kit.answered('a', batch.id)).rejectedCount).toBe(0);
  });

  test('in a flood of made-up names ask the registry a few times a second only', async () => {
    const kit = kitOf();
    await kit.send('a', batchOf(many(0, 1_000)));
    for (let n = 0; n < 50; n++) await kit.send('a', batchOf([good(`made-up-${n}`)]));
    expect(kit.registry.lookups).toBeLessThanOrEqual(6);
  });
});

describe('clock faults', () => {
  const ahead = (point: string) => good(point, startOfTest + 3_600_000);

  test('raise one alarm an agent, which ends when the same points send right times again', async () => {
    const kit = kitOf();
    await kit.send('a', batchOf([ahead('m1'), good('m2')]));
    await kit.send('a', batchOf([ahead('m1')]));
    await kit.send('a', batchOf([good('m2', startOfTest)]));
    expect(kit.registry.alarmLog).toEqual(['raise clock-fault a']);
    expect(kit.registry.open.get('clock-fault a')?.message).toContain('m1');
    // a row from before the fault, out of the outbox, proves nothing
    await kit.send('a', batchOf([good('m1', startOfTest - 86_400_000)]));
    expect(kit.registry.alarmLog).toHaveLength(1);
    await kit.send('a', batchOf([good('m1', startOfTest)]));
    expect(kit.registry.alarmLog).toEqual(['raise clock-fault a', 'clear clock-fault a']);
  });

  test('left open by an earlier run end with the first right row', async () => {
    const registry = new FakeRegistry();
    await registry.alarms.raise('clock-fault', 'a', 'from before', startOfTest);
    registry.alarmLog.length = 0;
    const kit = new PipelineKit({ registry });
    kits.push(kit);
    await kit.alarms.load();
    kit.run();
    await kit.send('a', batchOf([good('m1', startOfTest)]));
    expect(registry.alarmLog).toEqual(['clear clock-fault a']);
  });
});

describe('refused rows', () => {
  test('of a flood are kept up to a limit a minute, and counted all', async () => {
    const kit = kitOf();
    const rubbish = Array.from({ length: 90 }, () => ['m1', 'electricity', ts, 'x']);
    for (let n = 0; n < 5; n++) await kit.send('a', batchOf(rubbish));
    expect(kit.registry.kept).toHaveLength(200);
    expect(await kit.count('rejected_total')).toBe(450);
    expect(await kit.count('rejects_not_kept_total')).toBe(250);
    kit.now += 60_000;
    await kit.send('b', batchOf(rubbish));
    await kit.send('a', batchOf(rubbish));
    expect(kit.registry.kept).toHaveLength(380);
  });

  test('that the registry cannot keep are reported all the same', async () => {
    const kit = kitOf();
    await kit.send('a', batchOf([good('m1')]));
    kit.registry.failure = new Error('away');
    const ack = await kit.send('a', batchOf([['m1', 'electricity', ts, 'x']]));
    expect(ack.rejectedCount).toBe(1);
  });
});

describe('stopping', () => {
  test('finishes and acknowledges the write under way, and drops the rest', async () => {
    const kit = kitOf();
    let open: () => void = () => {};
    kit.store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = batchOf([good('m1')]);
    const second = batchOf([good('m2')]);
    kit.offer('a', first);
    await kit.until(() => kit.store.writes === 1);
    kit.offer('a', second);
    const stopped = kit.stop();
    kit.offer('a', batchOf([good('m3')]));
    open();
    await stopped;
    expect(kit.acks.flatMap(({ ack }) => ack.ids)).toEqual([first.id]);
    expect(kit.store.rows.size).toBe(1);
    expect(await kit.count('discarded_total', 'stopping')).toBe(1);
  });

  test('does not wait for a store that is away', async () => {
    const kit = kitOf();
    kit.store.failure = storeAway();
    kit.offer('a', batchOf([good('m1')]));
    await kit.until(() => kit.store.writes > 0);
    await kit.stop();
    expect(kit.acks).toEqual([]);
  });
});
