// What an import says of its point in the registry: the point itself, and facts that hold in the time of the file. What it
// does not say stays as it is registered.
import { JieyueError } from '../../core/domain/errors.ts';
import { limits } from '../../core/domain/telemetry.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { InstallationValue } from '../../core/registry/attributes.ts';
import type { Authorship, Fact, FactInput, Registry } from '../../core/registry/registry.ts';

/** Epoch ms of the first and the last reading. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface PointStatement {
  readonly key: PointKey;
  /** `undefined`: as registered, else the point's own. */
  readonly name: string | undefined;
  readonly quantities: readonly Quantity[];
  readonly building: string | undefined;
  readonly span: Span;
  readonly intervalLengthMs: number | undefined;
  readonly expectedIntervalMs: number | undefined;
  readonly multiplier: number | undefined;
}

/** Lengths of intervals that hold in the time of the file, each once; where none is stated, how often readings are expected. */
export async function registeredIntervals(registry: Registry, key: PointKey, span: Span): Promise<number[]> {
  const lengths = await registry.facts.history(key, { attribute: 'intervalLengthMs' });
  if (lengths.length > 0) return [...new Set(inForce(lengths, span).map(({ value }) => Number(value)))];
  // How often readings are expected says nothing of the time before it was registered.
  const expected = await registry.facts.history(key, { attribute: 'expectedIntervalMs' });
  const [first] = expected;
  if (first === undefined || span.from < first.validFrom) return [];
  return [...new Set(inForce(expected, span).map(({ value }) => Number(value)))];
}

/** @throws JieyueError `registry.invalid`, `registry.not-found`; `registry.conflict` for devices with different multipliers. */
export async function registerPoint(
  registry: Registry,
  calendar: Calendar,
  statement: PointStatement,
  now: number,
  by: Authorship,
): Promise<void> {
  const { key, building } = statement;
  // A file of history may begin anywhere: what is said of its point holds from the beginning.
  const beginning = calendar.floor(limits.earliestTs + 86_400_000, 'year');
  const facts = [
    ...(await multiplierFacts(registry, statement, beginning)),
    ...(await lengthFacts(registry, statement, 'intervalLengthMs', beginning)),
    ...(await lengthFacts(registry, statement, 'expectedIntervalMs', beginning)),
  ];
  const known = await registry.points.get(key, now);
  await registry.points.register(
    {
      key,
      name: statement.name ?? known?.name ?? key.slice(key.indexOf('/') + 1),
      quantities: [...new Set([...(known?.quantities ?? []), ...statement.quantities])],
      validFrom: beginning,
      ...(building === undefined ? {} : { building }),
    },
    by,
  );
  await registry.facts.record(facts, by);
}

/** The devices of the file's time get the multiplier, and keep all else. */
async function multiplierFacts(
  registry: Registry,
  { key, span, multiplier }: PointStatement,
  beginning: number,
): Promise<FactInput[]> {
  if (multiplier === undefined) return [];
  const attribute = 'installation';
  const entries = await registry.facts.history(key, { attribute });
  if (entries.length === 0) return [{ entity: key, attribute, validFrom: beginning, value: { multiplier } }];
  const devices = inForce(entries, span);
  const others = new Set(devices.map(({ value }) => multiplierOf(value)));
  if (others.size > 1) {
    throw new JieyueError(
      'registry.conflict',
      `--multiplier ${multiplier}: point ${key} has ${devices.length} devices in the time of the file, with the multipliers ` +
        `${[...others].join(', ')}; leave --multiplier out, or import the time of each device by itself`,
    );
  }
  if (others.has(multiplier)) return [];
  return devices.map(({ validFrom, validTo, value }) => ({
    entity: key,
    attribute,
    validFrom,
    validTo,
    value: { ...(value as InstallationValue), multiplier },
  }));
}

async function lengthFacts(
  registry: Registry,
  statement: PointStatement,
  attribute: 'intervalLengthMs' | 'expectedIntervalMs',
  beginning: number,
): Promise<FactInput[]> {
  const { key, span, [attribute]: value } = statement;
  if (value === undefined) return [];
  const entries = await registry.facts.history(key, { attribute });
  const first = { entity: key, attribute, validFrom: beginning, value };
  const changed = inForce(entries, span).map(({ validFrom, validTo }) => {
    return { entity: key, attribute, validFrom, validTo, value };
  });
  const [earliest] = entries;
  const fromBeginning = earliest === undefined || span.from < earliest.validFrom;
  return fromBeginning ? [first, ...changed] : changed;
}

/** Entries (ascending) that hold in the span: the first also before it begins, each until the next one. */
function inForce(entries: readonly Fact[], span: Span): Fact[] {
  return entries.filter((entry, index) => {
    const next = entries[index + 1];
    const from = index === 0 ? -Infinity : beginningOf(entry);
    return from <= span.to && (next === undefined || beginningOf(next) > span.from);
  });
}

function beginningOf({ attribute, validFrom, value }: Fact): number {
  if (attribute !== 'installation') return validFrom;
  const { installedAt } = value as InstallationValue;
  return installedAt ?? validFrom;
}

function multiplierOf(value: unknown): number {
  const { multiplier } = value as InstallationValue;
  return typeof multiplier === 'number' ? multiplier : multiplier.ct * multiplier.pt;
}
