import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

const [long, later] = [midnight('2020-01-01'), midnight('2024-05-01')];
const [code, another] = ['91350100M000100Y43', '11330100002489559L'];
let test: TestRegistry;
let a: string;
let b: string;
beforeEach(async () => {
  test = await testRegistry();
  const { institutions } = test.registry;
  a = (await institutions.create({ name: 'First', parent: null, validFrom: long }, by)).id;
  b = (await institutions.create({ name: 'Second', parent: null, validFrom: long }, by)).id;
});
afterEach(() => test.end());

const codes = (...facts: (readonly [string, number, string | null])[]) =>
  test.registry.facts.record(
    facts.map(([entity, validFrom, value]) => ({ entity, attribute: 'creditCode', validFrom, value })),
    by,
  );

describe('a unified social credit code', () => {
  it('is refused for a second institution at the same time, and the error names both', async () => {
    await codes([a, long, code]);
    await expect(codes([b, later, code])).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(
        new RegExp(
          `"Second" \\(${b}\\) and "First" \\(${a}\\) would both have the credit code ${code} from 2024-05-01`,
        ),
      ),
    });
    expect(await test.registry.facts.valueAt(b, 'creditCode', later)).toBeUndefined();
  });

  it('is refused for two at once too, and the later of the call is to blame', async () => {
    const refused = await codes([a, long, code], [b, long, code]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'registry.invalid', details: { faults: [{ index: 1 }] } });
  });

  it('goes over to another institution from the day on which the first no longer has it', async () => {
    await codes([a, long, code]);
    await codes([a, later, null], [b, later, code]);
    expect(await test.registry.facts.valueAt(b, 'creditCode', later)).toBe(code);
    // Recorded again, or changed to another one, it stands in nobody's way.
    await codes([a, long, code], [a, later, null]);
    await codes([b, later, another]);
    await codes([a, later, code]);
    expect(await test.registry.facts.valueAt(a, 'creditCode', later)).toBe(code);
  });
});
