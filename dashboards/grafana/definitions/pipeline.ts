// Health of the pipeline from agents to rollups: lag, queues, refusals, alarms.
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { badAbove, badFrom, colours, goodFrom } from '../house/palette.ts';
import { dashed, lines, stat } from '../house/panels.ts';
import { table } from '../house/tables.ts';
import { course, figure, newest } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import type { PanelTextKey } from '../texts.ts';
import { stateNow } from './parts/states.ts';

const { agentStates, pipeline } = sources;
type PipelineField = keyof typeof pipeline.fields;
type AgentNumber = Exclude<keyof typeof agentStates.fields, 'fault'>;

export function pipelineBoard(context: BoardContext) {
  const { t } = context;
  const rejects = 'rejects_last_hour';
  return board(context, {
    name: 'pipeline',
    title: 'pipeline.title',
    about: 'pipeline.title.about',
    time: { from: 'now-24h', to: 'now' },
    refresh: '1m',
    variables: [],
    sections: [
      {
        lines: [
          {
            height: 4,
            panels: [
              [4, now(context, 'pipeline.lag', 'rollup_lag_s').unit('s').thresholds(badAbove(300, 3_600))],
              [4, now(context, 'pipeline.behind', 'series_behind').thresholds(badAbove(100, 1_000))],
              [4, agents(context)],
              [4, now(context, 'pipeline.rejects', rejects).thresholds(badAbove(1, 100))],
              [4, now(context, 'pipeline.alarms', 'alarms_open').thresholds(badAbove(1, 10))],
              [4, now(context, 'pipeline.silent', 'points_silent').thresholds(badAbove(1, 10))],
            ],
          },
          {
            height: 8,
            panels: [
              [
                12,
                time(context, 'pipeline.lag-course', 'rollup_lag_s')
                  .unit('s')
                  .thresholds(badAbove(300, 3_600))
                  .thresholdsStyle(dashed()),
              ],
              [12, time(context, 'pipeline.behind-course', 'series_behind')],
            ],
          },
          {
            height: 8,
            panels: [
              [12, time(context, 'pipeline.rejects-course', rejects)],
              [12, time(context, 'pipeline.alarms-course', 'alarms_open')],
            ],
          },
        ],
      },
      {
        title: t('section.agents'),
        lines: [
          {
            height: 8,
            panels: [
              [8, byAgent(context, 'pipeline.agent-lag', 'lag_s').unit('s')],
              [8, byAgent(context, 'pipeline.agent-outbox', 'outbox_rows')],
              [8, byAgent(context, 'pipeline.agent-quarantine', 'quarantined')],
            ],
          },
          { height: 10, panels: [[24, agentTable(context)]] },
        ],
      },
    ],
  });
}

function now(context: BoardContext, key: PanelTextKey, field: PipelineField) {
  return stat(context, key, [figure('A', pipeline, ['last', field], [], { alias: context.t(key) })])
    .decimals(0)
    .timeFrom(stateNow);
}

/** Agents online of all there are. */
function agents(context: BoardContext) {
  const { t } = context;
  return stat(context, 'pipeline.agents', [
    figure('A', pipeline, ['last', 'agents_online'], [], { alias: t('word.online') }),
    figure('B', pipeline, ['last', 'agents'], [], { alias: t('word.all') }),
  ])
    .decimals(0)
    .timeFrom(stateNow)
    .overrideByName(t('word.online'), [{ id: 'thresholds', value: goodFrom(1).build() }]);
}

function time(context: BoardContext, key: PanelTextKey, field: PipelineField) {
  const alias = context.t(key);
  return lines(context, key, [course('A', pipeline, ['max', field], [], { alias })])
    .decimals(0)
    .overrideByName(alias, [{ id: 'color', value: { mode: 'fixed', fixedColor: colours.plain } }]);
}

function byAgent(context: BoardContext, key: PanelTextKey, field: AgentNumber) {
  return lines(context, key, [
    course('A', agentStates, ['max', field], [], { alias: '$tag_agent', by: 'agent' }),
  ]).decimals(0);
}

function agentTable(context: BoardContext) {
  return table(context, 'pipeline.agent-list', {
    queries: [
      newest(
        'A',
        agentStates,
        [
          'online',
          'lag_s',
          'outbox_rows',
          'outbox_bytes',
          'quarantined',
          'devices',
          'devices_silent',
          'fault',
        ],
        'agent',
        [],
      ),
    ],
    columns: [
      { name: 'agent', title: 'column.agent' },
      { name: 'online', title: 'column.online', yesNo: true, decimals: 0, thresholds: goodFrom(1) },
      { name: 'lag_s', title: 'column.lag', unit: 's', decimals: 0, thresholds: badAbove(300, 3_600) },
      { name: 'outbox_rows', title: 'column.outbox', decimals: 0, thresholds: badAbove(10_000, 1_000_000) },
      { name: 'outbox_bytes', title: 'column.outbox-size', unit: 'bytes', decimals: 1 },
      { name: 'quarantined', title: 'column.quarantined', decimals: 0, thresholds: badFrom(1) },
      { name: 'devices', title: 'column.devices', decimals: 0 },
      { name: 'devices_silent', title: 'column.devices-silent', decimals: 0, thresholds: badAbove(1, 5) },
      { name: 'fault', title: 'column.fault' },
    ],
    sortBy: { column: 'online', descending: false },
  }).timeFrom(stateNow);
}
