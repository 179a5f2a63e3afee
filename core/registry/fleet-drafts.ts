// Records of the fleet as they are sent, checked for their form, each key once.
import type { z } from 'zod';
import { issueMessage } from '../domain/issues.ts';
import type { Message } from '../domain/message.ts';
import { canonicalJson } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { Faults } from './faults.ts';
import type { FleetKind, FleetValues, RecordPlace } from './fleet-contracts.ts';
import type { KindRules } from './fleet-kinds.ts';
import { sayOfFacts } from './words/facts.ts';
import { sayOfLedgers } from './words/ledgers.ts';
import { recordNames } from './words/names.ts';

export interface Draft extends RecordPlace {
  readonly index: number;
  readonly kind: FleetKind;
  readonly key: string;
  readonly value: string;
}

/** @throws JieyueError `registry.invalid`; `details.faults` lists them by index */
export function draftsOf<Kind extends FleetKind>(
  context: Pick<RegistryContext, 'calendar'>,
  rules: KindRules<Kind>,
  kind: Kind,
  values: readonly unknown[],
): Draft[] {
  const faults = new Faults();
  const drafts = new Map<string, Draft>();
  values.forEach((said, index) => {
    const parsed = rules.schema.safeParse(said);
    if (!parsed.success) {
      const fault = faultsOf(parsed.error, said, context);
      faults.add(index, 'registry.invalid', sayOfFacts('what.fault', { what: recordNames[kind], fault }));
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
      const places = { one: before.index + 1, other: index + 1 };
      const twice = sayOfLedgers('record.twice', { record: recordNames[kind], key, ...places });
      faults.add(index, 'registry.invalid', twice);
    } else if (!before) drafts.set(key, draft);
  });
  faults.refuse();
  return [...drafts.values()];
}

/** Fields that are times. */
const times: ReadonlySet<unknown> = new Set(['from', 'to', 'ts', 'at']);

function faultsOf(
  { issues }: z.ZodError,
  said: unknown,
  { calendar }: Pick<RegistryContext, 'calendar'>,
): Message[] {
  return issues.slice(0, 5).map((issue) => {
    const value = issue.path.reduce<unknown>((part, name) => Object(part)[name], said);
    const path = issue.path.map(String).join('.');
    const field = path === '' ? sayOfLedgers('record.whole') : path;
    if (value === undefined) return sayOfLedgers('record.missing', { field });
    const isTime =
      times.has(issue.path.at(-1)) && Number.isSafeInteger(value) && Math.abs(Number(value)) < 8e15;
    const shown = isTime ? calendar.format(Number(value)) : String(JSON.stringify(value)).slice(0, 100);
    return sayOfLedgers('record.field', { field, value: shown, fault: issueMessage(issue as never) });
  });
}
