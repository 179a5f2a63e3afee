import { describe, expect, it } from 'vitest';
import type { BoardRow } from '../../core/domain/board-series.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { BoardWriter } from './board-writer.ts';

const chunk = 2_500;
const rows = (count: number): BoardRow[] =>
  Array.from({ length: count }, (_, ts) => ({
    measurement: 'nights',
    tags: { building: 'b', carrier: 'water' },
    ts,
    fields: { value: 1 },
  }));

/** A database that takes a chunk when it is told to. */
function slowBoards() {
  const waiting: { readonly rows: number; take(error?: Error): void }[] = [];
  const boards = {
    write: (given: readonly BoardRow[]) =>
      new Promise<void>((resolve, reject) => {
        const take = (error?: Error) => (error === undefined ? resolve() : reject(error));
        waiting.push({ rows: given.length, take });
      }),
    keys: async () => [],
  };
  return { boards, waiting };
}

async function settled(promise: Promise<unknown>): Promise<'done' | 'failed' | 'under way'> {
  const outcome = promise.then(
    () => 'done' as const,
    () => 'failed' as const,
  );
  const later = new Promise<'under way'>((resolve) => setImmediate(() => resolve('under way')));
  return Promise.race([outcome, later]);
}

const run = { mayGoOn: async () => undefined };

describe('rows on their way to boards', () => {
  it('are made while those before are on their way, one chunk at a time, where that is asked for', async () => {
    const { boards, waiting } = slowBoards();
    const writer = new BoardWriter(boards, run, silentLogger, true);
    expect(await settled(writer.add(rows(chunk)))).toBe('done');
    const second = writer.add(rows(chunk));
    expect([await settled(second), waiting.length]).toEqual(['under way', 1]);
    waiting[0]?.take();
    expect([await settled(second), waiting.length]).toEqual(['done', 2]);
    const end = writer.end();
    expect(await settled(end)).toBe('under way');
    waiting[1]?.take();
    await end;
    expect(writer.written).toBe(2 * chunk);
  });

  it('otherwise are waited for, each chunk', async () => {
    const { boards, waiting } = slowBoards();
    const writer = new BoardWriter(boards, run, silentLogger);
    const first = writer.add(rows(chunk));
    expect(await settled(first)).toBe('under way');
    waiting[0]?.take();
    expect(await settled(first)).toBe('done');
  });

  it('that could not be written are told at the next chunk, or at the end; nothing is under way after rest', async () => {
    for (const more of [chunk, 0]) {
      const { boards, waiting } = slowBoards();
      const writer = new BoardWriter(boards, run, silentLogger, true);
      await writer.add(rows(chunk));
      const rest = writer.rest();
      expect(await settled(rest)).toBe('under way');
      waiting[0]?.take(new JieyueError('store.unavailable', 'the store is away'));
      await rest;
      await expect(more > 0 ? writer.add(rows(more)) : writer.end()).rejects.toMatchObject({
        code: 'store.unavailable',
      });
      expect([waiting.length, writer.written]).toEqual([1, 0]);
    }
  });

  it('that the store will never take do not keep the others from their place', async () => {
    const { boards, waiting } = slowBoards();
    const writer = new BoardWriter(boards, run, silentLogger, true);
    await writer.add(rows(chunk));
    waiting[0]?.take(new JieyueError('row.refused-by-store', 'older than is kept'));
    await writer.add(rows(chunk));
    const end = writer.end();
    await settled(end);
    waiting[1]?.take();
    await end;
    expect(waiting.map((each) => each.rows)).toEqual([chunk, chunk]);
  });

  it('go only while the job may', async () => {
    const { boards, waiting } = slowBoards();
    const ended = { mayGoOn: async () => Promise.reject(new Error('the job has ended')) };
    const writer = new BoardWriter(boards, ended, silentLogger, true);
    await expect(writer.add(rows(chunk))).rejects.toThrow('the job has ended');
    expect(waiting).toEqual([]);
  });
});
