// The guide to installing (docs/install.md) against what it speaks of: the compose file, its variables and our commands.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretNames } from '../standalone/init/secrets-file.ts';
import { readCompose, root, textOf, variablesOf } from './compose-file.ts';

const secrets = Object.fromEntries(Object.keys(secretNames).map((name) => [name, 'a secret']));
const { services } = readCompose(secrets);

describe('the guide to installing', () => {
  const guides = ['docs/install.md', 'docs/install.zh-CN.md'].map(textOf);
  const commandsOf = (guide: string) =>
    [...guide.matchAll(/^ *((?:docker|npm|npx|node|sudo|openssl|D=|cp|mkdir|chmod|echo|printf) ?.*)$/gm)].map(
      ([, line = '']) => line,
    );

  it('names services, profiles, files and commands that exist', async () => {
    const used = guides.flatMap((guide) => [
      ...guide.matchAll(
        /docker compose (?:run --rm|exec|stop|start|restart|cp)((?: --no-deps| -v "[^"]*"| --entrypoint [a-z]+)*) ([a-z-]+)(?::|(?: ([a-z]+)))?/g,
      ),
    ]);
    expect(used.length).toBeGreaterThan(30);
    for (const [line, , name = '', command] of used) {
      expect(Object.keys(services), line).toContain(name);
      if (name === 'jieyue')
        expect(['agents', 'keys', 'ledger', 'jobs', 'import', 'backup', 'restore'], line).toContain(command);
      // What is neither on nor started by `run` could not be stopped or entered.
      if (!line.includes(' run ')) expect(services[name]?.profiles, line).toEqual([]);
    }
    const profiles = new Set(Object.values(services).flatMap((each) => each.profiles));
    for (const [, profile] of guides.join().matchAll(/--profile ([a-z]+)/g))
      expect(profiles).toContain(profile);
    // The one that whoever installs makes.
    const own = 'deploy/edge-agent/agent.yaml';
    for (const [path] of guides.join().matchAll(/deploy\/[a-z-]+\/?[a-z.-]*\.(?:yml|yaml)/g))
      expect(path === own || existsSync(root + path), path).toBe(true);
    for (const [, folder = ''] of guides.join().matchAll(/a\+rX (deploy\/\S+ \S+)$/gm))
      for (const path of folder.split(' ')) expect(path === own || existsSync(root + path), path).toBe(true);
    for (const [, image] of guides.join().matchAll(/ (jieyue:[0-9.]+\d)/g))
      expect(image).toBe(services['api']?.image);
  });

  it('says the same commands in both languages', () => {
    const [english = '', chinese = ''] = guides;
    expect(commandsOf(english).length).toBeGreaterThan(30);
    expect(commandsOf(chinese)).toEqual(commandsOf(english));
    const headings = (guide: string) => guide.match(/^## /gm)?.length;
    expect(headings(chinese)).toBe(headings(english));
  });

  it('makes boards of another time zone by a command that does', { timeout: 30_000 }, () => {
    const out = mkdtempSync(join(tmpdir(), 'jieyue-boards-'));
    try {
      for (const guide of guides) {
        const [, args = ''] = guide.match(/`node (dist\/dashboards\/\S+ --time-zone \S+)`/) ?? [];
        execFileSync(process.execPath, [...args.split(' '), '--out', out], { cwd: root, stdio: 'ignore' });
        expect(readFileSync(join(out, 'boards/zh-CN/energy/home.json'), 'utf8')).toContain('Asia/Urumqi');
      }
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  it('names variables that the compose file has', () => {
    const known = new Set(
      [...variablesOf(), ...variablesOf('deploy/docker-compose.tls.yml')].map(({ name }) => name),
    );
    // Compose's own, and names of things that are not variables.
    const others = new Set([
      'COMPOSE_FILE',
      'PWD',
      'D',
      'GET',
      'SERVICE',
      'SERVER',
      'FOLDER',
      'NAME',
      'ID',
      'NEW',
    ]);
    for (const [name] of guides.join().matchAll(/\b[A-Z]+_[A-Z_]+\b/g))
      expect(known.has(name) || others.has(name), name).toBe(true);
  });
});
