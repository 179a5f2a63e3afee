// Which devices measure what an account bills, and when. The next device above that names an account decides: of the same
// account, what is below is a part of it; of another one, it is billed apart, and out of what the account above bills.
import type { PointKey } from '../domain/topics.ts';
import type { AccountMeter } from './account-contracts.ts';
import { namedBy, slicesOf, valueAt } from './account-holdings.ts';
import { measuredBy } from './census-point-reader.ts';
import { loadSpans, type SpansOf } from './fact-spans.ts';
import { chunks, type Db } from './schema.ts';
import { overlap, type Stretch } from './stretches.ts';

export async function metersOf(
  db: Db,
  accounts: ReadonlySet<string>,
  range: Stretch,
): Promise<AccountMeter[]> {
  const naming = await namedBy(db, 'account', [...accounts], range);
  const chains = await Chains.of(db, await withAllBelow(db, naming));
  const found: AccountMeter[] = [];
  const add = (account: string, claim: Claim, factor: 1 | -1) => {
    const part = overlap({ valid_from: claim.from, valid_to: claim.to }, range);
    const { point, quantity } = claim;
    if (part !== undefined && accounts.has(account))
      found.push({ account, point, quantity, factor, ...part });
  };
  for (const point of chains.points) {
    for (const claim of chains.claims(point)) {
      for (const { above, ...slice } of chains.under(claim)) {
        const part = { ...claim, ...slice };
        if (above?.account === claim.account) continue;
        add(claim.account, part, 1);
        if (above !== undefined) add(above.account, part, -1);
      }
    }
  }
  return found;
}

/** Those of another account may hang below them at any depth. */
async function withAllBelow(db: Db, points: ReadonlySet<string>): Promise<readonly string[]> {
  const all = new Set(points);
  for (let next = [...points]; next.length > 0; ) {
    const below: string[] = [];
    for (const part of chunks(next)) {
      const rows = await db
        .selectFrom('facts')
        .select('entity')
        .distinct()
        .where('superseded_at', 'is', null)
        .where('attribute', '=', 'parent')
        .where('ref', 'in', part)
        .execute();
      for (const { entity } of rows) if (!all.has(entity)) below.push(entity);
    }
    for (const point of below) all.add(point);
    next = below;
  }
  return [...all].sort();
}

/** A stretch in which a device names an account and measures what it supplies. */
interface Claim extends Stretch {
  readonly point: PointKey;
  readonly account: string;
  readonly commodity: string;
  readonly quantity: AccountMeter['quantity'];
}

class Chains {
  readonly points: readonly string[];
  readonly #facts = new Map<string, SpansOf>();
  readonly #claims = new Map<string, readonly Claim[]>();
  #supplied: SpansOf = () => [];

  private constructor(points: readonly string[]) {
    this.points = points;
  }

  /** Loads the points, all that stand above them at any time, and what the accounts supply. */
  static async of(db: Db, points: readonly string[]): Promise<Chains> {
    const chains = new Chains(points);
    const accounts = new Set<string>();
    for (let next = points; next.length > 0; ) {
      const { spans } = await loadSpans(db, ['account', 'parent', 'role', 'quantities'], next);
      for (const point of next) {
        chains.#facts.set(point, spans);
        for (const { value } of spans(point, 'account')) if (typeof value === 'string') accounts.add(value);
      }
      const parents = next.flatMap((point) => spans(point, 'parent').map(({ value }) => value));
      next = [...new Set(parents)].filter(
        (parent): parent is string => typeof parent === 'string' && !chains.#facts.has(parent),
      );
    }
    chains.#supplied = (await loadSpans(db, ['commodity'], accounts)).spans;
    return chains;
  }

  claims(point: string): readonly Claim[] {
    const known = this.#claims.get(point);
    if (known !== undefined) return known;
    const found = this.#find(point);
    this.#claims.set(point, found);
    return found;
  }

  /** A claim cut by what stands above it: the nearest claim there of the same commodity, or nothing. */
  under(claim: Claim, from: string = claim.point): readonly (Stretch & { readonly above?: Claim })[] {
    const parents = this.#facts.get(from)?.(from, 'parent') ?? [];
    return slicesOf(claim, parents).flatMap((slice) => {
      const parent = valueAt(parents, slice.from);
      if (typeof parent !== 'string') return [slice];
      const there = this.claims(parent).filter(({ commodity }) => commodity === claim.commodity);
      return slicesOf(slice, there).flatMap((part) => {
        const above = there.find((other) => other.from <= part.from && part.from < other.to);
        return above === undefined ? this.under({ ...claim, ...part }, parent) : [{ ...part, above }];
      });
    });
  }

  #find(point: string): Claim[] {
    const spans = this.#facts.get(point);
    if (spans === undefined) return [];
    const own = [...spans(point, 'role'), ...spans(point, 'quantities')];
    return spans(point, 'account').flatMap((span) => {
      const account = span.value;
      if (typeof account !== 'string') return [];
      const supplied = this.#supplied(account, 'commodity');
      return slicesOf(span, [...own, ...supplied]).flatMap((slice): Claim[] => {
        const names = (valueAt(spans(point, 'quantities'), slice.from) ?? []) as readonly string[];
        const commodity = valueAt(supplied, slice.from);
        const measured = names.map(measuredBy).find((each) => each?.commodity === commodity);
        if (measured === undefined || valueAt(spans(point, 'role'), slice.from) === 'virtual') return [];
        const { quantity } = measured;
        return [{ point: point as PointKey, account, commodity: measured.commodity, quantity, ...slice }];
      });
    });
  }
}
