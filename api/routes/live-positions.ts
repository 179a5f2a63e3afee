// GET /vehicles/live: where the cars are, once or as a stream of server-sent events.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Datum } from '../../core/domain/fleet/datum.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { Principal } from '../../core/registry/registry.ts';
import { covers, type Reach } from '../auth/access.ts';
import { reachOf } from '../auth/guard.ts';
import { allows } from '../auth/permissions.ts';
import { datumParameter, institutionParameter, purposeParameter, reachWithin } from '../fleet/forms.ts';
import { liveCarSchema, liveCars, liveText, showsPlace } from '../fleet/live.ts';
import { LiveFeed, streamDefaults } from '../fleet/live-feed.ts';
import { LiveStream, type StreamView } from '../fleet/live-stream.ts';
import { sayOfRequests } from '../http/said.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const permission = 'positions:read';
/** An entry of the audit log names as many cars at most. */
const mostCars = 20_000;

const liveSchema = z
  .object({
    at: z.string().describe('When it was looked.'),
    vehicles: z.array(liveCarSchema),
  })
  .meta({
    id: 'LiveVehicles',
    examples: [
      {
        at: '2026-03-02T09:00:04+08:00',
        vehicles: liveCarSchema.meta()?.['examples'] as z.infer<typeof liveCarSchema>[],
      },
    ],
  });

export function addLivePositionRoute(app: ApiApp, context: RouteContext): void {
  const { store, registry, directory, sight, calendar, clock, times, log, metrics, fleet } = context;
  const limits = { ...streamDefaults, ...context.streams };
  const silentMs = fleet.silentHours * hourMs;
  const keptMs = fleet.keepDays === 0 ? Number.POSITIVE_INFINITY : fleet.keepDays * dayMs;
  const source = { store, silentMs, keptMs };
  const feed = new LiveFeed({ ...source, sight, calendar, times, clock, log, metrics, limits });
  app.addHook('preClose', async () => feed.close());

  app.get(
    `${prefix}/vehicles/live`,
    {
      sse: { kind: 'dual', serializer: (text: string) => text },
      config: { access: { permission, scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Where the cars are',
        description:
          'The newest position of each car of today, by id. A car whose place is not shown says why in `withheld`.\n\nWith ' +
          '`Accept: text/event-stream` the same as a stream: an event `positions` at once with `reset: true` and all cars, then every ' +
          `${limits.everyMs / 1000} s one with those that changed, and in \`gone\` the ids of those that are no longer there. A client that is ` +
          'slow gets fewer and newer ones. `trouble`: the store does not answer, what was sent may be old. `end`: why the server ends ' +
          'it (`shutdown`, `api.unauthenticated` when the key was revoked, …). With `Last-Event-ID` a client goes on where it was. ' +
          `At most ${limits.perPrincipal} streams of one key and ${limits.total} in all; one more is answered 503 (\`api.busy\`).\n\nEach ` +
          'answer, and each hour of a stream, is written to the audit log before anything is shown.',
        querystring: z.strictObject({
          institution: institutionParameter,
          purpose: purposeParameter,
          datum: datumParameter,
        }),
        response: {
          200: {
            description: 'The cars.',
            content: {
              'application/json': { schema: liveSchema },
              'text/event-stream': {
                schema: z.string().describe('Events `positions`: the same, with `reset` and `gone`.'),
              },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { institution, purpose, datum } = request.query;
      const { caller } = request;
      if (caller === null) throw new Error('the guard lets nobody in without a key');
      const reach = await reachWithin(request.reach, institution, directory);
      // HEAD has no body that could go on.
      if (!reply.sse || request.method === 'HEAD') return once(reach, caller);

      const leave = feed.reserve(caller.id);
      try {
        const state = await feed.state();
        const stream = new LiveStream({
          sse: reply.sse,
          destroy: () => reply.raw.destroy(),
          caller,
          purpose,
          institution,
          datum,
          epoch: feed.epoch,
          view: { reach, digest: digestOf(reach, [institution, datum]) },
          viewAgain: async () => viewOf(await app.callerAgain(request), institution, datum),
          audit: registry.fleet.audit,
          times,
          clock,
          log,
          limits,
        });
        stream.onEnd(leave);
        await stream.begin(state, reply.sse.lastEventId, () => {
          reply.sse.keepAlive();
          // The socket is of no use to anyone after the stream.
          reply.header('connection', 'close');
          reply.hijack();
        });
        if (reply.sse.isConnected) stream.onEnd(feed.join(stream));
      } catch (error) {
        leave();
        throw error;
      }
      return reply;

      async function once(within: Reach, by: Principal) {
        const now = clock.now();
        const today = calendar.format(now).slice(0, 10);
        const index = await sight.index();
        const cars = await liveCars(source, index, now, today, (car) => covers(within, car.institution));
        if (cars.length > mostCars) {
          const message = `${cars.length} cars are more than the ${mostCars} of one answer; ask for an institution`;
          throw new JieyueError('api.too-much', message);
        }
        const shown = cars.filter((live) => showsPlace(live, within));
        await registry.fleet.audit.append({
          principal: by.id,
          name: by.name,
          action: 'live',
          vehicles: shown.map(({ car }) => car.id),
          institutions: [institution ?? [], ...shown.map((live) => live.institution ?? [])].flat(),
          from: shown.reduce((least, { row }) => Math.min(least, row?.ts ?? least), now),
          to: now,
          purpose,
        });
        const text = (live: (typeof cars)[number]) => liveText(live, showsPlace(live, within), times, datum);
        return { at: times.of(now), vehicles: cars.map(text) };
      }
    },
  );

  async function viewOf(
    caller: Principal,
    institution: string | undefined,
    datum: Datum,
  ): Promise<StreamView> {
    if (!caller.grants.some(({ role }) => allows(role, permission))) {
      const values = { name: caller.name, permission };
      throw new JieyueError('api.forbidden', sayOfRequests('key.lost-permission', values));
    }
    const reach = await reachWithin(await reachOf(caller, permission, directory), institution, directory);
    return { reach, digest: digestOf(reach, [institution, datum]) };
  }
}

/** Stands for what a stream shows: one that goes on elsewhere begins anew. */
function digestOf(reach: Reach, asked: readonly (string | undefined)[]): string {
  const text = JSON.stringify([asked, reach.everything, [...reach.institutions].sort()]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
