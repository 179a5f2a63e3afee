// Pages of what was found on tracks (trips, stops, findings), of the cars that a reach covers. Rows are kept by terminal; whose car the
// terminal was in when a row began says whose the row is.

import { tellsPlace } from '../../core/domain/fleet/findings/place-kinds.ts';
import type { Segment } from '../../core/domain/fleet/trips/model.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type {
  FleetFindingKind,
  TrackFinding,
  TrackPlace,
  TrackSegment,
} from '../../core/registry/track-contracts.ts';
import { aboutOf } from '../../core/registry/tracks.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { FleetIndex } from './visibility.ts';

export interface FoundQuestion {
  readonly reach: Reach;
  readonly vehicle: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly after: Place | undefined;
}

/** In the order of start, terminal, kind, and of findings what they are about. */
export type Place =
  | readonly [start: number, terminal: string, kind: string]
  | readonly [start: number, terminal: string, kind: string, about: string];

/** A row, and the car and institution that it is of. */
export interface Owned<Row> {
  readonly row: Row;
  readonly vehicle: string;
  readonly institution: string | null;
}

export interface FoundPage<Row> {
  readonly rows: readonly Owned<Row>[];
  readonly next: Place | null;
}

/** Looks at the registry for one page at most: what a filter leaves over may be less than a page. */
const mostRounds = 8;
/** Asked for beyond a page: some may be left out, and whether there are more is seen. */
const spare = 40;

/** Segments of these kinds that touch [from, to). A page may hold fewer rows than asked for; there are more as long as `next` is there. */
export async function segmentPage<Kind extends Segment['kind']>(
  registry: Pick<Registry, 'tracks'>,
  index: FleetIndex,
  question: FoundQuestion,
  kind: Kind,
): Promise<FoundPage<TrackSegment & { readonly segment: Extract<Segment, { kind: Kind }> }>> {
  type Row = TrackSegment & { readonly segment: Extract<Segment, { kind: Kind }> };
  return paged<Row>(
    index,
    question,
    async (range) => (await registry.tracks.segments({ ...range, kinds: [kind] })) as readonly Row[],
    ({ terminal, segment }) => [segment.start, terminal, segment.kind],
    ({ terminal, segment }) => index.at(terminal, segment.start),
  );
}

/** Findings of these kinds, or of all, that touch [from, to). A page may hold fewer than asked for; there are more as long as `next` is there. */
export async function findingPage(
  registry: Pick<Registry, 'tracks'>,
  index: FleetIndex,
  question: FoundQuestion & {
    readonly kinds: readonly FleetFindingKind[] | undefined;
    readonly noted: boolean;
  },
): Promise<FoundPage<TrackFinding>> {
  const { kinds, vehicle } = question;
  const vehicles = vehicle === undefined ? undefined : [vehicle];
  return paged<TrackFinding>(
    index,
    question,
    (range) => registry.tracks.findings({ ...range, kinds, vehicles }),
    (finding) => [finding.start, finding.terminal, finding.kind, aboutOf(finding)],
    (finding) => {
      if (finding.vehicle === null || (finding.noted && !question.noted)) return undefined;
      if (tellsPlace(finding.kind) && index.isMasked(finding.vehicle, finding.start)) return undefined;
      // Where facts say by now that its terminal was in another car, it is about to be found anew.
      const fitted = index.at(finding.terminal, finding.start);
      if (fitted !== undefined && fitted.vehicle !== finding.vehicle) return undefined;
      return { vehicle: finding.vehicle, institution: index.ownerAt(finding.vehicle, finding.start) };
    },
  );
}

async function paged<Row>(
  index: FleetIndex,
  { reach, vehicle, from, to, limit, after }: FoundQuestion,
  ask: (range: {
    terminals: Iterable<`${string}/${string}`>;
    from: number;
    to: number;
    limit: number;
    after: TrackPlace | undefined;
  }) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
  ownerOf: (row: Row) => { readonly vehicle: string; readonly institution: string | null } | undefined,
): Promise<FoundPage<Row>> {
  const terminals = index.terminals(reach, to, (id) => vehicle === undefined || id === vehicle);
  const rows: Owned<Row>[] = [];
  let place = after;
  for (let round = 0; round < mostRounds; round++) {
    const asked = limit - rows.length + spare;
    const found = await ask({ terminals, from, to, limit: asked, after: trackPlace(place) });
    for (const row of found) {
      if (rows.length >= limit) return { rows, next: place ?? null };
      const owner = ownerOf(row);
      const wanted =
        owner !== undefined &&
        covers(reach, owner.institution) &&
        (vehicle === undefined || owner.vehicle === vehicle);
      if (wanted) rows.push({ row, vehicle: owner.vehicle, institution: owner.institution });
      place = placeOf(row);
    }
    if (found.length < asked) return { rows, next: null };
  }
  return { rows, next: place ?? null };
}

function trackPlace(place: Place | undefined): TrackPlace | undefined {
  if (place === undefined) return undefined;
  const [start, terminal, kind] = place;
  return { start, terminal, kind, about: place.length === 4 ? place[3] : undefined };
}
