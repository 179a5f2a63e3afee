// Meters, agents and the pipeline as they are now, every few minutes: one row each.
import type { BoardRow } from '../../core/domain/board-series.ts';
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
  for (const state of states) {
    const stuck = state.unchanged && changing.has(state.kind);
    await writer.add([meterRow(state, stuck, places, ts)]);
  }
  return { points: states.length, pointsSilent: states.filter(({ silent }) => silent).length };
}

function meterRow(state: MeterState, stuck: boolean, places: Places, ts: number): BoardRow {
  const { point, silentMs, silent, excluded, coverage } = state;
  const building = point.building === null ? undefined : places.buildings.get(point.building);
  const { parent, path } = building ?? noWords;
  return {
    measurement: 'point_states',
    tags: { point: point.key },
    ts,
    fields: {
      ...(silentMs === undefined ? {} : { silent_ms: silentMs }),
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
      // Addresses of devices are known to their agents alone.
      contact: parsePointKey(point.key)?.agent ?? '',
    },
  };
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
