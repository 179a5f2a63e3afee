// GET /points/{id}/latest: the newest value of every quantity of a point.
import { z } from 'zod';
import type { SeriesFacts } from '../../core/domain/energy/facts.ts';
import { quantities } from '../../core/domain/units.ts';
import { json } from '../http/answers.ts';
import { type ApiApp, foundPoint, type RouteContext, tags } from './context.ts';
import { pointForms } from './point-forms.ts';
import { quantitiesOf } from './readings.ts';

const latestSchema = z
  .object({
    point: z.string(),
    asOf: z.string().describe('When this was answered; ages count from here.'),
    latest: z.array(
      z.object({
        quantity: z.string(),
        kind: z.enum(['register', 'interval', 'gauge', 'state']),
        unit: z.string(),
        value: z.number().nullable().describe('As read; null where nothing was ever received.'),
        multiplier: z
          .number()
          .nullable()
          .describe(
            'CT × PT of the device (倍率): the rise of the register times this is the consumption. Null for gauges.',
          ),
        ts: z.string().nullable().describe('When it was read.'),
        ageSeconds: z.number().nullable(),
      }),
    ),
  })
  .meta({
    id: 'Latest',
    examples: [
      {
        point: 'gateway-1/main',
        asOf: '2025-03-01T09:00:05+08:00',
        latest: [
          {
            quantity: 'electricity',
            kind: 'register',
            unit: 'kWh',
            value: 48211.6,
            multiplier: 40,
            ts: '2025-03-01T09:00:00+08:00',
            ageSeconds: 5,
          },
        ],
      },
    ],
  });

export function addLatestRoutes(app: ApiApp, context: RouteContext): void {
  const { store, registry, clock, times } = context;
  for (const form of pointForms('/latest')) {
    app.get(
      form.url,
      {
        config: { access: { permission: 'energy:read', scope: form.scope } },
        schema: {
          hide: form.hide,
          tags: [tags.points],
          summary: 'Newest values of a point',
          description:
            'The newest reading of each quantity as it was sent, how old it is, and the multiplier.',
          params: form.params,
          querystring: z.strictObject({}),
          response: { 200: json('One entry for each quantity.', latestSchema) },
        },
      },
      async (request) => {
        const point = foundPoint(request);
        const now = clock.now();
        const names = quantitiesOf(point, store);
        const [facts, newest] = await Promise.all([
          registry.points.seriesFacts(names.map((quantity) => ({ point: point.key, quantity }))),
          readLatest(names.map((quantity) => store.findSeries(point.key, quantity))),
        ]);
        const latest = names.map((quantity, index) => {
          const { kind, unit } = quantities[quantity];
          const reading = newest[index];
          const counts = kind === 'register' || kind === 'interval';
          return {
            quantity,
            kind,
            unit,
            value: reading?.value ?? null,
            multiplier: counts ? multiplierAt(facts[index], reading?.ts ?? now) : null,
            ts: times.orNull(reading?.ts),
            ageSeconds: reading === undefined ? null : (now - reading.ts) / 1000,
          };
        });
        return { point: point.key, asOf: times.of(now), latest };
      },
    );
  }

  async function readLatest(handles: readonly (number | undefined)[]) {
    const known = handles.filter((handle) => handle !== undefined);
    const readings = known.length === 0 ? [] : await store.latest(known);
    const byHandle = new Map(known.map((handle, index) => [handle, readings[index]]));
    return handles.map((handle) => (handle === undefined ? undefined : byHandle.get(handle)));
  }
}

/** The multiplier of the device that was installed at `ts`; the first device's for times before it. */
function multiplierAt(facts: SeriesFacts | undefined, ts: number): number {
  const installations = facts?.installations ?? [];
  const current = installations.findLast(({ from }) => from <= ts) ?? installations[0];
  return current?.multiplier ?? 1;
}
