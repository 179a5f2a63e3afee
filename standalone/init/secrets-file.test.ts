import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretNames, writeSecrets } from './secrets-file.ts';

const names = Object.keys(secretNames);
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jieyue-init-'));
  file = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = () => parseEnv(readFileSync(file, 'utf8'));
const mode = (path: string) => statSync(path).mode & 0o777;

describe('writeSecrets', () => {
  it('makes a file of fresh secrets that its owner alone may read', () => {
    expect(writeSecrets(file, false)).toEqual({ names, old: undefined });
    const values = Object.values(read());
    expect(Object.keys(read()).sort()).toEqual([...names].sort());
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(new Set(values).size).toBe(names.length);
    expect(mode(file)).toBe(0o600);
  });

  it('changes nothing when all are there, whatever order and form they have', () => {
    const content = names.map((name, index) => `${index % 2 ? 'export ' : ''}${name}="x ${index}"`).reverse();
    writeFileSync(file, content.join('\n'), { mode: 0o644 });
    expect(writeSecrets(file, false)).toEqual({ names: [], old: undefined });
    expect(readFileSync(file, 'utf8')).toBe(content.join('\n'));
    expect(mode(file)).toBe(0o600);
  });

  it('adds what is missing or empty, and leaves every other line alone', () => {
    const files = 'COMPOSE_FILE=docker-compose.yml:deploy/docker-compose.tls.yml';
    const kept = ['# ours', 'JIEYUE_TZ=Asia/Urumqi', files, 'INFLUXDB_ADMIN_TOKEN=as-it-was', ''];
    writeFileSync(file, [...kept, 'GRAFANA_SECRET_KEY=', 'MQTT_INGEST_PASSWORD=""'].join('\n'));
    const { names: written } = writeSecrets(file, false);
    expect(written).toEqual(names.filter((name) => name !== 'INFLUXDB_ADMIN_TOKEN'));
    expect(readFileSync(file, 'utf8').startsWith(kept.slice(0, 4).join('\n'))).toBe(true);
    expect(read()).toMatchObject({ JIEYUE_TZ: 'Asia/Urumqi', INFLUXDB_ADMIN_TOKEN: 'as-it-was' });
    for (const name of written) expect(read()[name]).toMatch(/^\S{32}$/);
    // A second line of the same name would count for one reader and not for another.
    for (const name of names) expect(readFileSync(file, 'utf8').split(`${name}=`)).toHaveLength(2);
  });

  it('makes all fresh only by force, and keeps the file as it was', () => {
    writeSecrets(file, false);
    appendFileSync(file, 'COMPOSE_FILE=a:b\n');
    chmodSync(file, 0o644);
    const before = read();
    expect(writeSecrets(file, true)).toEqual({ names, old: `${file}.old` });
    for (const name of names) expect(read()[name]).not.toBe(before[name]);
    expect(read()['COMPOSE_FILE']).toBe('a:b');
    expect(parseEnv(readFileSync(`${file}.old`, 'utf8'))).toEqual(before);
    expect([mode(file), mode(`${file}.old`)]).toEqual([0o600, 0o600]);
  });

  it('does not overwrite what an earlier force kept', () => {
    writeSecrets(file, false);
    writeSecrets(file, true);
    const now = readFileSync(file, 'utf8');
    expect(() => writeSecrets(file, true)).toThrow(/\.env\.old/);
    expect(readFileSync(file, 'utf8')).toBe(now);
  });

  it('says why it cannot write', () => {
    const missing = join(folder, 'none', '.env');
    expect(() => writeSecrets(missing, false)).toThrow(/none/);
    expect(existsSync(missing)).toBe(false);
  });
});
