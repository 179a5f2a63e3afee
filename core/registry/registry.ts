// The registry: who, where, since when. Interfaces only; the SQL stands beside (sql-registry.ts).
import type { Use } from '../domain/accounting/uses.ts';
import type { Correction, SeriesFacts } from '../domain/energy/facts.ts';
import type { Item } from '../domain/energy/items.ts';
import type { SubItem } from '../domain/energy/sub-items.ts';
import type { AgentStatus, Rejection } from '../domain/telemetry.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Carrier, Quantity } from '../domain/units.ts';
import type { Accounts, Zones } from './account-contracts.ts';
import type { EntityKind } from './attributes/attribute.ts';
import type { PointRole } from './attributes/point.ts';
import type { Authorship } from './authorship.ts';
import type { Batches } from './batch-contracts.ts';
import type { Changes } from './change-contracts.ts';
import type { Fleet } from './fleet-contracts.ts';
import type { Lease } from './lease-contract.ts';
import type { Bills, CensusSource, Definitions, Reports, Snapshots } from './ledgers.ts';
import type { Tracks } from './track-contracts.ts';

export type { Authorship, Lease, PointRole };

export const roles = [
  'admin',
  'energy-manager',
  'facility-engineer',
  'vehicle-supervisor',
  'auditor',
  'viewer',
] as const;
export type Role = (typeof roles)[number];

/** One entry in the pattern of all facts. Dates are local midnight, epoch ms; `validTo: null` is open. */
export interface Fact {
  readonly id: string;
  readonly entity: string;
  readonly attribute: string;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly value: unknown;
  readonly recordedAt: number;
  readonly author: string;
  readonly reason: string;
  /** Set when a later entry replaced this one; such entries stay readable for the auditor. */
  readonly supersededAt: number | null;
  /** The entry of which this is what a later one left over; author and reason are that entry's. */
  readonly remainsOf: string | null;
}

export interface FactInput {
  readonly entity: string;
  readonly attribute: string;
  /** The value holds from here; ends where the next entry of the same attribute begins, or at `validTo`. */
  readonly validFrom: number;
  /** Left out: until the next entry. `null`: for good, also over entries that begin later. */
  readonly validTo?: number | null | undefined;
  readonly value: unknown;
}

/** A value that holds at some time (`null`: taken back), and since when. */
export interface FactAt {
  readonly value: unknown;
  readonly validFrom: number;
}

/** A fact that a number of users or an area rests on: of the institution itself, or of a building of its. */
export interface DenominatorFact extends Fact {
  readonly institution: string;
}

/** An entity that is not there yet; points are registered instead (`points.register`). */
export interface EntityInput {
  /** Of `FactStore.newId()`. */
  readonly id: string;
  readonly kind: Exclude<EntityKind, 'point'>;
}

export interface FactStore {
  /**
   * Records facts; entries of the same (entity, attribute) that overlap are cut or superseded. The same input again
   * changes nothing. All or none. Facts of points that shape the curve (attributes.ts) write dirty marks in the same
   * transaction.
   * @param creating entities that are made in the same transaction, with ids of `newId()`
   * @throws JieyueError `registry.invalid` naming attribute and value; `registry.cycle`; `registry.not-found`. Where inputs
   * were refused one by one, `details.faults` (InputFault of ledgers.ts) lists them.
   */
  record(inputs: readonly FactInput[], by: Authorship, creating?: readonly EntityInput[]): Promise<void>;
  /** An id for an entity that is to be made. */
  newId(): string;
  /** The kind of an entity that belongs today to one of these institutions or what is below; `undefined`: not there, or not covered. */
  kindWithin(
    entity: string,
    institutions: ReadonlySet<string> | 'everything',
  ): Promise<EntityKind | undefined>;
  /** The value that holds at `at`, as known now or at `asKnownAt`; `undefined` where none does. */
  valueAt(entity: string, attribute: string, at: number, options?: { asKnownAt?: number }): Promise<unknown>;
  /** What is said of one attribute at `at`, by entity, in one query; entities of which nothing is said are left out. */
  allAt(attribute: string, at: number): Promise<ReadonlyMap<string, FactAt>>;
  /** Entries of one attribute that hold somewhere in [from, to), by entity and date, in one query; those taken back are left out. */
  allIn(attribute: string, from: number, to: number): Promise<readonly Fact[]>;
  /** Entries of an entity by attribute and date: current ones, with those superseded, or as known at `asKnownAt`. */
  history(
    entity: string,
    options?: { attribute?: string; superseded?: boolean; asKnownAt?: number },
  ): Promise<readonly Fact[]>;
  /**
   * What the users or the area of these institutions rest on somewhere in [from, to): `energyUsers` and `userRule`; or `floorArea`, and where
   * there is none, that of their buildings with `institution` and `shares`. By entity, attribute, date.
   */
  behind(
    of: 'users' | 'area',
    institutions: Iterable<string>,
    from: number,
    to: number,
  ): Promise<readonly DenominatorFact[]>;
}

export interface Institution {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
}

export interface Building {
  readonly id: string;
  readonly name: string;
  /** The institution that answers for the building at the time asked about. */
  readonly institution: string | null;
}

export interface Point {
  /** `agent/point` */
  readonly key: PointKey;
  readonly name: string;
  readonly quantities: readonly Quantity[];
  readonly role: PointRole;
  readonly building: string | null;
}

/** A stretch of time in which `point` counts for a building or an institution's subtree. */
export interface Membership {
  readonly point: PointKey;
  readonly quantity: Quantity;
  readonly from: number;
  readonly to: number;
}

/** A stretch of time in which a sub-meter counts for a kind of use (分项) of a building or an institution's subtree. */
export interface ItemMembership extends Membership {
  readonly item: Item;
}

/** What counts for one institution or building, of one carrier: as `points.of…` and `points.items…` answer. */
export interface PlaceMemberships {
  readonly of: string;
  readonly kind: 'institution' | 'building';
  readonly carrier: Carrier;
  readonly total: readonly Membership[];
  readonly items: readonly ItemMembership[];
}

export interface AgentRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly disabled: boolean;
}

export interface AgentState {
  readonly agent: string;
  readonly status: AgentStatus | null;
  readonly receivedAt: number | null;
}

export interface Grant {
  readonly role: Role;
  /** The institution whose subtree it covers; `null` is everything. */
  readonly institution: string | null;
}

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

export interface RejectInput {
  readonly agent: string;
  readonly rejection: Rejection;
  /** The refused row or payload as text, cut to 1 000 characters. */
  readonly row: string;
}

export interface RejectRecord extends RejectInput {
  readonly seq: number;
  readonly at: number;
}

export interface Alarm {
  /** e.g. `clock-fault`, `quarantine`, `outbox-near-full`, `outbox-disk` */
  readonly kind: string;
  /** e.g. the agent */
  readonly subject: string;
  readonly message: string;
  readonly since: number;
  readonly lastAt: number;
  readonly count: number;
  readonly clearedAt: number | null;
}

/** A dirty mark of the registry: an edited fact, or data where the store keeps no marks itself. */
export interface RegistryMark {
  readonly point: PointKey;
  readonly quantity: Quantity | null;
  readonly from: number;
  readonly to: number;
  readonly version: number;
  /** Facts or corrections changed, and not only readings: what is remembered of them is out of date. */
  readonly facts: boolean;
}

/** Marks of readings, for a store that keeps none itself. */
export type DataMark = Omit<RegistryMark, 'version' | 'facts' | 'quantity'> & {
  /** `position`: of a terminal's track. */
  readonly quantity: Quantity | 'position';
};

/** Names what was announced until it is confirmed. */
export type AnnouncementId = number;

/** A correction of one reading; `withdraw` takes an earlier one back. */
export interface CorrectionInput {
  readonly point: PointKey;
  readonly quantity: Quantity;
  readonly ts: number;
  readonly action: Correction['action'] | 'withdraw';
  /** For `replace`, and only there. */
  readonly value?: number | undefined;
}

/** A correction as kept, in the pattern of facts. */
export interface CorrectionRecord {
  readonly id: string;
  readonly point: PointKey;
  readonly quantity: Quantity;
  readonly ts: number;
  readonly action: CorrectionInput['action'];
  readonly value: number | null;
  readonly recordedAt: number;
  readonly author: string;
  readonly reason: string;
  readonly supersededAt: number | null;
}

export interface RegistryMarks {
  /** Facts of these changed. */
  add(marks: readonly Omit<RegistryMark, 'version' | 'facts'>[]): Promise<void>;
  /**
   * Rows of these are about to be written, and may be seen from now on: `pendingOf` shows their marks, `pending` does
   * not yet. Again with its id while the write is tried again.
   */
  announce(marks: readonly DataMark[], again?: AnnouncementId): Promise<AnnouncementId>;
  /** The rows are durable: their marks are pending. */
  confirm(id: AnnouncementId, marks: readonly DataMark[]): Promise<void>;
  /**
   * Confirms what was announced and not renewed since `before`: its process ended between. @returns how many
   * announcements.
   */
  confirmLeft(before: number): Promise<number>;
  /** Marks of these series, announced ones too (with version 0). */
  pendingOf(
    series: readonly { readonly point: PointKey; readonly quantity: Quantity }[],
  ): Promise<readonly RegistryMark[]>;
  /** All pending marks of at most `series` (point, quantity), those that wait longest first. */
  pending(series: number): Promise<readonly RegistryMark[]>;
  /** Forgets the marks of these (point, quantity) up to the version that was read; later ones stay. */
  clear(marks: readonly Pick<RegistryMark, 'point' | 'quantity' | 'version'>[]): Promise<void>;
  /** How many (point, quantity) have pending marks, and since when (epoch ms of the oldest). */
  backlog(): Promise<{ series: number; oldestAt: number | null }>;
}

/** A stretch of a terminal's track, both ends included, that trips and findings must follow. */
export interface PositionMark {
  readonly terminal: PointKey;
  readonly from: number;
  readonly to: number;
  readonly version: number;
  /** Something by which the track is judged changed, and not only positions. */
  readonly facts: boolean;
}

/** Marks of tracks: of positions that came in (announced and confirmed with those of readings), and of facts of the fleet. */
export interface PositionMarks {
  /** All pending marks of at most so many terminals, those that wait longest first. */
  pending(terminals: number): Promise<readonly PositionMark[]>;
  /**
   * Forgets the marks of these terminals up to the version that was read; later ones stay.
   * @param lease under which they were followed: where it is held no more, nothing changes
   * @returns whether they are forgotten
   */
  clear(marks: readonly Pick<PositionMark, 'terminal' | 'version'>[], lease?: Lease): Promise<boolean>;
  /** How many terminals have pending marks, and since when (epoch ms of the oldest). */
  backlog(): Promise<{ terminals: number; oldestAt: number | null }>;
}

/** Months of a series, [from, to), whose rollups were replaced. */
export interface RolledUp {
  readonly point: PointKey;
  readonly quantity: Quantity;
  readonly from: number;
  readonly to: number;
}

/** Notes of what the rollup worker replaced, numbered in order: who keeps sums of rollups follows them. */
export interface RollupChanges {
  /** After the rollups are stored and before their marks are cleared, so that none is missed; one may come twice. */
  note(changes: readonly RolledUp[]): Promise<void>;
  /** Number of the newest note; 0: none. Cheap. */
  newest(): Promise<number>;
  /**
   * What was noted after note `seq`, and the number of the newest note. `resync`: notes in between are gone, anything may
   * have changed.
   */
  since(seq: number): Promise<{
    readonly seq: number;
    readonly resync: boolean;
    readonly changes: readonly RolledUp[];
  }>;
}

/** What a point is when it is registered; facts that are left out are not recorded. */
export interface PointInput {
  readonly key: PointKey;
  readonly name: string;
  readonly quantities: readonly Quantity[];
  /** Default for a new point: `billing`. */
  readonly role?: PointRole;
  /** The point of which this one is a part. */
  readonly parent?: PointKey | null;
  /** The kind of use that a sub-meter counts. */
  readonly item?: Item | null;
  readonly subItem?: SubItem | null;
  /** As boundaries take it; a point without one has that of the point above, at last `building`. */
  readonly use?: Use | null;
  readonly building?: string | null;
  readonly zone?: string | null;
  /** The supply account that bills it. */
  readonly account?: string | null;
  /** Of a virtual point; see `formulaSchema` in attributes/point.ts. */
  readonly formula?: unknown;
  readonly pue?: 'facility' | 'it' | null;
  /** `YYYY-MM-DD` */
  readonly calibrationDue?: string | null;
  readonly contact?: { readonly name: string; readonly phone?: string } | null;
  /** Local midnight, as for all facts. */
  readonly validFrom: number;
  readonly expectedIntervalMs?: number;
  readonly intervalLengthMs?: number;
  /** See `installationSchema` in attributes/installation.ts. */
  readonly installation?: unknown;
}

export interface Registry {
  /**
   * Opens the database and migrates it; several processes may do so at once.
   * @throws JieyueError `registry.version` (made by a newer program), `registry.unavailable`.
   */
  start(): Promise<void>;
  stop(): Promise<void>;

  readonly facts: FactStore;
  readonly marks: RegistryMarks;
  readonly rollupChanges: RollupChanges;

  readonly institutions: {
    create(
      input: { name: string; parent: string | null; validFrom: number },
      by: Authorship,
    ): Promise<Institution>;
    list(at: number): Promise<readonly Institution[]>;
    get(id: string, at: number): Promise<Institution | undefined>;
    /** The institution and all below it at `at`. */
    subtree(id: string, at: number): Promise<readonly string[]>;
  };
  readonly buildings: {
    create(
      input: { name: string; institution: string | null; validFrom: number },
      by: Authorship,
    ): Promise<Building>;
    list(at: number): Promise<readonly Building[]>;
    get(id: string, at: number): Promise<Building | undefined>;
  };
  readonly zones: Zones;
  readonly accounts: Accounts;
  readonly points: {
    /** Registers a point; registering it again with the same facts changes nothing. */
    register(input: PointInput, by: Authorship): Promise<Point>;
    /** Registers many points in one transaction: all or none. */
    registerAll(inputs: readonly PointInput[], by: Authorship): Promise<void>;
    /** Points that have a name at `at`, by key; `after` is the last key of the page before. */
    list(options: {
      at: number;
      after?: string;
      limit: number;
      agent?: string;
      building?: string;
    }): Promise<readonly Point[]>;
    get(key: PointKey, at: number): Promise<Point | undefined>;
    /** Keys of all registered points of an agent. */
    keysOfAgent(agent: string): Promise<ReadonlySet<string>>;
    /** Facts of many series for the curve, in the order of the requests; `noFacts` where nothing is known. */
    seriesFacts(
      requests: readonly { point: PointKey; quantity: Quantity }[],
    ): Promise<readonly SeriesFacts[]>;
    /** Billing points that count for a building in [from, to), with the stretch in which they do. */
    ofBuilding(building: string, carrier: Carrier, from: number, to: number): Promise<readonly Membership[]>;
    /** Billing points that count for an institution or one below it in [from, to). */
    ofInstitution(
      institution: string,
      carrier: Carrier,
      from: number,
      to: number,
    ): Promise<readonly Membership[]>;
    /**
     * Sub-meters that count for a kind of use of a building in [from, to). One below another that counts for the same place
     * as well is a part of it, and does not.
     */
    itemsOfBuilding(
      building: string,
      carrier: Carrier,
      from: number,
      to: number,
    ): Promise<readonly ItemMembership[]>;
    /** The same of an institution and all below it. */
    itemsOfInstitution(
      institution: string,
      carrier: Carrier,
      from: number,
      to: number,
    ): Promise<readonly ItemMembership[]>;
    /**
     * The same of all institutions and buildings, and of all carriers that points measure in [from, to), read at once; those
     * without members are left out. Others are served in between.
     */
    everywhere(from: number, to: number): AsyncIterable<PlaceMemberships>;
    /** The institution that answers for the point at `at`; `null` where none does. */
    institutionOf(key: PointKey, at: number): Promise<string | null>;
  };
  readonly corrections: {
    /** All or none; the same again changes nothing; a later one of the same reading supersedes. Writes dirty marks. */
    record(inputs: readonly CorrectionInput[], by: Authorship): Promise<void>;
    /** Corrections of a point by time, current ones or with those superseded. */
    list(options: {
      point: PointKey;
      quantity?: Quantity;
      superseded?: boolean;
    }): Promise<readonly CorrectionRecord[]>;
  };
  readonly agents: {
    /** @throws JieyueError `agent.exists`; `registry.invalid` for a name that is malformed or reserved. */
    create(id: string, password: string): Promise<AgentRecord>;
    setPassword(id: string, password: string): Promise<void>;
    disable(id: string): Promise<void>;
    enable(id: string): Promise<void>;
    list(): Promise<readonly AgentRecord[]>;
    /** Whether the password is the agent's and the agent is not disabled. Takes as long for an unknown agent. */
    verify(id: string, password: string): Promise<boolean>;
    /** How many checks were refused unlooked-at since the start, because too many waited. */
    refusedChecks(): number;
    /** Lines of a Mosquitto password file (`user:$7$…`), disabled agents left out. */
    passwordFile(): Promise<string>;
    /** Keeps the status received last; one received earlier than the one kept is dropped. */
    putStatus(agent: string, status: AgentStatus, receivedAt: number): Promise<void>;
    /** Every agent, and whoever else sent a status, by id. */
    states(): Promise<readonly AgentState[]>;
  };
  readonly principals: {
    /** @returns the key in clear, this once. */
    create(name: string, grants: readonly Grant[]): Promise<{ principal: Principal; key: string }>;
    byKey(key: string): Promise<Principal | undefined>;
    /** Principals that are not revoked, by name. */
    list(): Promise<readonly Principal[]>;
    revoke(id: string): Promise<void>;
  };
  readonly leases: {
    /** Takes or renews; `undefined` while another holds it. */
    acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
    /** Whether this lease still is the newest and has not run out. */
    holds(lease: Lease): Promise<boolean>;
    release(lease: Lease): Promise<void>;
  };
  readonly rejects: {
    /** Keeps the newest 100 000. */
    add(inputs: readonly RejectInput[], at: number): Promise<void>;
    /** Newest first; `after` is the `seq` of the last one of the page before. */
    list(options: { agent?: string; after?: number; limit: number }): Promise<readonly RejectRecord[]>;
    /** How many of those that are kept came at `since` or later. */
    count(since: number): Promise<number>;
  };
  readonly alarms: {
    /** Opens an alarm of this kind and subject, or counts one more of the open one. */
    raise(kind: string, subject: string, message: string, at: number): Promise<void>;
    clear(kind: string, subject: string, at: number): Promise<void>;
    /** Open alarms, with those cleared where asked; newest first. */
    list(options?: { cleared?: boolean }): Promise<readonly Alarm[]>;
  };
  readonly batches: Batches;
  readonly bills: Bills;
  readonly reports: Reports;
  readonly definitions: Definitions;
  readonly snapshots: Snapshots;
  readonly changes: Changes;
  readonly positionMarks: PositionMarks;
  readonly tracks: Tracks;
  readonly fleet: Fleet;
  readonly census: CensusSource['census'];
  readonly revision: CensusSource['revision'];
}
