// What is found of one terminal's track, portion after portion, before it is stored as a whole: whoever reads sees the old or the new.
import type { Segment } from '../../core/domain/fleet/trips/model.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Lease } from '../../core/registry/registry.ts';
import type { FleetFinding, Tracks } from '../../core/registry/track-contracts.ts';

type Found = FleetFinding & { readonly vehicle: string | null };

/** As `Tracks.replace` takes it. */
export interface TrackChange {
  readonly segmentsFrom: number;
  readonly segments: readonly Segment[];
  readonly findingsFrom: number;
  readonly findings: readonly Found[];
}

const nothing: TrackChange = {
  segmentsFrom: Number.POSITIVE_INFINITY,
  segments: [],
  findingsFrom: Number.POSITIVE_INFINITY,
  findings: [],
};

/** What is stored, with the changes so far. */
export class TrackDraft {
  readonly #tracks: Pick<Tracks, 'segments' | 'findings' | 'replace'>;
  readonly #terminals: readonly [PointKey];
  #change = nothing;

  constructor(tracks: Pick<Tracks, 'segments' | 'findings' | 'replace'>, terminal: PointKey) {
    this.#tracks = tracks;
    this.#terminals = [terminal];
  }

  /** Those that touch [from, to), by start. */
  async segments(from: number, to: number, kinds?: readonly Segment['kind'][]): Promise<Segment[]> {
    const { segmentsFrom, segments } = this.#change;
    const terminals = this.#terminals;
    const stored = await this.#tracks.segments({ terminals, from, to: Math.min(to, segmentsFrom), kinds });
    return [
      ...stored.map(({ segment }) => segment),
      ...segments.filter((one) => touches(one, from, to) && (kinds?.includes(one.kind) ?? true)),
    ];
  }

  /** Those that touch [from, to). */
  async findings(from: number, to: number): Promise<FleetFinding[]> {
    const { findingsFrom, findings } = this.#change;
    const terminals = this.#terminals;
    const stored = await this.#tracks.findings({ terminals, from, to: Math.min(to, findingsFrom) });
    return [...stored, ...findings.filter((one) => touches(one, from, to))];
  }

  replace(change: TrackChange): void {
    const { segmentsFrom, segments, findingsFrom, findings } = this.#change;
    this.#change = {
      segmentsFrom: Math.min(segmentsFrom, change.segmentsFrom),
      segments: [...segments.filter(({ start }) => start < change.segmentsFrom), ...change.segments],
      findingsFrom: Math.min(findingsFrom, change.findingsFrom),
      findings: [...findings.filter(({ start }) => start < change.findingsFrom), ...change.findings],
    };
  }

  /** @returns false where the lease is held no more: nothing is stored then */
  store(lease: Lease | undefined): Promise<boolean> {
    const [terminal] = this.#terminals;
    return this.#tracks.replace(terminal, this.#change, lease);
  }
}

function touches(one: { readonly start: number; readonly end: number }, from: number, to: number): boolean {
  return one.start < to && one.end >= from;
}
