// Which series of boards have rows: their tags, as they were given.
import { type BoardMeasurementName, boardMeasurements } from '../../domain/board-series.ts';
import { identifier, select } from '../../domain/influxql.ts';
import type { InfluxConnection } from './connection.ts';
import { idOfTag } from './tag-text.ts';

/** A field that every row of the measurement has. */
const everywhere: Readonly<Partial<Record<BoardMeasurementName, string>>> = {
  institutions: 'active',
  buildings: 'active',
  points: 'active',
  point_states: 'silent',
  agent_states: 'online',
  pipeline: 'agents',
};

export async function readBoardKeys(
  connection: InfluxConnection,
  measurement: BoardMeasurementName,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const { name, tags } = boardMeasurements[measurement];
  if (connection.version === 3) {
    // 3 knows no SHOW SERIES.
    const field = everywhere[measurement] ?? 'known';
    const found: Record<string, string>[] = [];
    const statement = select({
      fields: [`last(${identifier(field)})`],
      from: name,
      where: [],
      ...(tags.length === 0 ? {} : { groupBy: tags.map(identifier) }),
    });
    await connection.each([statement], (series) => found.push(idsOf(Object.entries(series.tags))));
    return found;
  }
  const rows = await connection.rows(`SHOW SERIES FROM ${identifier(name)}`);
  // `consumption,bucket=day,carrier=water,…`: our tags have no character that is escaped there.
  return rows.map(([key]) =>
    idsOf(
      String(key)
        .split(',')
        .slice(1)
        .map((pair) => pair.split('=', 2) as [string, string]),
    ),
  );
}

function idsOf(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(pairs.map(([tag, value]) => [tag, idOfTag(value)]));
}
