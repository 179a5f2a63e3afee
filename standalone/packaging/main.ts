// The last steps of `npm run build`, after the compiler.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePackages } from './bundle-packages.ts';
import { bundleProgram } from './bundle-program.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
await bundlePackages(root);
await bundleProgram(root);
