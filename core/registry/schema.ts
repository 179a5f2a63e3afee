// The tables of the registry as Kysely sees them. Times are epoch ms; `value` and `status` are JSON text.
import type { ColumnType, Generated, Kysely } from 'kysely';
import type { EntityKind } from './attributes/attribute.ts';
import type { CorrectionInput } from './registry.ts';

export interface EntitiesTable {
  /** A ULID, or `agent/point` of a point. */
  id: string;
  kind: EntityKind;
  /** The agent of a point. */
  agent: string | null;
  created_at: number;
}

export interface FactsTable {
  id: string;
  entity: string;
  attribute: string;
  valid_from: number;
  valid_to: number | null;
  value: string;
  /** The entity that the value names, where the attribute refers to one. */
  ref: string | null;
  recorded_at: number;
  author: string;
  reason: string;
  superseded_at: number | null;
  remains_of: string | null;
}

export interface CorrectionsTable {
  id: string;
  point: string;
  quantity: string;
  ts: number;
  action: CorrectionInput['action'];
  value: number | null;
  recorded_at: number;
  author: string;
  reason: string;
  superseded_at: number | null;
}

export interface DirtyMarksTable {
  version: Generated<number>;
  point: string;
  /** Empty: all quantities of the point. */
  quantity: string;
  from_ts: number;
  to_ts: number;
  at: number;
  /** 1: an edited fact or a correction; 0: readings. */
  facts: Generated<number>;
}

export interface AnnouncedMarksTable {
  id: Generated<number>;
  /** Text of announced-marks.ts. */
  marks: string;
  at: number;
}

export interface ConfirmedMarksTable {
  /** Of the announcement. */
  id: number;
  at: number;
}

export interface RollupChangesTable {
  seq: Generated<number>;
  /** Text of announced-marks.ts. */
  changes: string;
  /** How many series it names. */
  series: number;
}

export interface AgentsTable {
  id: string;
  password_hash: string;
  created_at: number;
  disabled_at: number | null;
}

export interface AgentStatusTable {
  agent: string;
  status: string;
  received_at: number;
}

export interface PrincipalsTable {
  id: string;
  name: string;
  created_at: number;
  revoked_at: number | null;
}

export interface PrincipalKeysTable {
  /** SHA-256 of the key, hex. */
  hash: string;
  principal: string;
  created_at: number;
}

export interface PrincipalGrantsTable {
  principal: string;
  role: string;
  institution: string | null;
}

export interface LeasesTable {
  name: string;
  holder: string;
  fence: number;
  expires_at: number;
}

export interface RejectsTable {
  seq: Generated<number>;
  at: number;
  agent: string;
  batch: string;
  list: string;
  position: number;
  code: string;
  message: string;
  row: string;
}

export interface AlarmsTable {
  seq: Generated<number>;
  kind: string;
  subject: string;
  message: string;
  since: number;
  last_at: number;
  count: number;
  cleared_at: number | null;
}

export interface BillsTable {
  id: string;
  account: string;
  document: string;
  from_ts: number;
  to_ts: number;
  quantity: number | null;
  amount_cny: number | null;
  /** 1: may lie beside others of the same days. */
  supplement: number;
  recorded_at: number;
  author: string;
  reason: string;
  /** When another one of the document took its place, or it was withdrawn. */
  superseded_at: number | null;
  withdrawn_by: string | null;
  withdrawn_reason: string | null;
}

export interface ReportsTable {
  id: string;
  institution: string;
  commodity: string;
  use: string;
  from_ts: number;
  to_ts: number;
  quantity: number;
  amount_cny: number | null;
  recorded_at: number;
  author: string;
  reason: string;
  superseded_at: number | null;
  withdrawn_by: string | null;
  withdrawn_reason: string | null;
}

export interface DefinitionsTable {
  kind: string;
  id: string;
  version: number;
  value: string;
  recorded_at: number;
  author: string;
  reason: string;
}

export interface SnapshotsTable {
  id: string;
  name: string;
  institution: string;
  plan: string;
  taken_at: number;
  author: string;
  reason: string;
  content: string;
}

/** One row; see revision.ts. */
export interface RevisionTable {
  value: number;
}

/** Orders, fences, seals, card entries, upkeep; see fleet-kinds.ts. */
export interface FleetRecordsTable {
  id: string;
  kind: string;
  key: string;
  vehicle: string | null;
  institution: string | null;
  from_ts: number;
  to_ts: number;
  value: string;
  recorded_at: number;
  author: string;
  reason: string;
  superseded_at: number | null;
  withdrawn_by: string | null;
  withdrawn_reason: string | null;
}

/** Only ever added to; `vehicles` and `institutions` are JSON. */
export interface AuditTable {
  seq: number;
  at: number;
  principal: string;
  name: string;
  action: string;
  vehicles: string;
  institutions: string;
  from_ts: number;
  to_ts: number;
  purpose: string;
  previous: string;
  hash: string;
}

/** `value`: JSON of a segment, or of a finding. */
export interface TrackSegmentsTable {
  terminal: string;
  start_ts: number;
  kind: string;
  end_ts: number;
  value: string;
}

export interface TrackFindingsTable extends TrackSegmentsTable {
  about: string;
  vehicle: string | null;
  noted: number;
}

export interface TrackLegsTable {
  terminal: string;
  /** Its first moment, epoch ms: of the legs that begin in it. */
  week: number;
  /** The latest end of them. */
  end_ts: number;
  /** libsql reads it as an ArrayBuffer. */
  legs: ColumnType<ArrayBuffer | Uint8Array, Uint8Array>;
}

export interface TrackStateTable {
  name: string;
  value: string;
}

export interface Tables {
  entities: EntitiesTable;
  facts: FactsTable;
  corrections: CorrectionsTable;
  dirty_marks: DirtyMarksTable;
  announced_marks: AnnouncedMarksTable;
  confirmed_marks: ConfirmedMarksTable;
  rollup_changes: RollupChangesTable;
  agents: AgentsTable;
  agent_status: AgentStatusTable;
  principals: PrincipalsTable;
  principal_keys: PrincipalKeysTable;
  principal_grants: PrincipalGrantsTable;
  leases: LeasesTable;
  rejects: RejectsTable;
  alarms: AlarmsTable;
  bills: BillsTable;
  reports: ReportsTable;
  definitions: DefinitionsTable;
  snapshots: SnapshotsTable;
  revision: RevisionTable;
  fleet_records: FleetRecordsTable;
  fleet_revision: RevisionTable;
  audit: AuditTable;
  track_segments: TrackSegmentsTable;
  track_findings: TrackFindingsTable;
  track_state: TrackStateTable;
  track_legs: TrackLegsTable;
}

/** The database, or the transaction one works in. */
export type Db = Kysely<Tables>;

/** Parameters that one statement takes at most; longer lists are asked for in pieces. */
export const chunkSize = 500;

export function chunks<T>(list: readonly T[], size = chunkSize): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < list.length; start += size) result.push(list.slice(start, start + size));
  return result;
}
