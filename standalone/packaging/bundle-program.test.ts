// The program that users start is the bundled one, and is in dist as a whole.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { programs } from './bundle-program.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)].map(([, path = '']) =>
    join(dirname(file), path),
  );

/** All files of ours that a program is made of, itself included. */
function filesOf(program: string): Set<string> {
  const found = new Set([join(dist, `${program}.js`)]);
  for (const file of found) for (const next of importsOf(file)) found.add(next);
  return found;
}

describe.each(programs)('dist/%s.js', (program) => {
  it('is made of chunks that are all there, and of nothing else', () => {
    const files = [...filesOf(program)];
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(10);
    const others = files.slice(1).filter((file) => !file.startsWith(join(dist, 'chunks')));
    expect(others).toEqual([]);
  });

  it('names the packages that it needs, and holds none of them', () => {
    const text = [...filesOf(program)].map((file) => readFileSync(file, 'utf8')).join('\n');
    expect(text).not.toContain('// node_modules/');
    expect(text).toMatch(/from "zod"/);
  });
});

it('begins as a command of the shell', () => {
  const first = readFileSync(join(dist, 'standalone/cli.js'), 'utf8').split('\n', 1)[0];
  expect(first).toBe('#!/usr/bin/env -S node --max-old-space-size=256');
});
