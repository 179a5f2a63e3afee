// A step of the build: packages of hundreds of small files become a few files in dist/node_modules, where Node looks first.
// Finding and opening a file takes 0.3 ms, so that every process starts some 0.15 s sooner. Without this step all works the same.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Of one format, made in one run: packages that know each other must know the same one. */
interface Bundle {
  readonly format: 'esm' | 'cjs';
  /** Output below the target, without `.js` → a file of the package. */
  readonly entries: Readonly<Record<string, string>>;
  /** Left where they are: what has native parts, and what is loaded as a whole anyway. */
  readonly external: readonly string[];
  /** Package → what its package.json says of its entries. */
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const bundles: readonly Bundle[] = [
  {
    format: 'esm',
    entries: {
      'kysely/index': 'kysely/dist/esm/index.js',
      'zod/index': 'zod/index.js',
      'zod/core': 'zod/v4/core/index.js',
      'fastify-type-provider-zod/index': 'fastify-type-provider-zod/dist/esm/index.js',
    },
    external: ['fastify', '@fastify/*'],
    packages: {
      kysely: { type: 'module', exports: './index.js' },
      zod: { type: 'module', exports: { '.': './index.js', './v4/core': './core.js' } },
      'fastify-type-provider-zod': { type: 'module', exports: './index.js' },
    },
  },
  {
    format: 'cjs',
    entries: { '@duckdb/node-api/index': '@duckdb/node-api/lib/index.js' },
    external: ['@duckdb/node-bindings'],
    packages: {
      '@duckdb/node-api': { exports: { import: './index.mjs', require: './index.js' } },
    },
  },
];

/** @param root of the project: reads its node_modules, and makes dist/node_modules anew */
export async function bundlePackages(root: string): Promise<void> {
  const source = join(root, 'node_modules');
  const target = join(root, 'dist', 'node_modules');
  await rm(target, { recursive: true, force: true });
  for (const { format, entries, external, packages } of bundles) {
    const options: BuildOptions = {
      bundle: true,
      platform: 'node',
      target: 'node20',
      outdir: target,
      logLevel: 'warning',
      // Licences stay with what they are of.
      legalComments: 'eof',
      format,
      external: [...external],
      entryPoints: Object.fromEntries(
        Object.entries(entries).map(([out, file]) => [out, join(source, file)]),
      ),
      ...(format === 'esm' ? { splitting: true, chunkNames: 'zod/chunks/[hash]' } : {}),
    };
    await build(options);
    for (const [name, about] of Object.entries(packages)) {
      await mkdir(join(target, name), { recursive: true });
      await writeFile(join(target, name, 'package.json'), `${JSON.stringify({ name, ...about })}\n`);
      if (format === 'cjs') {
        const entry = entries[`${name}/index`];
        if (entry === undefined) throw new Error(`the package ${name} has no entry "${name}/index"`);
        await writeFile(join(target, name, 'index.mjs'), await namedExports(join(source, entry)));
      }
    }
  }
}

/** Of a bundle Node cannot tell what it exports by name, as it can of the original. */
async function namedExports(original: string): Promise<string> {
  const exported: unknown = createRequire(import.meta.url)(original);
  const names = Object.keys(Object(exported)).filter((name) => name !== 'default');
  return `import all from './index.js';\nexport const { ${names.sort().join(', ')} } = all;\nexport default all;\n`;
}
