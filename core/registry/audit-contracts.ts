// The audit log of positions: who looked at whose track, when, and for what stated purpose. Append-only, each entry with the hash of
// the one before.
import type { Message } from '../domain/message.ts';

export const auditActions = ['track', 'live', 'stream', 'trips', 'findings', 'export'] as const;
export type AuditAction = (typeof auditActions)[number];

export interface AuditInput {
  /** Id and name of the principal whose key it was. */
  readonly principal: string;
  readonly name: string;
  readonly action: AuditAction;
  /** Ids of the cars whose positions were given; none: there were none. */
  readonly vehicles: readonly string[];
  /** The institutions of those cars at that time: by these an auditor sees the entry. */
  readonly institutions: readonly string[];
  /** Of the positions that were asked for, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** As stated by who asked. */
  readonly purpose: string;
}

export interface AuditEntry extends AuditInput {
  /** 1, 2, 3, … without gaps. */
  readonly seq: number;
  /** Epoch ms. */
  readonly at: number;
  /** SHA-256, hex, of the entry before; of the first, 64 zeros. */
  readonly previous: string;
  /** SHA-256, hex, over the canonical JSON of all above. */
  readonly hash: string;
}

export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** `broken`: the first entry that is not as it was written, or is missing; null: the chain holds. */
export interface AuditVerdict {
  readonly entries: number;
  readonly head: AuditHead | null;
  /** `why` in English, `said` in both languages. */
  readonly broken: { readonly seq: number; readonly why: string; readonly said: Message } | null;
}

export interface AuditLog {
  /** Durable when it resolves: nothing is shown before. */
  append(entry: AuditInput): Promise<AuditEntry>;
  /** Newest first, before `before` where given. `institutions`: entries that concern one of them; left out: all. */
  list(question: {
    readonly institutions?: ReadonlySet<string> | undefined;
    readonly vehicle?: string | undefined;
    readonly principal?: string | undefined;
    readonly from: number;
    readonly to: number;
    readonly before?: number | undefined;
    readonly limit: number;
  }): Promise<readonly AuditEntry[]>;
  /** The last entry; null: there is none. To be written down elsewhere. */
  head(): Promise<AuditHead | null>;
  /**
   * Goes through the whole chain. @param known a head that was written down elsewhere: it must still stand, so that entries cut off
   * at the end are missed too
   */
  verify(known?: AuditHead): Promise<AuditVerdict>;
}
