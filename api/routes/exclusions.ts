// GET /points/{id}/exclusions: readings that do not count, and why.
import { z } from 'zod';
import { type ExclusionCode, exclusionCodes } from '../../core/domain/energy/rollup.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { quantities } from '../../core/domain/units.ts';
import { json } from '../http/answers.ts';
import { tidy } from '../http/numbers.ts';
import { quantityParameter, timeParameter } from '../http/parameters.ts';
import { requireOrder } from '../queries/range.ts';
import { type ApiApp, foundPoint, type RouteContext, tags } from './context.ts';
import { pointForms } from './point-forms.ts';
import { quantitiesOf, quantityOf } from './readings.ts';

/** Rows of one answer at most. */
const mostRows = 10_000;
const codes = Object.keys(exclusionCodes) as ExclusionCode[];

const exclusionsSchema = z
  .object({
    point: z.string(),
    from: z.string(),
    to: z.string(),
    exclusions: z.array(
      z.object({
        quantity: z.string(),
        unit: z.string(),
        ts: z.string().describe('The reading that does not count, or the end of the step that does not.'),
        until: z.string().describe('The reading whose arrival settled this.'),
        code: z.enum(codes),
        text: z.object({ 'zh-CN': z.string(), en: z.string() }).describe('The reason in words.'),
        value: z.number().describe('The value as read.'),
        withheld: z
          .number()
          .describe('Consumption that was withheld by this, after the multiplier; 0 if none.'),
      }),
    ),
  })
  .meta({
    id: 'Exclusions',
    examples: [
      {
        point: 'gateway-1/main',
        from: '2025-03-01T00:00:00+08:00',
        to: '2025-03-02T00:00:00+08:00',
        exclusions: [
          {
            quantity: 'electricity',
            unit: 'kWh',
            ts: '2025-03-01T10:15:00+08:00',
            until: '2025-03-01T10:30:00+08:00',
            code: 'dip',
            text: { 'zh-CN': '示数瞬时下跌', en: 'transient dip or zero' },
            value: 0,
            withheld: 0,
          },
        ],
      },
    ],
  });

export function addExclusionRoutes(app: ApiApp, context: RouteContext): void {
  const { store, calendar, times } = context;
  for (const form of pointForms('/exclusions')) {
    app.get(
      form.url,
      {
        config: { access: { permission: 'energy:read', scope: form.scope } },
        schema: {
          hide: form.hide,
          tags: [tags.points],
          summary: 'Readings that do not count (异常数据剔除)',
          description:
            'Each reading or step that was left out of the consumption, with the reason and what was withheld; those that began before the range and reach into it too. After sixteen in a row one entry stands for all that follow, up to `until`.',
          params: form.params,
          querystring: z.strictObject({
            quantity: quantityParameter.optional().meta({ description: 'Only of this quantity.' }),
            from: timeParameter(calendar, 'First moment.'),
            to: timeParameter(calendar, 'End, not part of the range.'),
          }),
          response: { 200: json('In the order of time.', exclusionsSchema) },
        },
      },
      async (request) => {
        const point = foundPoint(request);
        const { from, to, quantity } = request.query;
        requireOrder(from, to, calendar);
        const names =
          quantity === undefined ? quantitiesOf(point, store) : [quantityOf(point, quantity, store)];
        const windows = names.flatMap((name) => {
          const series = store.findSeries(point.key, name);
          return series === undefined ? [] : [{ name, series, from, to }];
        });
        const found = windows.length === 0 ? [] : await store.exclusionWindows(windows);
        const rows = found.flatMap((list, index) => {
          const name = windows[index]?.name;
          return name === undefined ? [] : list.map((exclusion) => ({ name, exclusion }));
        });
        if (rows.length > mostRows) {
          throw new JieyueError(
            'api.too-much',
            `the range has ${rows.length} exclusions, an answer at most ${mostRows}; ask for a shorter range`,
          );
        }
        rows.sort((a, b) => a.exclusion.ts - b.exclusion.ts);
        const exclusions = rows.map(({ name, exclusion }) => ({
          quantity: name,
          unit: quantities[name].unit,
          ts: times.of(exclusion.ts),
          until: times.of(exclusion.until),
          code: exclusion.code,
          text: { 'zh-CN': exclusionCodes[exclusion.code].zh, en: exclusionCodes[exclusion.code].en },
          value: exclusion.value,
          withheld: tidy(exclusion.withheld),
        }));
        return { point: point.key, from: times.of(from), to: times.of(to), exclusions };
      },
    );
  }
}
