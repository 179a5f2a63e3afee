// What the documents say of the program is true: links, commands, settings, metrics.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findingKinds } from '../core/domain/fleet/findings/episodes.ts';
import { orderFindingKinds } from '../core/domain/fleet/orders/model.ts';
import { tripDefaults } from '../core/domain/fleet/trips/thresholds.ts';
import { texts } from '../core/domain/texts.ts';
import { configSchema, environmentPaths } from '../core/runtime/config.ts';
import { fleetSchema } from '../core/runtime/fleet-config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const skipped = new Set(['node_modules', 'dist', 'data', '.git', 'coverage']);

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (skipped.has(name)) return [];
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesOf(path, ending);
    return name.endsWith(ending) ? [path] : [];
  });
}

const documents = filesOf(root, '.md').map((path) => ({
  path: relative(root, path),
  text: readFileSync(path, 'utf8'),
}));

describe('the documents', () => {
  it('link to files that exist', () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name commands that the command line knows', () => {
    const named = documents.flatMap(({ text }) =>
      [...text.matchAll(/npx jieyue ([a-z]+)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => name !== 'help' && !(`cmd.${name}` in texts))).toEqual([]);
  });

  it('name settings that exist', () => {
    const named = documents.flatMap(({ text }) => [...text.matchAll(/JIEYUE_[A-Z_]*[A-Z]/g)].map(String));
    expect([...new Set(named)].filter((name) => !(name in environmentPaths))).toEqual([]);
  });

  it('name metrics that are counted', () => {
    const code = filesOf(root, '.ts')
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const named = documents.flatMap(({ text }) =>
      [...text.matchAll(/jieyue_[a-z_]*[a-z]\b(?!\*)/g)].map(String),
    );
    const unknown = [...new Set(named)].filter((name) => !code.includes(`'${name.replace('jieyue_', '')}'`));
    expect(unknown.filter((name) => name !== 'jieyue_broker' && name !== 'jieyue_ingest')).toEqual([]);
  });

  it('show a register map that is right', () => {
    const text = readFileSync(join(root, 'docs/modbus.md'), 'utf8');
    const [, yaml = ''] = text.match(/```yaml\n([\s\S]*?)```/) ?? [];
    expect(configSchema.safeParse(parse(yaml))).toMatchObject({
      success: true,
      data: { agent: { sources: [{ type: 'modbus-tcp' }] } },
    });
  });

  it('name every kind of finding of cars, and the numbers that hold unless configured', () => {
    const [, section = ''] =
      documents.find(({ path }) => path === 'docs/fleet.md')?.text.split('## Findings') ?? [];
    const rows =
      section
        .split('## Accounts')[0]
        ?.split('\n')
        .filter((line) => line.startsWith('| `')) ?? [];
    const kinds = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, kind]) => kind),
    );
    expect(kinds.toSorted()).toEqual([...findingKinds, ...orderFindingKinds].toSorted());
    const of = (kind: string) => rows.find((row) => row.includes(`\`${kind}\``)) ?? '';
    const { limitKmh, marginKmh, idleMinutes, silentHours, graceMinutes, hours, keepDays } =
      fleetSchema.parse({});
    const clock = (minutes: number) =>
      [minutes / 60, minutes % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
    expect(of('speeding')).toContain(`\`fleet.limitKmh\` (${limitKmh}), + ${marginKmh} km/h`);
    expect(of('idling')).toContain(`over ${idleMinutes} min`);
    expect(of('silent')).toContain(`${silentHours} h`);
    const [[from = 0, to = 0] = []] = hours;
    expect(of('out-of-hours')).toContain(`${clock(from)} to ${clock(to)} ± ${graceMinutes} min`);
    const all = documents.find(({ path }) => path === 'docs/fleet.md')?.text ?? '';
    expect(all).toContain(`\`fleet.keepDays\` (${keepDays})`);
    const { gapMs, splitMs, splitNoFixMs } = tripDefaults;
    const [gap, split, noFix] = [gapMs, splitMs, splitNoFixMs].map((ms) => ms / 60_000);
    expect(all).toContain(`| ${gap} min, ${split} min (${noFix} min while it reports without a fix)`);
  });

  it('say the same commands in both languages of the README', () => {
    const commands = (name: string) =>
      new Set(
        [
          ...readFileSync(join(root, name), 'utf8').matchAll(
            /^(npx jieyue [a-z ]+|npm (?:ci|start|test).*)/gm,
          ),
        ].map(String),
      );
    const english = commands('README.md');
    for (const command of commands('README.zh-CN.md')) expect(english).toContain(command);
  });
});
