// The examples of docs/api.md are run as they stand there, with ids of a small world in the place of `01J…`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleWorld } from '../core/testing/route-samples.ts';
import { type TestApi, testApi } from '../core/testing/test-api.ts';
import { by, midnight } from '../core/testing/test-registry.ts';

const guide = readFileSync(fileURLToPath(new URL('../docs/api.md', import.meta.url)), 'utf8');
/** `ask`, `tell` and `send`, as the guide defines them. */
const functions = guide.match(/^(?:ask|tell|send)\(\) .*$/gm)?.join('\n') ?? '';
const host = 'http://jieyue.test';

let api: TestApi;
let key: string;
/** By the field that names them. */
let ids: Readonly<Record<string, string>>;
const files = new Map<string, string>();
beforeAll(async () => {
  api = await testApi();
  const { account, car } = await sampleWorld(api);
  const { school, mainBuilding } = api.ids;
  ids = {
    institution: school,
    parent: school,
    entity: school,
    building: mainBuilding,
    account,
    vehicle: car,
    vehicles: car,
  };
  await api.registry.points.register(
    {
      key: 'import/school',
      name: 'School',
      quantities: ['electricity_interval'],
      building: mainBuilding,
      validFrom: midnight('2018-01-01'),
    },
    by,
  );
  // The guide says which role each group takes.
  key = await api.keyOf(
    { role: 'admin', institution: null },
    { role: 'vehicle-supervisor', institution: null },
  );
});
afterAll(() => api.end());

describe('the guide to the API', () => {
  it('has examples that work', async () => {
    const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => wordsOf(block));
    const ran: string[] = [];
    for (const [name = '', address = '', ...rest] of commands) {
      if (!['ask', 'tell', 'send'].includes(name) || !address.startsWith('/')) continue;
      const response = await api.app.inject(requestOf(name, [address, ...rest].map(withIds)));
      const said = response.statusCode < 300 ? '' : response.body;
      expect([name, address, rest.join(' '), said]).toEqual([name, address, rest.join(' '), '']);
      const output = rest.indexOf('-o');
      if (output >= 0) files.set(rest[output + 1] ?? '', response.body);
      ran.push(`${name} ${address}`);
    }
    expect(ran.length).toBeGreaterThan(25);
    for (const group of ['tell /api/v1/facts', 'tell /api/v1/bills', 'ask /api/v1/ledgers', 'ask /metrics'])
      expect(ran).toContain(group);
  });
});

/** What a shell makes of an example: the guide's own functions in a real one, and a `curl` that tells its arguments. */
function requestOf(name: string, words: readonly string[]) {
  const script = `${functions}\ncurl() { printf '%s\\0' "$@"; }\n${name} "$@"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, name, ...words], {
    env: { HOST: host, KEY: key },
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  const given = stdout.split('\0').slice(0, -1);
  const headers: Record<string, string> = {};
  const query: string[] = [];
  let [url, payload]: [string, string | undefined] = ['', undefined];
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? '';
    const value = () => given[++at] ?? '';
    if (word === '-H') {
      const [header = '', ...rest] = value().split(': ');
      headers[header.toLowerCase()] = rest.join(': ');
    } else if (word === '--data') payload = value();
    else if (word === '--data-binary') payload = files.get(value().slice(1)) ?? '';
    else if (word === '--data-urlencode') {
      const [parameter = '', ...rest] = value().split('=');
      query.push(`${parameter}=${encodeURIComponent(rest.join('='))}`);
    } else if (word === '-d') query.push(value());
    else if (word === '-o') value();
    else if (!word.startsWith('-')) url = word.slice(host.length);
    else if (word !== '-sS' && word !== '--get')
      throw new Error(`the guide uses an option that is not known here: ${word}`);
  }
  const whole = query.length === 0 ? url : `${url}?${query.join('&')}`;
  // As it goes over the wire: what curl does not encode breaks the request line.
  expect(whole).toMatch(/^[!-~]+$/);
  return payload === undefined
    ? { method: 'GET' as const, url: whole, headers }
    : { method: 'POST' as const, url: whole, headers, payload };
}

function withIds(word: string): string {
  return word.replaceAll(/(\w+)("?\s*[:=/]\s*"?)01J…/g, (whole, name: string, between: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`the guide names an id that is not known here: ${whole}`);
    return `${name}${between}${id}`;
  });
}

/** Commands of a shell block as words: quotes, continued lines and comments understood, nothing else. */
function wordsOf(block: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  for (const [token] of block.matchAll(/\\\n|\n|#[^\n]*|(?:'[^']*'|"[^"]*"|[^\s'"\\#])+|\\./g)) {
    if (token === '\n') {
      if (words.length > 0) commands.push(words);
      words = [];
    } else if (token !== '\\\n' && !token.startsWith('#')) {
      words.push(token.replaceAll(/'([^']*)'|"([^"]*)"/g, (_whole, plain, quoted) => plain ?? quoted));
    }
  }
  if (words.length > 0) commands.push(words);
  return commands;
}
