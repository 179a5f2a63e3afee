// Writes boards and provisioning for Grafana: npm run boards [-- --language en] [--time-zone Asia/Urumqi] [--prefix jieyue]
// [--out FOLDER]
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Language, languages } from '../../core/domain/texts.ts';
import { defaultOptions, generatedFiles } from './files.ts';

const { values } = parseArgs({
  options: {
    /** Default: all. */
    language: { type: 'string' },
    'time-zone': { type: 'string', default: defaultOptions.timeZone },
    prefix: { type: 'string', default: defaultOptions.prefix },
    out: { type: 'string', default: 'dashboards/grafana' },
  },
});

const files = generatedFiles({
  languages: languagesOf(values.language),
  timeZone: values['time-zone'],
  prefix: values.prefix,
});
for (const { path, content } of files) {
  const file = join(resolve(values.out), path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
process.stdout.write(`${files.length} files in ${resolve(values.out)}\n`);

function languagesOf(name: string | undefined): readonly Language[] {
  if (name === undefined) return languages;
  const found = languages.filter((language) => language === name);
  if (found.length === 0) throw new Error(`--language ${name}: known are ${languages.join(', ')}`);
  return found;
}
