// GET /health: for load balancers and people; open, so it tells no more than whether the parts run.
import { z } from 'zod';
import { sleep } from '../../core/runtime/clock.ts';
import type { ApiDeps, RollupBacklog } from '../deps.ts';
import { json } from '../http/answers.ts';
import { readBacklog } from '../queries/rollup-backlog.ts';
import { type ApiApp, type RouteContext, tags } from './context.ts';

/** An answer of a part is awaited this long. */
const patienceMs = 2_000;
/** Answers are kept this long, so that many callers cost no more than one. */
const ttlMs = 1_000;
/** Rollups further behind than this are a fault. */
const lateRollupMs = 60_000;
/** Positions that are not followed for longer than this are a fault: cars on long orders rest for minutes between two looks. */
const lateTracksMs = 15 * 60_000;
/** Without these nothing can be answered. */
const vital: readonly string[] = ['store', 'registry'];

const states = ['ok', 'degraded', 'down'] as const;
type State = (typeof states)[number];

const healthSchema = z
  .object({
    status: z
      .enum(states)
      .describe('The worst of the checks; a part that answers do not need can only degrade it.'),
    version: z.string(),
    at: z.string(),
    checks: z.record(
      z.string(),
      z.object({
        state: z.enum(states),
        detail: z.string().nullable().describe('What is wrong, or a figure.'),
      }),
    ),
  })
  .meta({
    id: 'Health',
    examples: [
      {
        status: 'ok',
        version: '0.1.0',
        at: '2025-03-01T09:00:00+08:00',
        checks: {
          store: { state: 'ok', detail: null },
          registry: { state: 'ok', detail: null },
          broker: { state: 'ok', detail: null },
          rollups: { state: 'ok', detail: '0 series behind' },
          tracks: { state: 'ok', detail: '0 terminals behind' },
        },
      },
    ],
  });
type Health = z.infer<typeof healthSchema>;

export function addHealthRoute(app: ApiApp, context: RouteContext): void {
  const { clock, version, times } = context;
  let kept: { readonly at: number; readonly health: Promise<Health> } | undefined;

  app.get(
    '/health',
    {
      config: { access: { open: true } },
      schema: {
        tags: [tags.system],
        summary: 'Whether the system works',
        description:
          'No key needed. 200 while answers can be given (`ok`, `degraded`), 503 when they cannot (`down`).',
        querystring: z.strictObject({}),
        response: {
          200: json('It works, perhaps with a part missing.', healthSchema),
          503: json('A part is down that every answer needs.', healthSchema),
        },
      },
    },
    async (_request, reply) => {
      const now = clock.now();
      if (kept === undefined || Math.abs(now - kept.at) >= ttlMs) kept = { at: now, health: check(now) };
      const health = await kept.health;
      return reply.status(health.status === 'down' ? 503 : 200).send(health);
    },
  );

  async function check(now: number): Promise<Health> {
    const parts: Health['checks'] = {};
    for (const [name, runs] of Object.entries(context.ready())) {
      parts[name] = runs ? { state: 'ok', detail: null } : { state: failureOf(name), detail: 'does not run' };
    }
    const probes = { store: () => probeStore(context), registry: () => context.registry.marks.backlog() };
    await Promise.all(
      Object.entries(probes).map(async ([name, probe]) => {
        if (parts[name]?.state === 'down') return;
        const answered = await answers(probe, (error) =>
          context.log.warn({ err: error, part: name }, 'health: a part did not answer'),
        );
        parts[name] = answered ? { state: 'ok', detail: null } : { state: 'down', detail: 'does not answer' };
      }),
    );
    const reachable = vital.every((name) => parts[name]?.state === 'ok');
    if (reachable)
      [parts['rollups'], parts['tracks']] = await Promise.all([checkRollups(now), checkTracks(now)]);
    const worst = Math.max(0, ...Object.values(parts).map(({ state }) => states.indexOf(state)));
    return { status: states[worst] ?? 'down', version, at: times.of(now), checks: parts };
  }

  async function checkRollups(now: number): Promise<Health['checks'][string]> {
    let backlog: RollupBacklog | undefined;
    const answered = await answers(
      async () => {
        backlog = await readBacklog(context);
      },
      (error) => context.log.warn({ err: error }, 'health: the backlog of rollups is not known'),
    );
    if (!answered || backlog === undefined) return { state: 'degraded', detail: 'backlog is not known' };
    const behindMs = backlog.oldestAt === null ? 0 : now - backlog.oldestAt;
    const detail = `${backlog.series} series behind${behindMs > 0 ? `, the oldest for ${Math.round(behindMs / 1000)} s` : ''}`;
    return { state: behindMs > lateRollupMs ? 'degraded' : 'ok', detail };
  }

  async function checkTracks(now: number): Promise<Health['checks'][string]> {
    let backlog: { readonly terminals: number; readonly oldestAt: number | null } | undefined;
    const answered = await answers(
      async () => {
        backlog = await context.registry.positionMarks.backlog();
      },
      (error) => context.log.warn({ err: error }, 'health: the backlog of tracks is not known'),
    );
    if (!answered || backlog === undefined) return { state: 'degraded', detail: 'backlog is not known' };
    const behindMs = backlog.oldestAt === null ? 0 : now - backlog.oldestAt;
    const detail = `${backlog.terminals} terminals behind${behindMs > 0 ? `, the oldest for ${Math.round(behindMs / 1000)} s` : ''}`;
    return { state: behindMs > lateTracksMs ? 'degraded' : 'ok', detail };
  }
}

function failureOf(name: string): State {
  return vital.includes(name) ? 'down' : 'degraded';
}

/** A read that goes to the engine's files and finds nothing, whatever the engine and its size. */
function probeStore({ store }: ApiDeps): Promise<unknown> {
  return store.figures('health', 'health', 'day', 0, 1);
}

/** Whether the part answers without an error and in time. */
async function answers(probe: () => Promise<unknown>, onError: (error: unknown) => void): Promise<boolean> {
  const done = new AbortController();
  try {
    return await Promise.race([probe().then(() => true), sleep(patienceMs, done.signal).then(() => false)]);
  } catch (error) {
    onError(error);
    return false;
  } finally {
    done.abort();
  }
}
