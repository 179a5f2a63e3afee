// States of the meters, agents and pipeline of a simulated city, as the scheduled jobs would write them.

import { InstitutionStates } from '../../api/jobs/institution-states.ts';
import type { City } from '../../simulators/city/city.ts';
import type { CityPoint } from '../../simulators/city/types.ts';
import { type BoardRow, neverSentMs } from '../domain/board-series.ts';
import { hourMs } from '../domain/time.ts';

export interface Place {
  readonly name: string;
  readonly parent: string;
  readonly path: string;
}

/** What the city's own ids become: as long as the registry's, and like those not to be mistaken for each other. */
export function boardId(kind: 'institution' | 'building', id: string): string {
  const base = `01J${kind === 'institution' ? 'A' : 'B'}${id.toUpperCase().replace(/[^0-9A-Z]/g, '0')}`;
  return base.padEnd(26, '0').slice(0, 26);
}

/**
 * Three hours up to now: one meter has become silent, one never sent, one has come back, one is stuck, one had readings
 * excluded.
 */
export function stateRows(
  now: number,
  city: City,
  placeOf: (point: CityPoint) => Place & { readonly key: string },
): BoardRow[] {
  const rows: BoardRow[] = [];
  const nameOf = new Map(city.institutions.map(({ id, name }) => [boardId('institution', id), name.zh]));
  for (let ts = now - 3 * hourMs; ts <= now; ts += 300_000) {
    const institutions = new InstitutionStates(nameOf.keys());
    for (const [index, point] of city.points.entries()) {
      const { name, parent, path, key } = placeOf(point);
      const never = index === 11;
      const silent = never || (index === 3 && ts > now - hourMs) || (index === 5 && ts < now - hourMs);
      const state = {
        silent: silent ? 1 : 0,
        stuck: index === 7 ? 1 : 0,
        excluded: index === 9 ? 2 : 0,
        coverage: silent ? 0.8 : 0.99,
        path,
      };
      institutions.add(state);
      rows.push({
        measurement: 'point_states',
        tags: { point: key },
        ts,
        fields: {
          ...state,
          silent_ms: never ? neverSentMs : silent ? 5 * hourMs : 60_000,
          name: point.name.zh,
          building: boardId('building', point.building),
          building_name: name,
          institution: parent,
          institution_name: nameOf.get(parent) ?? '',
          contact: silent && !never ? '王师傅 0724-0000' : '',
          agent: point.agent,
        },
      });
    }
    rows.push(...institutions.rows(ts));
    for (const agent of city.agents)
      rows.push({
        measurement: 'agent_states',
        tags: { agent },
        ts,
        fields: {
          online: 1,
          lag_s: 4,
          outbox_rows: 120,
          outbox_bytes: 9_000,
          quarantined: 0,
          devices: 12,
          devices_silent: 1,
          fault: '',
        },
      });
    rows.push({
      measurement: 'pipeline',
      tags: {},
      ts,
      fields: {
        rollup_lag_s: 12,
        series_behind: 3,
        rejects_last_hour: 0,
        alarms_open: 2,
        agents_online: city.agents.length,
        agents: city.agents.length,
        points: city.points.length,
        points_silent: 2,
      },
    });
  }
  return rows;
}
