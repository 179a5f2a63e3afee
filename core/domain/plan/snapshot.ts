// A frozen review (中期评估, 终期考核): everything that it rests on, what came out, and hashes that show whether either was touched.
import { z } from 'zod';
import { planSchema } from '../accounting/definitions.ts';
import { indicatorNames } from '../accounting/indicators.ts';
import { type ReviewResult, review } from './review.ts';

const amount = z.number().nullable();
const side = z.strictObject({
  year: z.int(),
  coverage: z.number().min(0).max(1),
  provisional: z.boolean(),
  parts: z.array(
    z.strictObject({
      institution: z.string(),
      amount,
      per: amount,
      terms: z
        .array(z.strictObject({ commodity: z.string(), quantity: z.number(), factor: z.number() }))
        .optional(),
    }),
  ),
});
const indicator = z.enum(indicatorNames);
/** 0: comes with the program. */
const version = z.int().min(0);

export const snapshotInputsSchema = z.strictObject({
  institution: z.string(),
  institutionName: z.string(),
  /** The plan as it was. */
  plan: z.strictObject({ id: z.string(), version, value: planSchema }),
  /** Boundary, coefficients, factors, counting rules: each as it was. */
  definitions: z.array(z.strictObject({ kind: z.string(), id: z.string(), version, value: z.json() })),
  /** Whose base-year figures form the base (同口径), and where they stand today. */
  members: z.array(z.strictObject({ institution: z.string(), name: z.string(), today: z.string() })),
  coverageThreshold: z.number().min(0).max(1),
  indicators: z.array(
    z.strictObject({
      indicator,
      target: z.strictObject({
        baseYear: z.int(),
        endYear: z.int(),
        change: z.number(),
        origin: z.json().optional(),
      }),
      base: side,
      now: side,
    }),
  ),
  caps: z.array(z.strictObject({ indicator, cap: z.number().positive(), endYear: z.int(), now: side })),
  /** Whatever else belongs to the file: bills, remarks, the revision of the registry. */
  evidence: z.json().optional(),
});
export type SnapshotInputs = z.infer<typeof snapshotInputsSchema>;

const hash = z.string().regex(/^[0-9a-f]{64}$/u);

export const snapshotSchema = z.strictObject({
  format: z.literal(1),
  occasion: z.enum(['mid-term', 'end', 'other']),
  /** Epoch ms. */
  takenAt: z.number(),
  inputs: snapshotInputsSchema,
  results: z.json(),
  /** SHA-256 over the canonical JSON of occasion, time and inputs; and of these with the results. */
  inputsHash: hash,
  hash,
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** SHA-256 of the text's UTF-8, in lower-case hexadecimal. The domain has none of its own. */
export type Sha256 = (text: string) => string;

export const snapshotFaults = {
  shape: { zh: '内容不是快照格式', en: 'it is not of the form of a snapshot' },
  'inputs-changed': { zh: '输入与其校验值不符', en: 'its inputs do not have the hash that was stored' },
  'results-changed': { zh: '结果与其校验值不符', en: 'its results do not have the hash that was stored' },
  terms: { zh: '数量乘以系数之和与用量不符', en: 'an amount is not the sum of its quantities × factors' },
  'results-differ': { zh: '由输入重新计算的结果不同', en: 'its inputs give other results than those stored' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type SnapshotFault = keyof typeof snapshotFaults;

/** @throws ZodError for inputs that are not of the form (NaN, a missing field) */
export function takeSnapshot(
  inputs: SnapshotInputs,
  occasion: Snapshot['occasion'],
  takenAt: number,
  sha256: Sha256,
): Snapshot {
  const kept = snapshotInputsSchema.parse(inputs);
  const results = z.json().parse(plain(review(kept)));
  return {
    format: 1,
    occasion,
    takenAt,
    inputs: kept,
    results,
    inputsHash: sha256(canonicalJson({ occasion, takenAt, inputs: kept })),
    hash: sha256(canonicalJson({ occasion, takenAt, inputs: kept, results })),
  };
}

export interface Verification {
  readonly ok: boolean;
  readonly faults: readonly { readonly fault: SnapshotFault; readonly at: string }[];
  /** What the inputs give today; `null` where they cannot be read. */
  readonly recomputed: ReviewResult | null;
}

/** Checks hashes, sums, and that the inputs still give the results; never throws for what it is given. */
export function verify(content: unknown, sha256: Sha256): Verification {
  const parsed = snapshotSchema.safeParse(content);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    return { ok: false, faults: [{ fault: 'shape', at }], recomputed: null };
  }
  const { occasion, takenAt, inputs, results, inputsHash, hash: wholeHash } = parsed.data;
  const faults: { fault: SnapshotFault; at: string }[] = [];
  if (sha256(canonicalJson({ occasion, takenAt, inputs })) !== inputsHash) {
    faults.push({ fault: 'inputs-changed', at: 'inputs' });
  }
  if (sha256(canonicalJson({ occasion, takenAt, inputs, results })) !== wholeHash) {
    faults.push({ fault: 'results-changed', at: 'results' });
  }
  for (const at of wrongTerms(inputs)) faults.push({ fault: 'terms', at });
  const recomputed = review(inputs);
  const differs = firstDifference(results, plain(recomputed), 'results');
  if (differs !== undefined) faults.push({ fault: 'results-differ', at: differs });
  return { ok: faults.length === 0, faults, recomputed };
}

/** JSON with sorted keys and nothing undefined: the same content, the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .toSorted(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Room for a sum computed in another order. */
const tolerance = 1e-9;

function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(left), Math.abs(right));
}

function wrongTerms(inputs: SnapshotInputs): readonly string[] {
  const sides = [
    ...inputs.indicators.flatMap(({ indicator: name, base, now }) => [
      { at: `indicators.${name}.base`, parts: base.parts },
      { at: `indicators.${name}.now`, parts: now.parts },
    ]),
    ...inputs.caps.map(({ indicator: name, now }) => ({ at: `caps.${name}`, parts: now.parts })),
  ];
  return sides.flatMap(({ at, parts }) =>
    parts
      .filter(({ amount: stated, terms }) => {
        if (terms === undefined) return false;
        const sum = terms.reduce((total, { quantity, factor }) => total + quantity * factor, 0);
        return stated === null || !isClose(stated, sum);
      })
      .map(({ institution }) => `${at}.${institution}`),
  );
}

/** Path of the first value of `stored` that `fresh` has otherwise. What `fresh` has in addition, a newer program knows. */
function firstDifference(stored: unknown, fresh: unknown, at: string): string | undefined {
  if (typeof stored === 'number' && typeof fresh === 'number') return isClose(stored, fresh) ? undefined : at;
  if (Array.isArray(stored) && Array.isArray(fresh) && stored.length !== fresh.length) return at;
  if (typeof stored === 'object' && stored !== null && typeof fresh === 'object' && fresh !== null) {
    const other = new Map(Object.entries(fresh));
    for (const [key, value] of Object.entries(stored)) {
      const difference = firstDifference(value, other.get(key), `${at}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return stored === fresh ? undefined : at;
}
