// The newest position of each vehicle, in memory: read from the file when it is first asked for, then kept by the writes.
import type { PointKey } from '../../domain/topics.ts';
import type { PositionRow } from '../port.ts';
import type { Database } from './database.ts';
import { extrasColumns, extrasOf } from './position-columns.ts';
import { eachRow } from './rows.ts';

export class NewestPositions {
  readonly #database: Database;
  readonly #newest = new Map<PointKey, PositionRow>();
  #loading: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Committed rows, in the order of their arrival: at the same time the later arrival counts. */
  take(rows: readonly PositionRow[]): void {
    for (const row of rows) {
      const before = this.#newest.get(row.vehicle);
      if (before === undefined || row.ts >= before.ts) this.#newest.set(row.vehicle, row);
    }
  }

  async of(vehicles: readonly PointKey[]): Promise<readonly (PositionRow | undefined)[]> {
    this.#loading ??= this.#load();
    try {
      await this.#loading;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
    return vehicles.map((vehicle) => this.#newest.get(vehicle));
  }

  /** Those before are deleted. */
  forgetBefore(ts: number): void {
    for (const [vehicle, row] of this.#newest) if (row.ts < ts) this.#newest.delete(vehicle);
  }

  /** One pass for the newest times, one for their rows; what is written meanwhile is newer and stays. */
  async #load(): Promise<void> {
    await this.#database.read((connection) =>
      eachRow(
        connection,
        `SELECT p.vehicle, p.ts::DOUBLE, arg_max(lat, arrival), arg_max(lon, arrival), arg_max(speed, arrival),
            arg_max(course, arrival), ${extrasColumns((column) => `arg_max(${column}, arrival)`)}
          FROM positions AS p JOIN (SELECT vehicle, max(ts) AS ts FROM positions GROUP BY vehicle) AS newest
            ON p.vehicle = newest.vehicle AND p.ts = newest.ts
          GROUP BY p.vehicle, p.ts`,
        (row) => {
          const found: PositionRow = {
            vehicle: row.text(0) as PointKey,
            ts: row.number(1),
            lat: row.number(2),
            lon: row.number(3),
            speedKmh: row.number(4),
            courseDeg: row.number(5),
            extras: extrasOf(row.number(6), row.number(7), row.number(8), row.text(9)),
          };
          const known = this.#newest.get(found.vehicle);
          if (known === undefined || known.ts < found.ts) this.#newest.set(found.vehicle, found);
        },
      ),
    );
  }
}
