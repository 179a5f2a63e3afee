// The last step of the build: the program itself in a few files instead of some six hundred. Compiled files stay beside them, for tests.
// Finding and opening a file takes 0.3 ms: commands answer a third sooner, and the first figures come a tenth of a second sooner.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What is started as a process, without its ending. The others of bench are not held against a limit of a start. */
export const programs = ['standalone/cli', 'bench/kpi-main'] as const;

/**
 * What is loaded when it is needed stays apart, in dist/chunks: as deep as the files that it is made of, so that paths from
 * `import.meta.url` hold. Packages are left out.
 * @param root of the project: reads its sources, and overwrites what the compiler made of the programs in dist
 */
export async function bundleProgram(root: string): Promise<void> {
  const target = join(root, 'dist');
  await rm(join(target, 'chunks'), { recursive: true, force: true });
  await build({
    entryPoints: Object.fromEntries(programs.map((name) => [name, join(root, `${name}.ts`)])),
    outdir: target,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}
