// Records of the fleet as they are sent, checked for their form, each key once.
import type { z } from 'zod';
import { canonicalJson } from './check-facts.ts';
import { Faults } from './faults.ts';
import type { FleetKind, FleetValues, RecordPlace } from './fleet-contracts.ts';
import type { KindRules } from './fleet-kinds.ts';

export interface Draft extends RecordPlace {
  readonly index: number;
  readonly kind: FleetKind;
  readonly key: string;
  readonly value: string;
}

/** @throws JieyueError `registry.invalid`; `details.faults` lists them by index */
export function draftsOf<Kind extends FleetKind>(
  rules: KindRules<Kind>,
  kind: Kind,
  values: readonly unknown[],
): Draft[] {
  const faults = new Faults();
  const drafts = new Map<string, Draft>();
  values.forEach((said, index) => {
    const parsed = rules.schema.safeParse(said);
    if (!parsed.success) {
      faults.add(index, 'registry.invalid', `${rules.name}: ${faultText(parsed.error, said)}`);
      return;
    }
    const value: FleetValues[Kind] = parsed.data;
    const key = rules.key(value);
    const draft: Draft = {
      index,
      kind,
      key,
      vehicle: rules.vehicle(value),
      institution: rules.institution(value),
      ...rules.during(value),
      value: canonicalJson(value),
    };
    const before = drafts.get(key);
    if (before && before.value !== draft.value) {
      const message = `${rules.name} ${key} stands twice in this call (${before.index + 1} and ${index + 1}) and differs; keep one`;
      faults.add(index, 'registry.invalid', message);
    } else if (!before) drafts.set(key, draft);
  });
  faults.refuse();
  return [...drafts.values()];
}

function faultText({ issues }: z.ZodError, said: unknown): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => {
      const value = path.reduce<unknown>((part, name) => Object(part)[name], said);
      const shown =
        value === undefined ? 'is missing' : `${JSON.stringify(value)?.slice(0, 100)}: ${message}`;
      return `${path.map(String).join('.') || 'the record'} ${shown}`;
    })
    .join('; ');
}
