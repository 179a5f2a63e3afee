// The image: Dockerfile and .dockerignore against the repository and the compose file, as far as they can be judged without Docker.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { secretNames } from '../standalone/init/secrets-file.ts';
import { readCompose, root, textOf } from './compose-file.ts';

const secrets = Object.fromEntries(Object.keys(secretNames).map((name) => [name, 'a secret']));
const ours = Object.entries(readCompose(secrets).services).filter(([, { image }]) =>
  image.startsWith('jieyue:'),
);

describe('Dockerfile', () => {
  const instructions = textOf('Dockerfile')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/));
  const stages = instructions.filter(([word]) => word === 'FROM');
  const ignored = new Set(textOf('.dockerignore').split('\n'));

  it('knows its instructions, stands on one pinned base, and ends as nobody’s root', () => {
    const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'ENTRYPOINT', 'CMD'];
    for (const [word = ''] of instructions) expect(known).toContain(word);
    const bases = new Set(stages.map(([, base]) => base));
    expect([...bases]).toEqual([expect.stringMatching(/^node:22\.\d+\.\d+-bookworm-slim$/)]);
    const last = instructions.slice(instructions.lastIndexOf(stages.at(-1) ?? []));
    expect(last.filter(([word]) => word === 'USER').at(-1)).toEqual(['USER', 'node']);
    const entry = last
      .find(([word]) => word === 'ENTRYPOINT')
      ?.slice(1)
      .join(' ');
    expect(JSON.parse(entry ?? '')).toEqual(['node', 'dist/standalone/cli.js']);
  });

  it('copies what exists, what .dockerignore lets through, and what the build compiles', () => {
    const names = new Set(stages.map((stage) => stage[3]));
    const copied: string[] = [];
    for (const [word, ...rest] of instructions) {
      if (word !== 'COPY') continue;
      const from = rest[0]?.match(/^--from=(.*)$/)?.[1];
      if (from !== undefined) expect(names).toContain(from);
      else copied.push(...rest.slice(0, -1).filter((path) => !path.startsWith('--')));
    }
    for (const path of copied) {
      expect(existsSync(root + path), path).toBe(true);
      expect(ignored, path).toContain(`!${path}`);
    }
    const { include } = parse(textOf('tsconfig.build.json')) as { include: string[] };
    for (const folder of include) expect(copied).toContain(folder);
    expect(ignored).toContain('*');
  });

  it('gives the last stage what its user may read, whatever the umask of who laid the program on the server', () => {
    const last = instructions.slice(instructions.lastIndexOf(stages.at(-1) ?? []));
    const copies = last.filter(([word, from]) => word === 'COPY' && !from?.startsWith('--from='));
    expect(copies.length).toBeGreaterThan(0);
    for (const [, mode] of copies) expect(mode).toBe('--chmod=644');
  });

  it('makes the folders that volumes are laid over, for the user that writes there', () => {
    const made = instructions
      .filter(([word]) => word === 'RUN')
      .join(',')
      .split(',');
    for (const [, { volumes }] of ours) {
      for (const volume of volumes.filter((each) => !each.startsWith('.')))
        expect(made).toContain(volume.split(':')[1]);
    }
  });
});
