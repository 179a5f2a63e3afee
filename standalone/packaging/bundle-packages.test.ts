// The packages in dist/node_modules are those that the build makes, and answer as the originals do.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundles } from './bundle-packages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** As a compiled file of ours sees packages. */
const fromDist = createRequire(join(root, 'dist', 'standalone', 'cli.js'));
const fromRoot = createRequire(join(root, 'package.json'));

const run = promisify(execFile);

describe('bundled packages', () => {
  const names = bundles.flatMap(({ packages }) => Object.keys(packages));

  it.each(names)('%s is found in dist, and exports what the original does', async (name) => {
    expect(fromDist.resolve(name)).toContain(join('dist', 'node_modules'));
    const ours = await exportsOf(name, join(root, 'dist'));
    expect(ours.length).toBeGreaterThan(5);
    expect(ours).toEqual(await exportsOf(name, root));
  });

  it('leaves native parts where they are', () => {
    expect(fromDist.resolve('@duckdb/node-bindings')).not.toContain(join('dist', 'node_modules'));
    expect(fromRoot.resolve('@duckdb/node-bindings')).toBe(fromDist.resolve('@duckdb/node-bindings'));
  });

  it('gives the forms of routes the zod that the rest of the program has', () => {
    const provider = readFileSync(fromDist.resolve('fastify-type-provider-zod'), 'utf8');
    expect(provider).toMatch(/from ?"\.\.\/zod\/chunks\//);
  });
});

/** What plain Node finds by name, from a folder. */
async function exportsOf(name: string, folder: string): Promise<string[]> {
  const program = `import * as all from '${name}'; console.log(JSON.stringify(Object.keys(all).sort()));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  // What compilers and Node itself add to a CommonJS module.
  const added = ['__esModule', 'module.exports'];
  return (JSON.parse(stdout) as string[]).filter((found) => !added.includes(found));
}
