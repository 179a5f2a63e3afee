import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { planSchema } from '../accounting/definitions.ts';
import { canonicalJson, type SnapshotInputs, takeSnapshot, verify } from './snapshot.ts';

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

const part = (institution: string, amount: number | null, per: number | null) => ({
  institution,
  amount,
  per,
});
const inputs: SnapshotInputs = {
  institution: 'city',
  institutionName: '某市',
  plan: {
    id: 'city-14',
    version: 2,
    value: planSchema.parse({
      name: { 'zh-CN': '规划', en: 'plan' },
      baseYear: 2020,
      endYear: 2025,
      boundary: 'whole',
      basis: 'billed',
      targets: { energyPerPerson: -0.06 },
      coefficients: 'gb',
      carbonFactors: 'grid',
      gridRegion: 'hubei',
    }),
  },
  definitions: [
    { kind: 'coefficients', id: 'gb', version: 1, value: { kgcePerUnit: { electricity: 0.1229 } } },
  ],
  members: [{ institution: 'old', name: '原单位', today: 'city' }],
  coverageThreshold: 0.9,
  indicators: [
    {
      indicator: 'energyPerPerson',
      target: { baseYear: 2020, endYear: 2025, change: -0.06, origin: { kind: 'plan' } },
      base: {
        year: 2020,
        coverage: 1,
        provisional: false,
        parts: [part('city', 700, 2), part('old', 300, 1)],
      },
      now: {
        year: 2023,
        coverage: 0.97,
        provisional: true,
        parts: [
          { ...part('city', 960, 3), terms: [{ commodity: 'electricity', quantity: 800, factor: 1.2 }] },
          part('unknown', null, 5),
        ],
      },
    },
  ],
  caps: [
    {
      indicator: 'energy',
      cap: 1000,
      endYear: 2025,
      now: { year: 2023, coverage: 1, provisional: false, parts: [part('city', 960, null)] },
    },
  ],
};

const stored = () => JSON.parse(JSON.stringify(takeSnapshot(inputs, 'mid-term', 1_700_000_000_000, sha256)));

describe('snapshot of a review', () => {
  test('it holds results, survives JSON, and its inputs still give them', () => {
    const snapshot = stored();
    expect(verify(snapshot, sha256)).toMatchObject({ ok: true, faults: [] });
    const [indicator] = snapshot.results.indicators;
    expect(indicator.base.value).toBeCloseTo(1000 / 3, 9);
    expect(indicator.now).toEqual({ value: 320, coverage: 0.97, provisional: true });
    expect(indicator.place).toMatchObject({ state: 'on-line', provisional: true });
    expect(snapshot.results.caps[0].use).toMatchObject({ state: 'within', share: 0.96 });
  });

  test('a changed input, result or occasion is found out', () => {
    const changed = (change: (snapshot: ReturnType<typeof stored>) => void) => {
      const snapshot = stored();
      change(snapshot);
      return verify(snapshot, sha256).faults.map(({ fault, at }) => `${fault} ${at}`);
    };
    expect(
      changed((it) => {
        it.inputs.indicators[0].now.parts[0].per = 4;
      }),
    ).toEqual([
      'inputs-changed inputs',
      'results-changed results',
      'results-differ results.indicators.0.now.value',
    ]);
    expect(
      changed((it) => {
        it.results.caps[0].use.share = 0.5;
      }),
    ).toEqual(['results-changed results', 'results-differ results.caps.0.use.share']);
    expect(
      changed((it) => {
        it.occasion = 'end';
      }),
    ).toContain('inputs-changed inputs');
    expect(
      changed((it) => {
        it.inputs.plan.value.document = 'another';
      }),
    ).toContain('inputs-changed inputs');
  });

  test('someone who writes new hashes over other results is found out by computing again', () => {
    const { occasion, takenAt, inputs: kept, ...rest } = stored();
    const results = structuredClone(rest.results);
    results.indicators[0].now.value = 300;
    const forged = { occasion, takenAt, inputs: kept, results };
    const snapshot = { ...rest, ...forged, hash: sha256(canonicalJson(forged)) };
    expect(verify(snapshot, sha256).faults).toEqual([
      { fault: 'results-differ', at: 'results.indicators.0.now.value' },
    ]);
  });

  test('an amount that is not the sum of its quantities × factors is named', () => {
    const wrong = structuredClone(inputs);
    const first = wrong.indicators[0]?.now.parts[0];
    if (first !== undefined) first.amount = 961;
    const snapshot = takeSnapshot(wrong, 'end', 0, sha256);
    expect(verify(snapshot, sha256).faults).toEqual([
      { fault: 'terms', at: 'indicators.energyPerPerson.now.city' },
    ]);
  });

  test('something that is no snapshot is said to be none', () => {
    expect(verify({ format: 2 }, sha256)).toMatchObject({
      ok: false,
      faults: [{ fault: 'shape' }],
      recomputed: null,
    });
    expect(verify(null, sha256).ok).toBe(false);
  });

  test('a figure under the coverage threshold is withheld, and NaN is refused', () => {
    const low = structuredClone(inputs);
    const [first] = low.indicators;
    if (first !== undefined) first.now.coverage = 0.5;
    const { recomputed } = verify(takeSnapshot(low, 'end', 0, sha256), sha256);
    expect(recomputed?.indicators[0]).toMatchObject({ now: { value: null }, place: { reason: 'no-value' } });
    if (first !== undefined) first.now.coverage = Number.NaN;
    expect(() => takeSnapshot(low, 'end', 0, sha256)).toThrow();
  });

  test('canonical JSON does not depend on the order of keys, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ü' }], a: undefined })).toBe('{"b":[1,{"c":"ü","d":null}]}');
    expect(canonicalJson({ x: 1, a: 2 })).toBe(canonicalJson({ a: 2, x: 1 }));
  });
});
