// Which entity a text means: by id, by credit code, or by a path of names. Entities of the registry and those that rows of
// the same files make stand beside each other, so the order of rows and sheets does not matter.
import { CellFault } from './column.ts';
import type { Identity } from './ledger.ts';

export interface Node {
  readonly id: string;
  readonly name: string;
  readonly above: Node | undefined;
  readonly isNew: boolean;
  /** See `Identity`. */
  code: string | undefined;
  apart: string | undefined;
}

/** A row that is about an entity. */
export interface Claim {
  readonly identity: Identity;
  node: Node | undefined;
  fault: { readonly column: 'id' | 'name' | 'above'; readonly fault: CellFault } | undefined;
  state: 'open' | 'busy' | 'settled';
}

/** How the text above a name is read: `undefined` where it is no entity (the supplier of an account). */
export type Above = (said: string) => Node | CellFault;

const mostCandidates = 5;

export class Names {
  readonly #unknown: CellFault;
  readonly #newId: () => string;
  /** Where the names above are looked up; of institutions, these names themselves. */
  #above: Above;
  /** Of a tree, the one with nothing above it is meant by its bare name. Of what lies below something else it is not: who says less about himself is no more likely meant. */
  readonly #isTree: boolean;
  readonly #byId = new Map<string, Node>();
  readonly #byCode = new Map<string, Node>();
  readonly #byName = new Map<string, Node[]>();
  readonly #claimsByName = new Map<string, Claim[]>();
  readonly #claimsByCode = new Map<string, Claim[]>();
  readonly #claims: Claim[] = [];
  readonly #found = new Map<string, Node | CellFault>();
  readonly made: Node[] = [];

  constructor(unknown: CellFault, newId: () => string, above: Above | 'itself') {
    this.#unknown = unknown;
    this.#newId = newId;
    this.#isTree = above === 'itself';
    this.#above = above === 'itself' ? (said) => this.#look(said) : above;
  }

  /** An entity that is there. */
  add(node: Node): void {
    this.#byId.set(node.id, node);
    if (node.code !== undefined) this.#byCode.set(node.code, node);
    push(this.#byName, node.name, node);
  }

  get(id: string): Node | undefined {
    return this.#byId.get(id);
  }

  /** A row says that it is about an entity. All rows say so before one is settled. */
  claim(identity: Identity): Claim {
    const claim: Claim = { identity, node: undefined, fault: undefined, state: 'open' };
    this.#claims.push(claim);
    if (identity.name !== undefined) push(this.#claimsByName, identity.name, claim);
    if (identity.code !== undefined) push(this.#claimsByCode, identity.code, claim);
    return claim;
  }

  /** Gives every claim its entity, an old or a new one, or its fault. */
  settle(): void {
    for (const claim of inOrder(this.#claims)) this.#settle(claim);
  }

  /** What a text means. After `settle`. */
  resolve(said: string): Node | CellFault {
    const before = this.#found.get(said);
    if (before) return before;
    const found = this.#look(said);
    this.#found.set(said, found);
    return found;
  }

  #look(said: string): Node | CellFault {
    const wanted = said.trim();
    const byId = this.#byId.get(wanted);
    if (byId) return byId;
    const code = wanted.toUpperCase();
    for (const claim of this.#claimsByCode.get(code) ?? []) this.#settle(claim);
    const byCode = this.#byCode.get(code);
    if (byCode) return byCode;

    const found = new Set<Node>(this.#named(wanted));
    const parts = wanted
      .split(/[/／]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const last = parts.pop();
    if (last !== undefined && parts.length > 0) {
      for (const node of this.#named(last)) if (liesBelow(node, parts)) found.add(node);
    }
    if (found.size === 0) return this.#unknown;
    return this.#only([...found]) ?? ambiguous([...found]);
  }

  /** All entities of a name, those that rows make too. */
  #named(name: string): readonly Node[] {
    for (const claim of inOrder(this.#claimsByName.get(name) ?? [])) this.#settle(claim);
    return this.#byName.get(name) ?? [];
  }

  #settle(claim: Claim): void {
    if (claim.state !== 'open') return;
    claim.state = 'busy';
    const found = this.#entityOf(claim);
    claim.state = 'settled';
    if ('fault' in found) {
      claim.fault = found;
      return;
    }
    claim.node = found;
    const { code, apart } = claim.identity;
    found.apart ??= apart;
    if (code !== undefined && found.code === undefined) {
      found.code = code;
      this.#byCode.set(code, found);
    }
  }

  #entityOf({ identity }: Claim): Node | NonNullable<Claim['fault']> {
    const { id, code, name, above } = identity;
    if (id !== undefined) {
      return this.#byId.get(id) ?? { column: 'id', fault: new CellFault('id-without-entity') };
    }
    const byCode = code === undefined ? undefined : this.#byCode.get(code);
    if (byCode) return byCode;
    if (name === undefined) return { column: 'name', fault: new CellFault('required-for-new') };

    const over = typeof above === 'string' ? this.#above(above) : undefined;
    if (over instanceof CellFault) return { column: 'above', fault: over };
    const alike = (node: Node) =>
      (above === undefined || node.above === over) &&
      (identity.apart === undefined || node.apart === undefined || node.apart === identity.apart);
    // A row that does not say what is above means the one that there is, whatever is above it.
    const there = (above === undefined ? this.#named(name) : (this.#byName.get(name) ?? [])).filter(alike);
    if (there.length > 1) {
      return this.#only(there) ?? { column: 'name', fault: ambiguous(there) };
    }
    return there[0] ?? this.#make(identity, name, over);
  }

  /** The only one; in a tree also the only one with nothing above it: its name is its whole path. */
  #only(nodes: readonly Node[]): Node | undefined {
    if (nodes.length === 1 || !this.#isTree) return nodes.length === 1 ? nodes[0] : undefined;
    const roots = nodes.filter((node) => node.above === undefined);
    return roots.length === 1 ? roots[0] : undefined;
  }

  #make({ code, apart }: Identity, name: string, above: Node | undefined): Node {
    const node: Node = { id: this.#newId(), name, above, isNew: true, code, apart };
    this.add(node);
    this.made.push(node);
    return node;
  }
}

/** `city/bureau/school`. */
export function pathOf(node: Node): string {
  const names: string[] = [];
  for (let each: Node | undefined = node; each && names.length < 20; each = each.above)
    names.unshift(each.name);
  return names.join('/');
}

/** Those that say most about themselves go first, so that the others find what these make. */
function inOrder(claims: readonly Claim[]): readonly Claim[] {
  const weight = ({ identity: { id, code, above } }: Claim) =>
    id !== undefined ? 0 : code !== undefined ? 1 : above !== undefined ? 2 : 3;
  const [first] = claims;
  if (!first || claims.every((claim) => claim.state !== 'open' || weight(claim) === weight(first)))
    return claims;
  return [...claims].sort((a, b) => weight(a) - weight(b));
}

function ambiguous(nodes: readonly Node[]): CellFault {
  const shown = nodes.map((node) => `${pathOf(node)} (${node.code ?? node.id})`).sort();
  const more = shown.length > mostCandidates ? ', …' : '';
  return new CellFault('ambiguous', {
    count: nodes.length,
    candidates: shown.slice(0, mostCandidates).join(', ') + more,
  });
}

function liesBelow(node: Node, names: readonly string[]): boolean {
  let above = node.above;
  for (let index = names.length - 1; index >= 0; index--) {
    if (above?.name !== names[index]) return false;
    above = above?.above;
  }
  return true;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
