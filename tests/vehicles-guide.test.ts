// The guide from a terminal to its track is followed as it stands, in both languages: a newcomer's shell, a server, an agent, a terminal.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../core/runtime/config.ts';
import { freePort } from '../core/testing/find-server.ts';
import { until } from '../core/testing/jieyue.ts';
import { distFile, TestProcess } from '../core/testing/processes.ts';

const run = promisify(execFile);
const processes: TestProcess[] = [];
let home = '';
afterEach(async () => {
  for (const process of processes.splice(0).toReversed()) await process.end('SIGTERM');
  rmSync(home, { recursive: true, force: true });
});

describe.each(['vehicles.md', 'vehicles.zh-CN.md'])('docs/%s', (name) => {
  const guide = readFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), 'utf8');
  const blocks = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);

  it('leads from nothing to trips, findings and the log of who looked', { timeout: 120_000 }, async () => {
    home = mkdtempSync(join(tmpdir(), 'jieyue-guide-'));
    const [http, mqtt, terminals] = [await freePort(), await freePort(), await freePort()];
    const language = name.includes('zh') ? 'zh-CN' : 'en';
    const environment = {
      JIEYUE_HTTP_PORT: String(http),
      JIEYUE_MQTT_PORT: String(mqtt),
      JIEYUE_LANGUAGE: language,
    };
    const local = (text: string) =>
      text
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${http}`)
        .replaceAll('--days 7', `--days 7 --port ${terminals}`);
    const stays = async (line: string, ready: RegExp) => {
      const words = local(line).replace(/#.*/, '').trim().split(/\s+/).slice(2);
      const process = new TestProcess(['standalone/cli.js', ...words], environment, home);
      processes.push(process);
      await process.start(ready);
      return process;
    };
    const shell = async (text: string) => {
      writeFileSync(
        join(home, 'step.sh'),
        `npx() { shift; node '${distFile('standalone/cli.js')}' "$@"; }\n${local(text)}`,
      );
      const { stdout } = await run('bash', ['-eu', 'step.sh'], {
        cwd: home,
        env: { ...globalThis.process.env, ...environment },
      });
      return stdout;
    };

    const [up = '', simulate = '', agent = '', ledger = '', look = '', papers = '', secret = ''] = blocks;
    expect(blocks).toHaveLength(7);
    await stays(up, /MQTT/);
    const cars = await stays(simulate, /cars-agent\.yaml/);
    const lines = agent.trim().split('\n');
    await shell(lines.slice(0, -1).join('\n'));
    await stays(lines.at(-1) ?? '', /agent cars/);
    await cars.line(/[1-9]\d\d+ (?:positions|条)|位置 [1-9]\d\d+/);
    expect(await shell(ledger)).toMatch(/Imported|已导入/);
    const trips = async () => {
      const key = readFileSync(join(home, 'data/admin-token'), 'utf8').trim();
      const from = new Date(Date.now() - 8 * 86_400_000).toISOString().slice(0, 10);
      const to = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
      const answer = await fetch(`http://127.0.0.1:${http}/api/v1/trips?from=${from}&to=${to}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return ((await answer.json()) as { trips: unknown[] }).trips.length;
    };
    await until(async () => (await trips()) > 2);

    const said = await shell(`${look}\n${papers}\n${secret}`);
    expect(said).toContain('浙ZD0927');
    const file = (path: string) => readFileSync(join(home, path), 'utf8');
    const { features } = JSON.parse(file('track.geojson')) as {
      features: { geometry: { coordinates: unknown[] } }[];
    };
    expect(features.flatMap(({ geometry }) => geometry.coordinates).length).toBeGreaterThan(20);
    expect(file('trips.csv').trim().split('\n').length - 1).toBeGreaterThan(2);
    expect(file('findings.csv')).toMatch(/车牌号|plate/);
    expect(file('looks.csv').trim().split('\n')).toHaveLength(3);
    expect(file('data/jt808.secret')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(said.match(/"recorded":1|"index":0|"id":"/g)?.length ?? 0).toBeGreaterThan(2);
  });

  it('shows a configuration that is right', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
    expect(configSchema.safeParse(parse(yaml))).toMatchObject({
      success: true,
      data: { agent: { sources: [{ type: 'jt808', port: 6808 }] } },
    });
  });
});

it('says the same commands in both languages', () => {
  const commands = (name: string) => {
    const text = readFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), 'utf8');
    return [...text.matchAll(/^(?:npx jieyue|ask|tell|openssl) \S+(?: \S+)?/gm)].map(String);
  };
  expect(commands('vehicles.zh-CN.md')).toEqual(commands('vehicles.md'));
});
