import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { copyRegistry, putRegistryBack } from './sqlite-copy.ts';

let test: TestRegistry;
let folder: string;
beforeEach(async () => {
  test = await testRegistry();
  folder = mkdtempSync(join(tmpdir(), 'jieyue-copy-'));
});
afterEach(async () => {
  await test.end();
  rmSync(folder, { recursive: true });
});

const copy = () => join(folder, 'backup', 'registry.sqlite');
const ids = async (registry = test.registry) => (await registry.agents.list()).map(({ id }) => id);

describe('a copy of the registry', () => {
  it('holds what was committed when it was made, though two processes have the file open and write', async () => {
    const other = await test.another();
    await test.registry.agents.create('first', 'x');
    await other.agents.create('second', 'x');
    const writing = Promise.all(['a', 'b', 'c'].map((id) => other.agents.create(id, 'x')));
    expect(copyRegistry(test.path, copy())).toBe(statSync(copy()).size);
    await writing;
    const restored = await test.another({ path: copy() });
    expect(await ids(restored)).toEqual(expect.arrayContaining(['first', 'second']));
    expect(await ids()).toHaveLength(5);
  });

  it('is its owner’s alone, and is not written over another', () => {
    copyRegistry(test.path, copy());
    expect(statSync(copy()).mode & 0o777).toBe(0o600);
    expect(() => copyRegistry(test.path, copy())).toThrow(/exists/);
    expect(() => copyRegistry(join(folder, 'none.sqlite'), join(folder, 'x'))).toThrow(/no registry/);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('is put back where nothing stands', async () => {
    await test.registry.agents.create('first', 'x');
    copyRegistry(test.path, copy());
    const path = join(folder, 'home', 'registry.sqlite');
    expect(putRegistryBack(copy(), path, false)).toBeUndefined();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ids(await test.another({ path }))).toEqual(['first']);
  });

  it('replaces a registry only when told, and keeps that one', async () => {
    const path = join(folder, 'registry.sqlite');
    await test.registry.agents.create('was-there', 'x');
    // As a process leaves it that was killed: what it committed last stands in the log.
    for (const part of ['', '-wal']) copyFileSync(test.path + part, path + part);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    await test.registry.agents.create('from-the-copy', 'x');
    copyRegistry(test.path, copy());
    expect(() => putRegistryBack(copy(), path, false)).toThrow(/--replace/);
    const old = putRegistryBack(copy(), path, true) ?? '';
    expect(old).toBe(`${path}.replaced`);
    expect(await ids(await test.another({ path }))).toEqual(['from-the-copy', 'was-there']);
    expect(await ids(await test.another({ path: old }))).toEqual(['was-there']);
    expect(() => putRegistryBack(copy(), path, true)).toThrow(/move it away/);
  });

  it('is not put in the place of a registry that a process has open', async () => {
    copyRegistry(test.path, copy());
    const before = readFileSync(test.path);
    expect(() => putRegistryBack(copy(), test.path, true)).toThrow(/open: end ingest/);
    expect(readFileSync(test.path)).toEqual(before);
    await test.registry.agents.create('still-works', 'x');
    expect(existsSync(`${test.path}.replaced`)).toBe(false);
  });

  it('is not put back where it is damaged, or no registry at all', () => {
    const path = join(folder, 'home', 'registry.sqlite');
    copyRegistry(test.path, copy());
    const bytes = readFileSync(copy());
    bytes.fill(0x5a, 4_096, 12_288);
    for (const content of [bytes, Buffer.from('not a database'), Buffer.alloc(0)]) {
      writeFileSync(copy(), content);
      expect(() => putRegistryBack(copy(), path, false)).toThrow(/not a sound registry|cannot be copied/);
      expect(existsSync(path)).toBe(false);
    }
    expect(() => putRegistryBack(join(folder, 'none'), path, false)).toThrow(/no copy/);
  });

  it('does not take over the log of a registry that was deleted by hand', async () => {
    const path = join(folder, 'registry.sqlite');
    copyRegistry(test.path, copy());
    writeFileSync(`${path}-wal`, 'of another file');
    putRegistryBack(copy(), path, false);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(await ids(await test.another({ path }))).toEqual([]);
  });
});
