// What is wrong with a configuration is said in Chinese and in English.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJieyueError } from '../domain/errors.ts';
import { wordsOf } from '../domain/message.ts';
import { loadConfig } from './config.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jieyue-words-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const faulty: Readonly<Record<string, string>> = {
  'jt808 without codes, a phone twice': `agent: { id: a, sources: [{ type: jt808, name: cars, terminals: [{ phone: "1" }, { phone: "1" }, { phone: x }] }] }`,
  'jt808 with codes': `agent: { id: a, sources: [{ type: jt808, name: cars, port: 70000, terminals: [{ phone: "1", code: "a b", codeFile: f }] }] }`,
  mqtt: `agent: { id: a, sources: [{ type: mqtt, name: m, url: "http://x", topics: [{ for: positions, topic: "a/{x}/{x}/b#", point: "{y}", lat: lat, lon: lon, time: { field: t, zone: Mars } }] }] }`,
  'mqtt readings': `agent: { id: a, sources: [{ type: mqtt, name: m, url: "mqtt://u:p@x", passwordFile: f, topics: [{ for: readings, topic: "a", point: p, quantities: [{ field: f, quantity: electricity, factor: 0 }] }] }] }`,
  'position file': `agent: { id: a, sources: [{ type: position-file, name: f, path: p, delimiter: "a", time: { column: t }, vehicle: { fileName: "x.csv" }, lat: a, lon: b }] }`,
  'position file of no vehicle': `agent: { id: a, sources: [{ type: position-file, name: f, path: p, time: { column: t }, vehicle: {}, lat: a, lon: b, datum: mars }] }`,
  modbus: `agent: { id: a, sources: [{ type: modbus, name: m, host: h, maps: { x: [{ quantity: electricity, address: 65535, table: holding, type: uint32, scale: 0 }] }, devices: [{ point: p, map: y, unit: 1 }] }] }`,
  'settings that there are not': 'langage: zh-CN\nhttp: { port: high }',
  'no mapping': '- 1',
  'no YAML': 'a: [',
};

describe('a fault of the configuration', () => {
  it.each(Object.keys(faulty))('%s: each line has its Chinese and its English', (name) => {
    const file = join(folder, 'faulty.yaml');
    writeFileSync(file, faulty[name] ?? '');
    try {
      loadConfig({ file, environment: { JIEYUE_LANGAGE: 'en' } });
    } catch (error) {
      if (!isJieyueError(error)) throw error;
      // The parser of YAML speaks English, and shows the line below its words.
      const lines = name === 'no YAML' ? 1 : undefined;
      for (const line of wordsOf(error.said, 'zh-CN').split('\n').slice(0, lines)) {
        expect(line).toMatch(/\p{Script=Han}/u);
        expect(line.replaceAll(/YAML：.*/g, '')).not.toMatch(/[A-Za-z]{2,} [a-z]+ [a-z]{2,}/);
      }
      expect(wordsOf(error.said, 'en')).not.toMatch(/\p{Script=Han}/u);
      expect(error.message).toBe(wordsOf(error.said, 'en'));
      return;
    }
    expect.unreachable('it was taken');
  });
});
