// All that is held against the cards of a fleet, in one list.
import { type CardFinding, type CardRule, type CardUnknown, cardDefaults } from './card-rules.ts';
import { farFromCar, type PlaceAt, severalCards, sharedCards, wrongKind } from './card-use.ts';
import { fillFindings } from './fills.ts';
import type { KmBetween } from './mileage.ts';
import { type AccountVehicle, type CardEntry, cardKinds } from './model.ts';

export interface CardFacts {
  /** Of the whole fleet, and from before the time that is asked for: a fill is held against those before it. In any order. */
  readonly entries: readonly CardEntry[];
  /** A car as of a time; undefined: not known, and nothing is said of its tank. */
  readonly vehicleAt: (id: string, ts: number) => AccountVehicle | undefined;
  readonly kmBetween: (vehicle: string) => KmBetween;
  readonly placeAt: (vehicle: string) => PlaceAt;
}

export interface CardFindings {
  readonly findings: readonly CardFinding[];
  readonly unknowns: readonly CardUnknown[];
}

/** By start, then kind. A car's tank is that of its latest entry. */
export function cardFindings(facts: CardFacts, rule: CardRule = cardDefaults): CardFindings {
  const { entries, vehicleAt } = facts;
  const findings = [...sharedCards(entries), ...severalCards(entries), ...wrongKind(entries, vehicleAt)];
  const unknowns: CardUnknown[] = [];
  const take = (part: CardFindings) => {
    findings.push(...part.findings);
    unknowns.push(...part.unknowns);
  };
  for (const id of [...new Set(entries.map(({ vehicle }) => vehicle))].sort()) {
    const own = entries.filter(({ vehicle }) => vehicle === id);
    take(farFromCar(own, facts.placeAt(id), rule));
    for (const kind of cardKinds) {
      const filled = own.filter((entry) => entry.kind === kind);
      const vehicle = vehicleAt(id, Math.max(...filled.map(({ ts }) => ts)));
      if (filled.length > 0 && vehicle) take(fillFindings(vehicle, filled, facts.kmBetween(id), rule));
    }
  }
  return { findings: findings.sort(byStart), unknowns: unknowns.sort(byEntry) };
}

function byStart(a: CardFinding, b: CardFinding): number {
  return a.start - b.start || byText(a.kind, b.kind) || byText(a.entries.join(' '), b.entries.join(' '));
}

function byEntry(a: CardUnknown, b: CardUnknown): number {
  return byText(a.entry, b.entry) || byText(a.about, b.about);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
