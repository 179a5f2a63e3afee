// Trips, stops, gaps and findings by terminal, as the worker of tracks writes them.
import { createHash } from 'node:crypto';
import type { Place, Segment } from '../domain/fleet/trips/model.ts';
import type { PointKey } from '../domain/topics.ts';
import type { RegistryContext } from './context.ts';
import { isHeld } from './leases.ts';
import { chunks, type TrackFindingsTable, type TrackSegmentsTable } from './schema.ts';
import type {
  FleetFinding,
  FleetFindingKind,
  TrackFinding,
  TrackQuestion,
  TrackSegment,
  Tracks,
} from './track-contracts.ts';
import { readLegs, replaceLegs } from './track-legs.ts';
import { createTrackState, rememberFrom } from './track-state.ts';

export function createTracks(context: RegistryContext): Tracks {
  const { db, clock } = context;
  return {
    ...createTrackState(context),

    async replace(terminal, { segmentsFrom, segments, findingsFrom, findings }, lease) {
      return db.transaction().execute(async (trx) => {
        if (lease !== undefined && !(await isHeld(trx, lease, clock.now()))) return false;
        await rememberFrom(trx, Math.min(segmentsFrom, findingsFrom));
        await trx
          .deleteFrom('track_segments')
          .where('terminal', '=', terminal)
          .where('start_ts', '>=', segmentsFrom)
          .execute();
        for (const part of chunks(segments, 100))
          await trx
            .insertInto('track_segments')
            .values(part.map((segment) => segmentRow(terminal, segment)))
            .execute();
        await replaceLegs(trx, terminal, segmentsFrom, segments);
        await trx
          .deleteFrom('track_findings')
          .where('terminal', '=', terminal)
          .where('start_ts', '>=', findingsFrom)
          .execute();
        // One place of the key, one finding: the same cannot begin twice.
        const rows = new Map(
          findings.map((finding) => [keyOf(terminal, finding), findingRow(terminal, finding)]),
        );
        for (const part of chunks([...rows.values()], 100))
          await trx.insertInto('track_findings').values(part).execute();
        return true;
      });
    },

    async segments({ kinds, ...question }) {
      const rows = await pages(question, (part) => {
        const { from, to } = question;
        let query = db
          .selectFrom('track_segments')
          .selectAll()
          .where('terminal', 'in', part)
          .where('start_ts', '<', to)
          .where('end_ts', '>=', from);
        if (kinds !== undefined) query = query.where('kind', 'in', [...kinds]);
        return query
          .$call((asked) => afterPlace(asked, question.after))
          .orderBy('start_ts')
          .orderBy('terminal')
          .orderBy('kind')
          .$if(question.limit !== undefined, (asked) => asked.limit(question.limit ?? 0))
          .execute();
      });
      return rows.map(
        ({ terminal, value }): TrackSegment => ({
          terminal: terminal as PointKey,
          segment: readSegment(value),
        }),
      );
    },

    legs: ({ terminals, from, to }) => readLegs(db, terminals, from, to),

    async findings({ kinds, vehicles, ...question }) {
      const cars = vehicles === undefined ? undefined : new Set(vehicles);
      const rows = await pages(question, (part) => {
        const { from, to } = question;
        let query = db
          .selectFrom('track_findings')
          .selectAll()
          .where('terminal', 'in', part)
          .where('start_ts', '<', to)
          .where('end_ts', '>=', from);
        if (kinds !== undefined) query = query.where('kind', 'in', [...kinds]);
        if (cars !== undefined) query = query.where('vehicle', 'in', [...cars]);
        return query
          .$call((asked) => afterPlace(asked, question.after))
          .orderBy('start_ts')
          .orderBy('terminal')
          .orderBy('kind')
          .orderBy('about')
          .$if(question.limit !== undefined, (asked) => asked.limit(question.limit ?? 0))
          .execute();
      });
      return rows.map(findingOf);
    },

    async counts(from, to) {
      const rows = await db
        .selectFrom('track_findings')
        .select((eb) => ['vehicle', 'terminal', 'kind', eb.fn.countAll<number>().as('count')])
        .where('start_ts', '>=', from)
        .where('start_ts', '<', to)
        .where('noted', '=', 0)
        .groupBy(['vehicle', 'terminal', 'kind'])
        .orderBy('vehicle')
        .orderBy('terminal')
        .orderBy('kind')
        .execute();
      return rows.map(({ vehicle, terminal, kind, count }) => ({
        vehicle,
        terminal: terminal as PointKey,
        kind: kind as FleetFindingKind,
        count: Number(count),
      }));
    },
  };
}

interface Placed {
  readonly start_ts: number;
  readonly terminal: string;
  readonly kind: string;
}

/** Asks for terminals part by part, and puts what comes back in one order. */
async function pages<Row extends Placed>(
  { terminals, limit }: TrackQuestion,
  ask: (terminals: readonly PointKey[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const part of chunks([...new Set(terminals)].sort())) found.push(...(await ask(part)));
  found.sort((a, b) => a.start_ts - b.start_ts || byText(a.terminal, b.terminal) || byText(a.kind, b.kind));
  return limit === undefined ? found : found.slice(0, limit);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What comes after a place in the order of start, terminal, kind, and of findings about. */
// biome-ignore lint/suspicious/noExplicitAny: both tables have these columns; Kysely's types of their queries have nothing in common.
function afterPlace<Query extends { where: any }>(query: Query, after: TrackQuestion['after']): Query {
  if (after === undefined) return query;
  const { start, terminal, kind, about } = after;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  return query.where((eb: any) => {
    const same = eb.and([eb('start_ts', '=', start), eb('terminal', '=', terminal)]);
    return eb.or([
      eb('start_ts', '>', start),
      eb.and([eb('start_ts', '=', start), eb('terminal', '>', terminal)]),
      eb.and([same, eb('kind', '>', kind)]),
      ...(about === undefined ? [] : [eb.and([same, eb('kind', '=', kind), eb('about', '>', about)])]),
    ]);
  }) as Query;
}

function segmentRow(terminal: PointKey, segment: Segment): TrackSegmentsTable {
  const { start, end, kind } = segment;
  return { terminal, start_ts: start, kind, end_ts: end, value: JSON.stringify(segment) };
}

/** A place that is forgotten. */
const nowhere: Place = { lat: Number.NaN, lon: Number.NaN };

/** JSON has no NaN: what is not settled yet has no time, and what no odometer tells no distance. */
export function readSegment(value: string): Segment {
  const segment = JSON.parse(value) as Segment;
  // Nobody else has it yet: written where it is, since a fleet's year is millions of them.
  if (segment.kind === 'stop') {
    const stop = segment as { settledTs: number; at: Place; anchor: Place & { ts: number } };
    stop.settledTs ??= Number.NaN;
    stop.at ??= nowhere;
    stop.anchor ??= { ...nowhere, ts: segment.start };
    return segment;
  }
  const way = segment as { from: Place; to: Place; odometer: { km: number } };
  way.odometer.km ??= Number.NaN;
  way.from ??= nowhere;
  way.to ??= nowhere;
  return segment;
}

type Found = FleetFinding & { readonly vehicle: string | null };

/** What tells findings of one start, terminal and kind apart: area, fence, seal or orders. */
export function aboutOf({ where, orders }: Pick<FleetFinding, 'where' | 'orders'>): string {
  return [where ?? '', ...orders].join(' ');
}

function keyOf(terminal: PointKey, finding: FleetFinding): string {
  return JSON.stringify([terminal, finding.start, finding.kind, aboutOf(finding)]);
}

function findingRow(terminal: PointKey, { vehicle, ...finding }: Found): TrackFindingsTable {
  const { start, end, kind, noted } = finding;
  return {
    terminal,
    start_ts: start,
    kind,
    about: aboutOf(finding),
    end_ts: end,
    vehicle,
    noted: noted ? 1 : 0,
    value: JSON.stringify(finding),
  };
}

function findingOf({ terminal, vehicle, value }: TrackFindingsTable): TrackFinding {
  const stored = JSON.parse(value) as FleetFinding;
  const finding = { ...stored, evidence: stored.evidence.map((each) => ({ ...nowhere, ...each })) };
  const id = createHash('sha256')
    .update(keyOf(terminal as PointKey, finding))
    .digest('hex')
    .slice(0, 24);
  return { ...finding, id, terminal: terminal as PointKey, vehicle };
}
