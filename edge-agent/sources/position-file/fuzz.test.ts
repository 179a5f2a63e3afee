import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJieyueError } from '../../../core/domain/errors.ts';
import { positionSchema } from '../../../core/domain/telemetry.ts';
import { positionFileSchema } from '../../../core/runtime/position-config.ts';
import { encodings } from '../csv/encoding.ts';
import { type Mark, readPositions } from './read-positions.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-position-fuzz-'));
  path = join(folder, 'a.csv');
});
afterAll(() => rm(folder, { recursive: true }));

const config = positionFileSchema.parse({
  type: 'position-file',
  name: 'fuzz',
  path: 'a.csv',
  time: { column: 'time' },
  vehicle: { column: 'plate' },
  lat: 'lat',
  lon: 'lon',
  datum: 'gcj02',
  speed: { column: 'v' },
  ignition: { column: 'acc', on: ['on'], off: ['off'] },
});
const header = 'plate,time,lat,lon,v,acc';
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('car-1', '2026-05-06 08:00', '30.5', '114.3', '12', 'on') },
  fc.constantFrom('', '"', '""', '鄂A1', '1e999', '-0', '0,5', '\u0000', '9999-12-31', '\r'),
  fc.double().map(String),
  fc.string({ maxLength: 8 }),
);
const good = fc.constant('car-1,2026-05-06 08:00,30.5,114.3,12,on');
const line = fc.oneof(
  { weight: 2, arbitrary: good },
  fc.array(cell, { maxLength: 8 }).map((cells) => cells.join(',')),
);
const file = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(line, { maxLength: 8 }).map((lines) => Buffer.from([header, ...lines].join('\n'))),
  },
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from(`${header}\n`), bytes])),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

describe('readPositions', () => {
  it('reads any bytes to rows of the wire and faults with their lines, or says import.file', async () => {
    let rows = 0;
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(file, fc.constantFrom(...encodings), async (bytes, encoding) => {
        await writeFile(path, bytes);
        const outcome = await read({ ...config, encoding });
        if (typeof outcome === 'string') return;
        const lines = bytes.toString('latin1').split('\n').length;
        for (const { line: at } of outcome.faults) expect(at > 1 && at <= lines).toBe(true);
        rows += outcome.rows.length;
        faults += outcome.faults.length;
      }),
      { numRuns: 400, seed: 23 },
    );
    expect(rows).toBeGreaterThan(100);
    expect(faults).toBeGreaterThan(100);
  });

  it('gives a grown file the same rows in two goes as in one, but for the last row before, which comes twice', async () => {
    const lines = fc.array(line, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lines, lines, async (before, more) => {
        const begun = `${[header, ...before].join('\n')}\n`;
        await writeFile(path, begun);
        const first = await read(config);
        await writeFile(path, `${begun}${more.join('\n')}\n`);
        const whole = await read(config);
        if (typeof first === 'string' || typeof whole === 'string') return;
        const second = await read(config, first.mark);
        if (typeof second === 'string') throw new Error(second);
        expect(second.anew).toBe(false);
        expect([...first.marked, ...second.rows]).toEqual(whole.rows);
      }),
      { numRuns: 200, seed: 29 },
    );
  });
});

async function read(settings: typeof config, after?: Mark) {
  const rows: unknown[] = [];
  const marked: unknown[] = [];
  const faults: { line: number }[] = [];
  let mark: Mark | undefined;
  let anew = false;
  try {
    for await (const chunk of readPositions(path, settings, after)) {
      for (const position of chunk.positions) rows.push(positionSchema.parse(position));
      if (!chunk.last) marked.push(...chunk.positions);
      faults.push(...chunk.faults);
      mark = chunk.mark;
      anew ||= chunk.anew;
    }
  } catch (error) {
    if (!isJieyueError(error, 'import.file')) throw error;
    return error.message;
  }
  return { rows, marked, faults, mark, anew };
}
