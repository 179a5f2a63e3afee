// One process, one open store a file. DuckDB holds a POSIX lock on its file, which ends with the process whatever
// happens; the `.owner` file beside it only tells people who that is. POSIX locks do not tell apart two opens within
// one process (DuckDB would open the file twice and ruin it), so open files are also listed here.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { JieyueError } from '../../domain/errors.ts';

const openFiles = new Set<string>();

const ownerSchema = z.object({ pid: z.int(), command: z.string(), since: z.number() });

/** @throws JieyueError `store.locked` when this process has the file open already. */
export function claim(path: string): void {
  if (openFiles.has(resolve(path))) {
    throw new JieyueError(
      'store.locked',
      `the store ${path} is open in this process already (process ${process.pid}); stop that one first`,
      { details: { pid: process.pid } },
    );
  }
  openFiles.add(resolve(path));
}

export function release(path: string): void {
  openFiles.delete(resolve(path));
}

/** Writes who holds the file, after DuckDB has its lock. Overwrites what a killed process left. */
export function writeOwner(path: string, now: number): void {
  const owner = { pid: process.pid, command: commandName(), since: now };
  writeFileSync(ownerFile(path), `${JSON.stringify(owner)}\n`);
}

export function removeOwner(path: string): void {
  rmSync(ownerFile(path), { force: true });
}

/** DuckDB's refusal as `store.locked` with the holder's process id and command, or `undefined` for another error. */
export function lockedError(path: string, error: unknown): JieyueError | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (!message.includes('Could not set lock')) return undefined;
  const pid = /\(PID (\d+)\)/.exec(message)?.[1];
  const owner = readOwner(path);
  const command = owner !== undefined && String(owner.pid) === pid ? ` (${owner.command})` : '';
  const holder = pid === undefined ? 'another process' : `process ${pid}${command}`;
  return new JieyueError(
    'store.locked',
    `the store ${path} is held by ${holder}; stop it, or set store.path to another file`,
    { cause: error, details: pid === undefined ? {} : { pid: Number(pid) } },
  );
}

function readOwner(path: string): z.infer<typeof ownerSchema> | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readFileSync(ownerFile(path), 'utf8'))).data;
  } catch {
    return undefined; // none, or half written: DuckDB's message names the process anyway
  }
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}

/** The program and its command word, never further arguments: they may hold secrets. */
function commandName(): string {
  const [, program = 'node', command = ''] = process.argv;
  return [basename(program), /^[a-z][a-z-]*$/.test(command) ? command : ''].join(' ').trim();
}
