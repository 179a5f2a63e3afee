// For `node --import`: when the process ends, the packages whose CommonJS or native parts it has loaded stand in a file, one a line.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const file = process.env['LOADED_PACKAGES_FILE'];
const { cache } = createRequire(import.meta.url);

process.once('exit', () => {
  if (file === undefined) return;
  const names = Object.keys(cache).flatMap(
    (path) => path.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [],
  );
  writeFileSync(file, [...new Set(names)].sort().join('\n'));
});
