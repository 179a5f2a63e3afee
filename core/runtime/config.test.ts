import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { JieyueError } from '../domain/errors.ts';
import { environmentPaths, loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'jieyue-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function yaml(content: string): string {
  const file = join(folder, 'jieyue.yaml');
  writeFileSync(file, content);
  return file;
}

function faults(options: Parameters<typeof loadConfig>[0]): string {
  try {
    loadConfig({ environment: {}, ...options });
  } catch (error) {
    if (error instanceof JieyueError) return error.message;
    throw error;
  }
  return '';
}

describe('loadConfig', () => {
  it('works without any setting', () => {
    expect(loadConfig({ environment: {} })).toMatchObject({
      home: './data',
      tz: 'Asia/Shanghai',
      http: { port: 8080 },
    });
  });

  it('takes a default of the caller only where neither file nor environment nor option says anything', () => {
    const defaults = { 'log.level': 'warn', 'http.port': 1 };
    const level = (more: Parameters<typeof loadConfig>[0]) =>
      loadConfig({ environment: {}, defaults, ...more }).log.level;
    expect(level({})).toBe('warn');
    expect(level({ file: yaml('log: { level: error }') })).toBe('error');
    expect(level({ environment: { JIEYUE_LOG_LEVEL: 'debug' } })).toBe('debug');
    expect(level({ overrides: { 'log.level': 'trace' } })).toBe('trace');
  });

  it('lays the environment over the file and the command line over both', () => {
    const file = yaml('http: { port: 1000 }\nmqtt: { port: 1001 }\ntz: Asia/Urumqi\n');
    const config = loadConfig({
      file,
      environment: { JIEYUE_HTTP_PORT: '2000', JIEYUE_MQTT_PORT: '2001' },
      overrides: { 'mqtt.port': 3001, home: undefined },
    });
    expect([config.http.port, config.mqtt.port, config.tz]).toEqual([2000, 3001, 'Asia/Urumqi']);
  });

  it('names every fault at once, by path', () => {
    const file = yaml('http: { port: 99999 }\nstore: { engine: oracle }\ncolour: red\n');
    const message = faults({ file, environment: { JIEYUE_MQTT_PROT: '1883' } });
    for (const part of ['http.port', 'store.engine', 'colour', 'JIEYUE_MQTT_PROT'])
      expect(message).toContain(part);
  });

  it.each([
    ['- a\n- b\n', 'mapping'],
    ['http: [', 'yaml'],
    ['agent: { id: "a b" }', 'agent.id'],
    [
      'store: { influx: { figures: { retentionDays: 365 } } }',
      'figures.retentiondays: figures are kept for ever',
    ],
  ])('refuses %j and says why', (content, part) => {
    expect(faults({ file: yaml(content) }).toLowerCase()).toContain(part);
  });

  it('names a file that is not there', () => {
    expect(faults({ file: '/nowhere/jieyue.yaml' })).toContain('/nowhere/jieyue.yaml');
  });

  it('never fails but with a coded error, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (content) => {
        try {
          loadConfig({ file: yaml(content), environment: {} });
        } catch (error) {
          expect(error).toBeInstanceOf(JieyueError);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

describe('.env.example', () => {
  it('lists every environment variable, and each of them is understood', () => {
    const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
    const entries = lines.flatMap((line) => line.match(/^#?\s?(JIEYUE_\w+)=(.*)$/)?.slice(1, 3) ?? []);
    const environment: Record<string, string> = {};
    for (let at = 0; at < entries.length; at += 2) environment[entries[at] ?? ''] = entries[at + 1] ?? '';
    expect(Object.keys(environment).sort()).toEqual(Object.keys(environmentPaths).sort());
    expect(faults({ environment })).toBe('');
  });
});

describe('jieyue.example.yaml', () => {
  it('is a right configuration', () => {
    const file = new URL('../../jieyue.example.yaml', import.meta.url).pathname;
    expect(faults({ file })).toBe('');
  });
});
