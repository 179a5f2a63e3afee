// The commands of docs/install.md, as they stand there, by an ordinary user under umask 077; Docker is played (played-server.ts).
// Both languages have the same commands (install-guide.test.ts).
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireServer } from '../core/testing/real-server.ts';
import { textOf } from './compose-file.ts';
import { PlayedServer } from './played-server.ts';

const openssl = requireServer('openssl', 'apt-get install openssl');
const isRoot = process.getuid?.() === 0;

/** The shell lines below a heading, block by block. */
function blocksOf(heading: string): string[] {
  const [, section = ''] = textOf('docs/install.md').split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^( *)```sh\n([\s\S]*?)^ *```/gm)].map(([, , lines = '']) => lines);
}

function block(heading: string, index = 0): string {
  const found = blocksOf(heading)[index];
  if (found === undefined) throw new Error(`${heading} has no block ${index}`);
  return found;
}

const read = (...path: readonly string[]) => readFileSync(join(...path), 'utf8');
const owner = (...path: readonly string[]) => {
  const { uid, gid, mode } = statSync(join(...path));
  return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
};

// Who is not root cannot play several users.
describe.skipIf(!isRoot || openssl === undefined)(
  'the guide to installing, done',
  { timeout: 60_000 },
  () => {
    let server: PlayedServer;
    beforeEach(() => {
      server = new PlayedServer();
    });
    afterEach(() => server.remove());

    /** A city with TLS, an agent on the server, and something in each volume. */
    async function installed(): Promise<void> {
      await server.run(block('Start'));
      await server.run(block('MQTT with TLS'));
      await server.run(block('The first agent', 2));
      for (const [volume, file, user] of [
        ['registry', 'registry.sqlite', '1000:1000'],
        ['influxdb', 'engine', '1000:1000'],
        ['grafana', 'grafana.db', '472:0'],
      ] as const) {
        const path = join(server.volume(volume), file);
        writeFileSync(path, `what ${volume} holds`, { mode: 0o640 });
        execFileSync('chown', [user, path]);
      }
    }

    it('starts with files that containers may read, and published to this server alone', async () => {
      await server.run(block('Start'));
      expect([...server.running]).toEqual(expect.arrayContaining(['mosquitto', 'grafana', 'ingest', 'api']));
      expect(server.ports.join()).not.toContain('8883');
      expect(owner(server.program, '.env')).toBe(`${server.person}:${server.person} 600`);
    });

    it('is one that fails where containers may not read them', async () => {
      const [, ...rest] = block('Start').split(/^chmod .*$/m);
      await expect(server.run(`npx jieyue init\n${rest.join('')}`)).rejects.toThrow(/cannot read .\/deploy/);
    });

    it('opens MQTT over TLS for this and every later `up`, with a key that Mosquitto alone may read', async () => {
      await server.run(block('Start'));
      await server.run(block('MQTT with TLS'));
      expect(server.ports).toContain('0.0.0.0:8883:8883');
      expect(owner(server.program, 'deploy/tls/server.key')).toBe('1000:1000 600');
      await server.run(block('Upgrade'));
      expect(server.ports).toContain('0.0.0.0:8883:8883');
      expect(server.asked.filter((line) => line.includes(' -f '))).toEqual([]);
    });

    it('hands the agent on the server its password', async () => {
      await installed();
      expect(read(server.program, 'deploy/edge-agent/rsj-main.password')).toBe('what he types\n');
      expect(owner(server.program, 'deploy/edge-agent/rsj-main.password')).toBe('1000:1000 600');
      expect(server.running).toContain('edge-agent');
    });

    it('imports files that the command may read', async () => {
      await server.run(block('Start'));
      const history = join(server.program, 'history');
      mkdirSync(history, { mode: 0o700 });
      writeFileSync(join(history, 'school.csv'), 'hour_start,energy_kwh\n', { mode: 0o600 });
      execFileSync('chown', ['-R', `${server.person}:${server.person}`, history]);
      await server.run(block('Import history'));
      expect(server.asked.filter((line) => line.includes('jieyue import'))).toHaveLength(2);
      expect(server.asked.join()).toContain('run --rm broker-access');
    });

    it('backs up as often as one likes on one day, and everything runs afterwards', async () => {
      await installed();
      const before = [...server.running].sort();
      await server.run(block('Back up'));
      await server.run(`sleep 1.1\n${block('Back up')}`);
      expect(readdirSync(join(server.program, 'backup'))).toHaveLength(2);
      expect([...server.running].sort()).toEqual(before);
    });

    it.each([
      ['as it is', ''],
      ['whose owners were lost on the way', 'chown -R 1002:1002'],
    ])(
      'restores a backup %s on another server: settings, keys, registry, readings, people',
      async (_how, lost) => {
        await installed();
        appendFileSync(join(server.program, '.env'), 'JIEYUE_TZ=Asia/Urumqi\n');
        writeFileSync(join(server.program, 'deploy/edge-agent/agent.yaml'), 'agent: { id: ours }\n');
        await server.run(block('Back up'));
        const [name = ''] = readdirSync(join(server.program, 'backup'));
        const settings = read(server.program, '.env');
        const key = read(server.program, 'deploy/tls/server.key');

        const old = server;
        server = new PlayedServer(1002);
        const copy = join(server.folder, 'copy');
        execFileSync('cp', ['-a', join(old.program, 'backup', name), copy]);
        old.remove();
        if (lost !== '') execFileSync('sh', ['-c', `${lost} ${copy}`]);
        await server.run(`D=${copy}\n${block('Restore')}`);

        expect(read(server.program, '.env')).toBe(settings);
        expect(owner(server.program, '.env')).toBe(`${server.person}:${server.person} 600`);
        expect(read(server.program, 'deploy/tls/server.key')).toBe(key);
        expect(owner(server.program, 'deploy/tls/server.key')).toBe('1000:1000 600');
        expect(read(server.program, 'deploy/edge-agent/agent.yaml')).toContain('ours');
        expect(owner(server.program, 'deploy/edge-agent/rsj-main.password')).toBe('1000:1000 600');
        for (const [volume, file, user] of [
          ['registry', 'registry.sqlite', '1000:1000'],
          ['influxdb', 'engine', '1000:1000'],
          ['grafana', 'grafana.db', '472:0'],
        ] as const) {
          expect(read(server.volume(volume), file)).toBe(`what ${volume} holds`);
          expect(owner(server.volume(volume), file)).toContain(`${user} `);
        }
        expect(server.ports).toContain('0.0.0.0:8883:8883');
        await server.run('docker compose --profile agent up -d');
      },
    );

    it('upgrades, and goes back by the backup', async () => {
      await installed();
      await server.run(block('Back up'));
      await server.run(block('Upgrade'));
      const [name = ''] = readdirSync(join(server.program, 'backup'));
      await server.run(`D="$PWD/backup/${name}"\n${block('Upgrade', 1)}`);
      expect(existsSync(join(server.volume('registry'), 'registry.sqlite'))).toBe(true);
      expect([...server.running]).toEqual(expect.arrayContaining(['ingest', 'api']));
    });
  },
);
