// A server as the guide to installing finds it, with an ordinary user on it who is neither root nor user 1000, under umask 077.
// His shell, `sudo`, tar, chmod and openssl are real; Docker is played: containers are users, volumes are folders, and a command
// in a container is `cp`. So it is told who may read and write what, not what Docker does. Needs root, who lends himself to `sudo`.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { sleep } from '../core/runtime/clock.ts';
import { secretNames, writeSecrets } from '../standalone/init/secrets-file.ts';
import { type ComposeService, filledCompose, readCompose, root } from './compose-file.ts';

/** What the program's folder has from the repository, as far as containers see it. */
const parts = [
  'docker-compose.yml',
  'deploy',
  'dashboards/grafana/provisioning',
  'dashboards/grafana/boards',
] as const;

/** Of folders that hold more than a container reads, what it reads. */
const needed: Readonly<Record<string, readonly string[]>> = {
  './deploy/tls': ['server.crt', 'server.key'],
  './deploy/edge-agent': ['agent.yaml', 'rsj-main.password'],
};

export class PlayedServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'jieyue-server-'));
  readonly program = join(this.folder, 'program');
  /** Services that run, and the ports that `up` published. */
  readonly running = new Set<string>();
  ports: readonly string[] = [];
  /** Lines that Docker was asked for. */
  readonly asked: string[] = [];
  readonly #requests = join(this.folder, 'requests');
  readonly #bin = join(this.folder, 'bin');

  /** The ordinary user. */
  readonly person: number;

  constructor(person = 1001) {
    this.person = person;
    chmodSync(this.folder, 0o755);
    for (const folder of [this.#requests, this.#bin, join(this.folder, 'volumes')]) mkdirSync(folder);
    chmodSync(this.#requests, 0o777);
    for (const part of parts) cpSync(join(root, part), join(this.program, part), { recursive: true });
    // As a clone or an unpacked archive is under his umask.
    execFileSync('chmod', ['-R', 'u+rwX,go=', this.program]);
    execFileSync('chown', ['-R', `${person}:${person}`, this.program]);
    const stub = [
      '#!/bin/sh',
      `request=${this.#requests}/$$`,
      'mkfifo "$request.reply"',
      // The child may be done before this one reads: the fifo waits for both.
      'printf "%s\\0" "$PWD" "$(basename "$0")" "$@" > "$request.new"',
      'mv "$request.new" "$request.ready"',
      'read -r code < "$request.reply"',
      'exit "$code"',
    ].join('\n');
    for (const name of ['sudo', 'docker', 'npm', 'npx']) {
      writeFileSync(join(this.#bin, name), `${stub}\n`, { mode: 0o755 });
      chmodSync(join(this.#bin, name), 0o755);
    }
  }

  /** The folder that stands for a volume; made with its owner, as Docker does from the image. */
  volume(name: string): string {
    const folder = join(this.folder, 'volumes', name);
    if (!existsSync(folder)) {
      mkdirSync(folder);
      execFileSync('chown', [name === 'grafana' ? '472:0' : '1000:1000', folder]);
    }
    return folder;
  }

  /**
   * Runs lines of shell as the ordinary user in the program's folder; the first that fails ends it.
   * @throws Error with what was said, unless all went well
   */
  async run(lines: string): Promise<void> {
    const child = spawn('/bin/sh', ['-euc', `umask 077\n${lines}`], {
      cwd: this.program,
      uid: this.person,
      gid: this.person,
      env: { PATH: `${this.#bin}:/usr/local/bin:/usr/bin:/bin`, HOME: this.program },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        said += data.toString();
      });
    const code = await this.#serve(child, (line) => {
      said += `${line}\n`;
    });
    if (code !== 0) throw new Error(`ended with ${code}: ${said}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #serve(child: ChildProcess, say: (line: string) => void): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (!over) {
      for (const name of readdirSync(this.#requests).filter((each) => each.endsWith('.ready'))) {
        const request = join(this.#requests, name);
        const [cwd = '', program = '', ...args] = readFileSync(request, 'utf8').split('\0').slice(0, -1);
        rmSync(request);
        const reply = request.replace(/ready$/, 'reply');
        let code = 0;
        try {
          this.#answer(program, args, cwd);
        } catch (error) {
          code = 1;
          say(`${program} ${args.join(' ')}: ${error instanceof Error ? error.message : String(error)}`);
        }
        writeFileSync(reply, `${code}\n`);
        rmSync(reply);
      }
      await sleep(5);
    }
    return ended;
  }

  #answer(program: string, args: readonly string[], cwd: string): void {
    const [first = '', ...rest] = args;
    const typed = first === 'tee' ? { input: 'what he types\n' } : {};
    if (program === 'sudo') execFileSync(first, rest, { cwd, stdio: 'pipe', ...typed });
    else if (program === 'docker') this.#docker(args);
    else if (program === 'npx' && rest[0] === 'init') {
      writeSecrets(join(this.program, '.env'), false);
      execFileSync('chown', [`${this.person}:${this.person}`, join(this.program, '.env')]);
    }
  }

  #docker(args: readonly string[]): void {
    this.asked.push(args.join(' '));
    as(`${this.person}:${this.person}`, 'test', '-r', join(this.program, '.env'));
    const settings = parseEnv(readFileSync(join(this.program, '.env'), 'utf8')) as Record<string, string>;
    for (const name of Object.keys(secretNames)) if (!settings[name]) throw new Error(`${name} is missing`);
    const compose = readCompose(settings);
    const files = (settings['COMPOSE_FILE'] ?? 'docker-compose.yml').split(':');
    const laid = files.slice(1).map((path) => filledCompose(settings, path) as Laid);
    const words = args.slice(1);
    const profiles = new Set<string>();
    while (words[0] === '--profile') profiles.add(words.splice(0, 2)[1] ?? '');
    const [verb, ...rest] = words;
    if (verb === 'run') {
      this.#runOnce(rest, compose.services);
      return;
    }
    const named = rest.filter((word) => !word.startsWith('-'));
    const chosen = Object.entries(compose.services).filter(([name, { profiles: own }]) =>
      named.length > 0 ? named.includes(name) : own.length === 0 || own.some((each) => profiles.has(each)),
    );
    if (verb === 'stop') for (const [name] of chosen) this.running.delete(name);
    else if (verb === 'up' || verb === 'start' || verb === 'restart') {
      for (const [name, service] of chosen) {
        const more = laid.map((each) => each.services[name] ?? {});
        const volumes = [...service.volumes, ...more.flatMap((each) => each.volumes ?? [])];
        for (const volume of volumes) this.#readable(service.user, volume);
        this.running.add(name);
      }
      if (verb === 'up' && named.length === 0) {
        const services = [
          ...Object.values(compose.services),
          ...laid.flatMap((each) => Object.values(each.services)),
        ];
        this.ports = services.flatMap(({ ports = [] }) => ports);
      }
    } else if (!['build', 'ps'].includes(verb ?? '')) throw new Error('this Docker is not taught that');
  }

  /** What a container mounts is the mounted folder itself: whoever may not enter the folders above it still may this. */
  #readable(user: string, volume: string): void {
    const [source = ''] = volume.split(':');
    if (!source.startsWith('.')) {
      as(user, 'find', this.volume(source), '-type', 'f', '-exec', 'test', '-w', '{}', '+');
      return;
    }
    this.#mounted(join(this.program, source), (inside) => {
      const paths = (needed[source] ?? ['.']).map((name) => join(inside, name));
      for (const path of paths) {
        // A folder that cannot be entered ends `find` itself with an error.
        if (unreadable(user, path)) throw new Error(`user ${user} cannot read ${source}`);
      }
    });
  }

  #runOnce(words: readonly string[], services: Readonly<Record<string, ComposeService>>): void {
    const rest = [...words];
    const mounts: { from: string; to: string; readOnly: boolean }[] = [];
    let entrypoint: string | undefined;
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      if (word === '-v') {
        const [from = '', to = '', mode] = rest.shift()?.split(':') ?? [];
        mounts.push({ from, to, readOnly: mode === 'ro' });
      } else if (word === '--entrypoint') entrypoint = rest.shift();
      else if (!word.startsWith('-')) {
        rest.unshift(word);
        break;
      }
    }
    const [name = '', ...command] = rest;
    const service = services[name];
    if (service === undefined) throw new Error(`there is no service ${name}`);
    const [mount] = mounts;
    if (mount === undefined) return;
    const volumes = name === 'influx' ? ['influxdb:/var/lib/influxdb2'] : service.volumes;
    const [held = '', target = ''] = (volumes.find((each) => !each.startsWith('.')) ?? '').split(':');
    const own = this.volume(held);
    const write = (inside: string) => {
      const local = (path: string) => path.replace(mount.to, inside).replace(target, own);
      if (entrypoint !== undefined) as(service.user, entrypoint, ...command.map(local));
      else if (command[0] === 'import') as(service.user, 'test', '-r', local(command[1] ?? ''));
      else if (command[0] === 'backup') as(service.user, 'cp', '-r', `${own}/.`, local(command.at(-1) ?? ''));
      else if (command[0] === 'restore')
        as(service.user, 'cp', '-r', `${local(command.at(-1) ?? '')}/.`, own);
      else throw new Error('this Docker is not taught that');
    };
    this.#mounted(mount.from, write, mount.readOnly);
  }

  /** Works on a copy of the folder where everybody may enter, and brings back what was written. */
  #mounted(folder: string, work: (inside: string) => void, readOnly = true): void {
    if (!existsSync(folder)) throw new Error(`${folder} is not there: Docker would make it, as root`);
    const inside = join(this.folder, 'mounted');
    execFileSync('cp', ['-a', folder, inside]);
    try {
      work(inside);
      if (!readOnly) execFileSync('cp', ['-a', `${inside}/.`, folder]);
    } finally {
      rmSync(inside, { recursive: true });
    }
  }
}

interface Laid {
  readonly services: Readonly<
    Record<string, { readonly volumes?: readonly string[]; readonly ports?: readonly string[] }>
  >;
}

function unreadable(user: string, path: string): boolean {
  try {
    return as(user, 'find', path, '!', '-readable', '-print') !== '';
  } catch {
    return true;
  }
}

/** Runs a program as `user:group`. @returns what it says. @throws unless it ends with 0 */
function as(user: string, program: string, ...args: readonly string[]): string {
  const [uid, gid] = user.split(':').map(Number);
  return execFileSync(program, args, {
    uid: uid ?? 0,
    gid: gid ?? 0,
    encoding: 'utf8',
    cwd: '/',
    stdio: 'pipe',
  });
}
