// Before any test: makes `dist`, which tests that start processes run, as `npm run build` does.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundlePackages } from '../standalone/packaging/bundle-packages.ts';
import { bundleProgram } from '../standalone/packaging/bundle-program.ts';

export default async function setup(): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  await bundlePackages(root);
  await bundleProgram(root);
}
