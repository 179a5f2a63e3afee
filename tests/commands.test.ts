// The command line: every command explains itself, says what is wrong, and loads only what it needs.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJieyue, until } from '../core/testing/jieyue.ts';
import { distFile, TestProcess } from '../core/testing/processes.ts';
import { demoMeters } from '../standalone/demo/state.ts';

const sample = fileURLToPath(new URL('../jieyue.example.yaml', import.meta.url));
const commands: Readonly<Record<string, readonly string[]>> = {
  up: ['--demo', '--every', '--http-port', '--mqtt-port', '--home', '--config'],
  agent: ['--config', '--home', '--log-level', '--metrics-port', '--metrics-host'],
  ingest: ['--config', '--home', '--metrics-port', '--metrics-host'],
  api: ['--config', '--home', '--port'],
  broker: ['--config', '--mqtt-port', '--metrics-port', '--metrics-host', 'mosquitto'],
  simulate: ['sample', 'register', 'meters', 'cars', '--home'],
  import: ['<file>', '--point', '--time', '--column', '--zone', '--interval', '--multiplier', '--delimiter'],
  ledger: ['template', 'import'],
  check: ['[file]', '--config'],
  agents: ['create', 'list', 'disable', 'passwords'],
  keys: ['create', 'list', 'revoke'],
  audit: ['verify'],
  jobs: ['run', '--config', '--home'],
  init: ['--out', '--force', 'influxdb'],
  backup: ['<folder>', '--home'],
  restore: ['<folder>', '--replace'],
};

let home: string;
let environment: Record<string, string>;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'jieyue-commands-'));
  environment = { JIEYUE_HOME: home, JIEYUE_LANGUAGE: 'en' };
});
afterAll(() => rmSync(home, { recursive: true }));

describe('init influxdb', () => {
  it('has an option --out of its own, and says what it lacks', async () => {
    const run = await runJieyue(['init', 'influxdb', '--out', join(home, 'tokens')], environment);
    expect(run.stderr).toContain('JIEYUE_STORE_INFLUX_TOKEN');
    expect(run.code).toBe(1);
  });
});

describe('help', () => {
  it('lists the commands, in both languages', async () => {
    const english = await runJieyue(['help'], environment);
    expect(english).toMatchObject({ code: 0, stderr: '' });
    for (const name of Object.keys(commands)) expect(english.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    const listed = [...english.stdout.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(commands));
    const chinese = await runJieyue(['--help'], { JIEYUE_LANGUAGE: 'zh-CN' });
    expect(chinese).toMatchObject({ code: 0, stdout: expect.stringContaining('用法') });
  });

  it.each(Object.entries(commands))('of %s names its options', async (name, options) => {
    const asked = await runJieyue([name, '--help'], environment);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain(`Usage: jieyue ${name}`);
    for (const option of options) expect(asked.stdout).toContain(option);
  });

  it('comes with an error where a command or an option does not exist', async () => {
    const unknown = await runJieyue(['serve'], environment);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('"serve"');
    expect(unknown.stderr).toContain('simulate');
    expect((await runJieyue([], environment)).code).toBe(2);
    const option = await runJieyue(['check', '--nonsense'], environment);
    expect(option.code).not.toBe(0);
    expect(option.stderr).toContain('--nonsense');
  });
});

describe('check', () => {
  it('finds nothing wrong with the sample', async () => {
    const checked = await runJieyue(['check', sample], environment);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toContain('jieyue.example.yaml');
  });

  it('names every fault of a file by its path, and ends with 1', async () => {
    const file = join(home, 'broken.yaml');
    writeFileSync(
      file,
      [
        'language: fr',
        'http: { port: 99999 }',
        'colour: red',
        'agent: { id: "not allowed", window: 1, sources: [{ type: modbus-rtu }] }',
      ].join('\n'),
    );
    const checked = await runJieyue(['check', file], environment);
    expect(checked).toMatchObject({ code: 1, stdout: '' });
    for (const path of ['http.port', 'colour', 'agent.id', 'agent.window', 'agent.sources.0.type']) {
      expect(checked.stderr).toContain(path);
    }
    expect(checked.stderr).toContain('[config.invalid]');
  });

  it('names a misspelt variable, a missing file and a zone that does not exist', async () => {
    const misspelt = await runJieyue(['check', sample], { ...environment, JIEYUE_HTTP_PROT: '1' });
    expect(misspelt).toMatchObject({ code: 1, stderr: expect.stringContaining('JIEYUE_HTTP_PROT') });
    const missing = await runJieyue(['check', join(home, 'none.yaml')], environment);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('[config.missing]') });
    const zone = await runJieyue(['check', sample], { ...environment, JIEYUE_TZ: 'Asia/Atlantis' });
    expect(zone).toMatchObject({ code: 1, stderr: expect.stringContaining('Asia/Atlantis') });
  });
});

describe('jobs run', () => {
  it('says that only the engine of boards has jobs', async () => {
    const run = await runJieyue(['jobs', 'run', 'history'], environment);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/duckdb.*influx.*\[config\.invalid\]/);
  });
});

describe('the level of the log', () => {
  const folder = () => join(home, 'mosquitto');
  it.each<[string, () => readonly string[]]>([
    ['agents', () => ['list']],
    ['keys', () => ['list']],
    ['broker', () => ['mosquitto', '--out', folder()]],
    ['import', () => ['none.csv', '--column', 'kwh=electricity']],
  ])('of %s is that of the environment unless the option is given', async (name, rest) => {
    const loud = { ...environment, JIEYUE_LOG_LEVEL: 'loud' };
    expect((await runJieyue([name, ...rest()], loud)).stderr).toContain('log.level');
    const over = await runJieyue([name, '--log-level', 'warn', ...rest()], loud);
    expect(over.stderr).not.toContain('log.level');
  });

  it('is that of a command that runs to its end: it speaks only of what went wrong, unless it is asked for more', async () => {
    const fresh = join(home, 'fresh');
    const asked = { ...environment, JIEYUE_HOME: fresh, JIEYUE_LOG_LEVEL: 'info' };
    expect((await runJieyue(['agents', 'list'], asked)).stderr).toContain('registry migrated');
    rmSync(fresh, { recursive: true });
    expect((await runJieyue(['agents', 'list'], { ...environment, JIEYUE_HOME: fresh })).stderr).toBe('');
  });
});

describe('simulate', () => {
  it('meters ends in order when it is told to before it stands', async () => {
    const inTheMiddle =
      'import net from "node:net"; const { listen } = net.Server.prototype; let told = false;' +
      'net.Server.prototype.listen = function (...args) {' +
      'if (!told) process.kill(process.pid, "SIGTERM"); told = true;' +
      // On free ports, whatever the command thinks.
      'return listen.call(this, 0, ...args.slice(1)); };';
    const hook = ['--import', `data:text/javascript,${encodeURIComponent(inTheMiddle)}`];
    const outcome = await runJieyue(['simulate', 'meters'], environment, hook);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it('city ends in order when it is told to while it sends the past', async () => {
    const cityHome = join(home, 'city');
    mkdirSync(join(cityHome, 'agents'), { recursive: true });
    const state = { seed: 1, tz: 'Asia/Shanghai', to: Date.UTC(2026, 0, 1), filledTo: null };
    writeFileSync(join(cityHome, 'demo.json'), JSON.stringify(state));
    for (const agent of demoMeters(state).city.agents) {
      writeFileSync(join(cityHome, 'agents', `${agent}.password`), 'whatever');
    }
    // Nobody listens there: it can send nothing, and would wait for ever.
    const order = JSON.stringify({ url: 'mqtt://127.0.0.1:9', everyMs: 15_000 });
    const child = spawn(
      process.execPath,
      [distFile('standalone/cli.js'), 'simulate', 'city', '--order', order],
      {
        env: { ...process.env, ...environment, JIEYUE_HOME: cityHome, JIEYUE_LOG_LEVEL: 'silent' },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    try {
      await until(() => readdirSync(cityHome).some((name) => /^outbox-.*sqlite$/.test(name)));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('a command loads only what it needs:', () => {
  async function packagesOf(args: readonly string[]): Promise<string[]> {
    const file = join(home, 'packages');
    rmSync(file, { force: true });
    const hook = ['--import', pathToFileURL(distFile('core/testing/list-packages.js')).href];
    await runJieyue(args, { ...environment, LOADED_PACKAGES_FILE: file }, hook);
    expect(existsSync(file)).toBe(true);
    return readFileSync(file, 'utf8').split('\n');
  }
  const engine = '@duckdb/node-api';
  const heavy = [engine, 'fastify', 'aedes', 'libsql', 'modbus-serial', '@fastify/swagger-ui'];

  it('the API and the broker are seen where they are loaded', async () => {
    expect(await packagesOf(['up', '--help'])).toEqual(expect.arrayContaining(['fastify', 'aedes']));
  });

  it.each<[string, readonly string[]]>([
    ['help', heavy],
    ['check', heavy],
    ['simulate', heavy],
    ['ingest', [engine, '@influxdata/influxdb-client']],
    ['agent', [engine, 'fastify', 'aedes', '@fastify/swagger-ui']],
  ])('%s', async (name, unwanted) => {
    const loaded = await packagesOf(name === 'help' ? ['help'] : [name, '--help']);
    expect(unwanted.filter((each) => loaded.includes(each))).toEqual([]);
  });

  it.skipIf(!existsSync('/proc/self/maps'))('a running agent has no database engine in memory', async () => {
    const passwordFile = join(home, 'agent.password');
    writeFileSync(passwordFile, 'whatever');
    const agent = new TestProcess(['standalone/cli.js', 'agent'], {
      ...environment,
      JIEYUE_AGENT_ID: 'lonely',
      JIEYUE_AGENT_PASSWORD_FILE: passwordFile,
      JIEYUE_MQTT_URL: 'mqtt://127.0.0.1:9',
      JIEYUE_LOG_LEVEL: 'silent',
    });
    try {
      await agent.start(/agent lonely is running/);
      const maps = readFileSync(`/proc/${agent.pid}/maps`, 'utf8');
      expect(maps).toContain('libsql');
      expect(maps).not.toContain('duckdb');
    } finally {
      expect(await agent.end('SIGTERM')).toBe(0);
    }
  });
});

describe('agents', () => {
  it('are created once, with a password that is shown once or written to a file', async () => {
    const created = await runJieyue(['agents', 'create', 'gateway-1'], environment);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(created.stdout).toMatch(/gateway-1 created.*: [\w-]{24}$/m);
    const again = await runJieyue(['agents', 'create', 'gateway-1'], environment);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/gateway-1.*\[agent\.exists\]/);

    const file = join(home, 'gateway-2.password');
    const quiet = await runJieyue(['agents', 'create', 'gateway-2', '--password-file', file], environment);
    expect(quiet.code).toBe(0);
    const password = readFileSync(file, 'utf8').trim();
    expect(password).toHaveLength(24);
    expect(quiet.stdout).not.toContain(password);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const listed = await runJieyue(['agents', 'list'], environment);
    expect(listed.stdout).toBe('gateway-1\ngateway-2\n');
  });

  it('do not get a password file over another one, nor an agent without its password', async () => {
    const file = join(home, 'taken');
    writeFileSync(file, 'precious');
    const refused = await runJieyue(['agents', 'create', 'gateway-3', '--password-file', file], environment);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect((await runJieyue(['agents', 'list'], environment)).stdout).not.toContain('gateway-3');
  });

  it.each(['ingest', 'api', 'a/b', '#'])('are not called %s', async (id) => {
    const refused = await runJieyue(['agents', 'create', id], environment);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(id);
    expect(refused.stderr).not.toContain('    at ');
  });
});

describe('ledger', () => {
  it('writes templates, imports what they are filled with, and ends with 1 where a row is bad', async () => {
    const own = { ...environment, JIEYUE_HOME: join(home, 'ledgers') };
    const template = join(home, 'all.xlsx');
    expect(await runJieyue(['ledger', 'template', 'all', template], own)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect((await runJieyue(['ledger', 'import', template], own)).code).toBe(0);
    expect((await runJieyue(['ledger', 'template', 'bills', template], own)).stderr).toContain(template);

    const file = join(home, '单位.csv');
    writeFileSync(file, '名称,上级单位,生效日期\n云江市,,2020\n教育局,云江市,2020\n文化局,云海市,2020\n');
    const refused = await runJieyue(['ledger', 'import', file, '--json'], own);
    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(refused.stdout)).toMatchObject({
      applied: false,
      faults: [{ row: 4, column: '上级单位', value: '云海市', code: 'unknown-institution' }],
    });
    const good = await runJieyue(['ledger', 'import', file, '--good-rows', '--author', 'wang'], own);
    expect(good.code).toBe(1);
    expect(good.stdout).toContain('Institutions: 3 rows, 2 new, 0 changed, 0 as they were, 1 with faults');
    expect(good.stdout).toMatch(/单位\.csv .*4 .*云海市 .*there is no such institution/);
  });
});

describe('keys', () => {
  it('are created for a known role, listed without the key, and revoked', async () => {
    const wrong = await runJieyue(['keys', 'create', 'boss', '--role', 'boss'], environment);
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('auditor') });
    const created = await runJieyue(['keys', 'create', 'audit office', '--role', 'auditor'], environment);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const key = created.stdout.trim().split(' ').at(-1) ?? '';
    expect(key.length).toBeGreaterThan(20);
    const listed = await runJieyue(['keys', 'list'], environment);
    expect(listed.stdout).toContain('audit office  auditor@*');
    expect(listed.stdout).not.toContain(key);
    const [id = ''] = listed.stdout.split(' ');
    expect((await runJieyue(['keys', 'revoke', id], environment)).code).toBe(0);
    expect((await runJieyue(['keys', 'list'], environment)).stdout).not.toContain('audit office');
  });
});
