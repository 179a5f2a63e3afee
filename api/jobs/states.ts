// Meters, agents and the pipeline as they are now, every few minutes: one row each.
import { type BoardRow, neverSentMs } from '../../core/domain/board-series.ts';
import { hourMs } from '../../core/domain/time.ts';
import { parsePointKey } from '../../core/domain/topics.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { AgentState } from '../../core/registry/registry.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import type { ApiDeps } from '../deps.ts';
import { lagSeconds } from '../queries/agent-lag.ts';
import { readBacklog } from '../queries/rollup-backlog.ts';
import { pagesOfPoints } from './all-points.ts';
import { BoardWriter } from './board-writer.ts';
import type { BoardJobDeps } from './consumption-writer.ts';
import { InstitutionStates } from './institution-states.ts';
import { type MeterState, meterStates } from './meter-states.ts';
import { noWords, type Places, readPlaces } from './places.ts';

export type StatesDeps = BoardJobDeps & Pick<ApiDeps, 'pipeline'>;

interface Counts {
  readonly points: number;
  readonly pointsSilent: number;
  readonly agents: number;
  readonly agentsOnline: number;
}

export async function writeStates(deps: StatesDeps, run: JobRun): Promise<void> {
  const writer = new BoardWriter(deps.boards, run, deps.log);
  const ts = run.startedAt;
  const meters = await writeMeters(deps, writer, ts);
  const agents = await writeAgents(deps, writer, ts);
  await writer.add([await pipelineRow(deps, { ...meters, ...agents }, ts)]);
  await writer.end();
}

/** Who is stuck is known when all were seen: the states of all points stand in memory, about 200 bytes each. */
async function writeMeters(
  deps: StatesDeps,
  writer: BoardWriter,
  ts: number,
): Promise<Pick<Counts, 'points' | 'pointsSilent'>> {
  const places = await readPlaces(deps.registry, ts);
  const states: MeterState[] = [];
  for await (const page of pagesOfPoints(deps.registry, ts))
    states.push(...(await meterStates(deps, page, ts)));
  const changing = new Set<Quantity | undefined>();
  for (const { kind, unchanged, silent } of states) if (!unchanged && !silent) changing.add(kind);
  const institutions = new InstitutionStates(places.institutions.keys());
  for (const state of states) {
    const stuck = state.unchanged && changing.has(state.kind);
    // Of a silent one alone is anybody asked.
    const contact = state.silent ? await contactOf(deps, state.point.key, ts) : '';
    const row = meterRow({ ...state, stuck, contact }, places, ts);
    institutions.add(row.fields);
    await writer.add([row]);
  }
  await writer.add(institutions.rows(ts));
  return { points: states.length, pointsSilent: states.filter(({ silent }) => silent).length };
}

type MeterRow = Extract<BoardRow, { measurement: 'point_states' }>;

function meterRow(
  state: MeterState & { readonly stuck: boolean; readonly contact: string },
  places: Places,
  ts: number,
) {
  const { point, silentMs, silent, stuck, excluded, coverage, contact } = state;
  const building = point.building === null ? undefined : places.buildings.get(point.building);
  const { parent, path } = building ?? noWords;
  return {
    measurement: 'point_states',
    tags: { point: point.key },
    ts,
    fields: {
      silent_ms: silentMs ?? neverSentMs,
      silent: silent ? 1 : 0,
      stuck: stuck ? 1 : 0,
      excluded,
      coverage,
      name: point.name,
      building: building === undefined ? '' : (point.building ?? ''),
      building_name: building?.name ?? '',
      institution: parent,
      institution_name: places.institutions.get(parent)?.name ?? '',
      path,
      contact,
      agent: parsePointKey(point.key)?.agent ?? '',
    },
  } as const satisfies MeterRow;
}

/** Name and telephone of the point's contact of today; empty where nobody is named. */
async function contactOf({ registry }: Pick<StatesDeps, 'registry'>, point: string, at: number) {
  const contact: unknown = await registry.facts.valueAt(point, 'contact', at);
  if (typeof contact !== 'object' || contact === null) return '';
  const { name = '', phone = '' } = contact as { readonly name?: string; readonly phone?: string };
  return `${name} ${phone}`.trim();
}

async function writeAgents(
  { registry }: StatesDeps,
  writer: BoardWriter,
  ts: number,
): Promise<Pick<Counts, 'agents' | 'agentsOnline'>> {
  const records = (await registry.agents.list()).filter(({ disabled }) => !disabled);
  const states = new Map((await registry.agents.states()).map((state) => [state.agent, state]));
  let agentsOnline = 0;
  for (const { id } of records) {
    const state = states.get(id);
    if (state?.status?.state === 'online') agentsOnline++;
    await writer.add([agentRow(id, state, ts)]);
  }
  return { agents: records.length, agentsOnline };
}

function agentRow(agent: string, state: AgentState | undefined, ts: number): BoardRow {
  const status = state?.status ?? null;
  const tags = { agent };
  if (status === null) {
    return { measurement: 'agent_states', tags, ts, fields: { online: 0, fault: '' } };
  }
  const { outbox, sources } = status;
  const fault = outbox.fault ?? sources.find((source) => source.fault !== null)?.fault ?? '';
  return {
    measurement: 'agent_states',
    tags,
    ts,
    fields: {
      online: status.state === 'online' ? 1 : 0,
      lag_s: lagSeconds(status, state?.receivedAt ?? null, ts),
      outbox_rows: outbox.rows,
      outbox_bytes: outbox.bytes,
      quarantined: status.quarantinedBatches,
      devices: sources.reduce((sum, source) => sum + source.devices, 0),
      devices_silent: sources.reduce((sum, source) => sum + source.devicesSilent, 0),
      fault,
    },
  };
}

async function pipelineRow(deps: StatesDeps, counts: Counts, ts: number): Promise<BoardRow> {
  const { registry } = deps;
  const backlog = await readBacklog(deps);
  const rejects = await registry.rejects.count(ts - hourMs);
  const alarms = await registry.alarms.list({ cleared: false });
  return {
    measurement: 'pipeline',
    tags: {},
    ts,
    fields: {
      rollup_lag_s: backlog.oldestAt === null ? 0 : Math.max(0, ts - backlog.oldestAt) / 1000,
      series_behind: backlog.series,
      rejects_last_hour: rejects,
      alarms_open: alarms.length,
      agents_online: counts.agentsOnline,
      agents: counts.agents,
      points: counts.points,
      points_silent: counts.pointsSilent,
    },
  };
}
