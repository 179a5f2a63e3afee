// Configuration: one YAML file, environment variables over it, parsed once. The only file that reads process.env.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { JieyueError } from '../domain/errors.ts';
import { type Issue, issueMessage } from '../domain/issues.ts';
import type { Message, MessageValue } from '../domain/message.ts';
import type { Language } from '../domain/texts.ts';
import { agentIdPattern, pointPattern } from '../domain/topics.ts';
import { quantityNames } from '../domain/units.ts';
import { sayOfConfig } from './config-words.ts';
import { cronField } from './cron.ts';
import { fleetEnvironmentPaths, fleetSchema } from './fleet-config.ts';
import { jt808SourceSchema } from './jt808-config.ts';
import { logLevels } from './logger.ts';
import { mqttSourceSchema, positionFileSchema } from './position-config.ts';
import { checkFileSource, checkModbusSource, type RegisterType, registerWords } from './source-checks.ts';
import { storeEnvironmentPaths, storeSchema } from './store-config.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const mebibyte = 1024 * 1024;

const tlsSchema = z.strictObject({
  cert: z.string().describe('path of the certificate (PEM)'),
  key: z.string().describe('path of its private key (PEM)'),
  port: port.default(8883),
});

export const registerTypes = Object.keys(registerWords) as RegisterType[];

export type ModbusRegister = z.infer<typeof modbusRegisterSchema>;
const modbusRegisterSchema = z.strictObject({
  quantity: z.enum(quantityNames),
  /** Zero-based address as on the wire. */
  address: z.int().min(0).max(65_535),
  table: z.enum(['holding', 'input']).default('holding'),
  type: z.enum(registerTypes),
  byteOrder: z.enum(['big', 'little']).default('big'),
  wordOrder: z.enum(['big', 'little']).default('big'),
  /** The value sent is raw × scale + offset. */
  scale: z.number().default(1),
  offset: z.number().default(0),
});

export type ModbusDevice = z.infer<typeof modbusDeviceSchema>;
const modbusDeviceSchema = z.strictObject({
  point: z.string().regex(pointPattern),
  host: z.string().min(1),
  port: port.default(502),
  unit: z.int().min(0).max(255).default(1),
  timeoutMs: z.int().min(50).max(60_000).default(2_000),
  map: z.string().describe('name of a register map under `maps`'),
});

export const modbusSourceSchema = z
  .strictObject({
    type: z.literal('modbus-tcp'),
    name: z.string().min(1),
    everyMs: z.int().min(500).max(86_400_000).default(15_000),
    /** Registers between two wanted ones that are read along rather than split into two requests. */
    maxGap: z.int().min(0).max(120).default(16),
    maps: z.record(z.string(), z.array(modbusRegisterSchema).min(1)),
    devices: z.array(modbusDeviceSchema).min(1),
  })
  .superRefine(checkModbusSource);
export type ModbusSourceConfig = z.infer<typeof modbusSourceSchema>;

export const fileSourceSchema = z
  .strictObject({
    type: z.literal('file'),
    name: z.string().min(1),
    /** A CSV file, plain or .gz. */
    path: z.string().min(1),
    point: z.string().regex(pointPattern),
    /** Zone of times without an offset. */
    zone: z.string().default('Asia/Shanghai'),
    timeColumn: z.string().min(1),
    /** Column name → quantity. */
    columns: z.record(z.string(), z.enum(quantityNames)),
    delimiter: z.string().length(1).default(','),
  })
  .superRefine(checkFileSource);
export type FileSourceConfig = z.infer<typeof fileSourceSchema>;

export const configSchema = z.strictObject({
  home: z.string().default('./data'),
  tz: z.string().default('Asia/Shanghai'),
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
  log: z.strictObject({ level: z.enum(logLevels).default('info'), file: z.string().optional() }).prefault({}),
  http: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(8080) }).prefault({}),
  mqtt: z
    .strictObject({
      /** An outside broker (mqtt:// or mqtts://); without it the embedded one is used. */
      url: z.string().optional(),
      /** User and password of ingest at an outside broker. */
      user: z.string().optional(),
      password: z.string().optional(),
      passwordFile: z.string().optional(),
      ca: z.string().optional(),
      host: z.string().default('127.0.0.1'),
      port: port.default(1883),
      tls: tlsSchema.optional(),
      maxConnections: z.coerce.number().int().min(1).default(5_000),
      maxQueuedPerClient: z.coerce.number().int().min(1).default(1_000),
    })
    .prefault({}),
  store: storeSchema.prefault({}),
  registry: z
    .strictObject({
      /** Default: registry.sqlite under home. */
      path: z.string().optional(),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      /** Rows and bytes that wait for the store at most; a batch beyond is discarded unacknowledged. */
      queueRows: z.coerce.number().int().min(1_000).default(200_000),
      queueBytes: z.coerce
        .number()
        .int()
        .min(mebibyte)
        .default(64 * mebibyte),
      /** Rows that one store write takes at most. */
      writeRows: z.coerce.number().int().min(100).default(50_000),
      /** When superseded rows are dropped: five fields of cron, in `tz`. */
      compactAt: cronField('10 3 * * *'),
      rollupEveryMs: z.coerce.number().int().min(50).default(1_000),
    })
    .prefault({}),
  /** When the jobs of `api` write what Grafana's boards need: five fields of cron each, in `tz`. */
  jobs: z
    .strictObject({
      /** Institutions, buildings and points: names, and what they belong to. */
      describeAt: cronField('*/5 * * * *'),
      /** Meters, agents, the pipeline. */
      statesAt: cronField('*/5 * * * *'),
      /** Hours and days of today and the two days before. */
      consumptionAt: cronField('1-59/5 * * * *'),
      /** Months and years, of last year and this. */
      periodsAt: cronField('7 * * * *'),
      /** The last seven nights. */
      nightsAt: cronField('20 6-12 * * *'),
      /** Everything before those: late readings and edited facts change the past. */
      historyAt: cronField('40 1 * * *'),
      /** Figures, plans, quotas and data quality of this year. */
      accountsAt: cronField('27 * * * *'),
    })
    .prefault({}),
  /** Official vehicles. */
  fleet: fleetSchema.prefault({}),
  agent: z
    .strictObject({
      id: z.string().regex(agentIdPattern),
      password: z.string().optional(),
      passwordFile: z.string().optional(),
      /** Default: outbox-{id}.sqlite under home. */
      outbox: z.string().optional(),
      outboxLimitMb: z.coerce.number().int().min(1).default(512),
      window: z.coerce.number().int().min(2).max(256).default(16),
      flushEveryMs: z.coerce.number().int().min(20).default(1_000),
      sources: z
        .array(
          z.discriminatedUnion('type', [
            modbusSourceSchema,
            fileSourceSchema,
            jt808SourceSchema,
            mqttSourceSchema,
            positionFileSchema,
          ]),
        )
        .default([]),
    })
    .optional(),
});
export type Config = z.infer<typeof configSchema>;

/** Environment variable → path in the configuration. `.env.example` and docs/configuration.md are tested against it. */
export const environmentPaths = {
  JIEYUE_HOME: 'home',
  JIEYUE_TZ: 'tz',
  JIEYUE_LANGUAGE: 'language',
  JIEYUE_LOG_LEVEL: 'log.level',
  JIEYUE_LOG_FILE: 'log.file',
  JIEYUE_HTTP_HOST: 'http.host',
  JIEYUE_HTTP_PORT: 'http.port',
  JIEYUE_MQTT_URL: 'mqtt.url',
  JIEYUE_MQTT_USER: 'mqtt.user',
  JIEYUE_MQTT_PASSWORD: 'mqtt.password',
  JIEYUE_MQTT_PASSWORD_FILE: 'mqtt.passwordFile',
  JIEYUE_MQTT_CA: 'mqtt.ca',
  JIEYUE_MQTT_HOST: 'mqtt.host',
  JIEYUE_MQTT_PORT: 'mqtt.port',
  ...storeEnvironmentPaths,
  JIEYUE_REGISTRY_PATH: 'registry.path',
  JIEYUE_INGEST_QUEUE_ROWS: 'ingest.queueRows',
  JIEYUE_INGEST_QUEUE_BYTES: 'ingest.queueBytes',
  JIEYUE_INGEST_WRITE_ROWS: 'ingest.writeRows',
  JIEYUE_INGEST_ROLLUP_EVERY_MS: 'ingest.rollupEveryMs',
  JIEYUE_JOBS_DESCRIBE_AT: 'jobs.describeAt',
  JIEYUE_JOBS_STATES_AT: 'jobs.statesAt',
  JIEYUE_JOBS_CONSUMPTION_AT: 'jobs.consumptionAt',
  JIEYUE_JOBS_PERIODS_AT: 'jobs.periodsAt',
  JIEYUE_JOBS_NIGHTS_AT: 'jobs.nightsAt',
  JIEYUE_JOBS_HISTORY_AT: 'jobs.historyAt',
  JIEYUE_JOBS_ACCOUNTS_AT: 'jobs.accountsAt',
  ...fleetEnvironmentPaths,
  JIEYUE_AGENT_ID: 'agent.id',
  JIEYUE_AGENT_PASSWORD: 'agent.password',
  JIEYUE_AGENT_PASSWORD_FILE: 'agent.passwordFile',
  JIEYUE_AGENT_OUTBOX: 'agent.outbox',
  JIEYUE_AGENT_OUTBOX_LIMIT_MB: 'agent.outboxLimitMb',
} as const satisfies Record<`JIEYUE_${string}`, string>;

/**
 * Reads the file (if given), lays the environment and then `overrides` (path → value, from the command line) over it;
 * `defaults` (path → value) hold where none of them says anything.
 * @throws JieyueError `config.invalid` with every fault, one line each, by path.
 */
export function loadConfig(
  options: {
    file?: string | undefined;
    environment?: Record<string, string | undefined>;
    overrides?: Record<string, unknown>;
    defaults?: Record<string, unknown>;
  } = {},
): Config {
  const tree = options.file === undefined ? {} : readYaml(options.file);
  const environment = options.environment ?? process.env;
  for (const [name, path] of Object.entries(environmentPaths)) {
    const value = environment[name];
    if (value !== undefined && value !== '') assign(tree, path, value);
  }
  for (const [path, value] of Object.entries(options.overrides ?? {})) {
    if (value !== undefined) assign(tree, path, value);
  }
  for (const [path, value] of Object.entries(options.defaults ?? {})) {
    if (at(tree, path) === undefined) assign(tree, path, value);
  }
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('JIEYUE_') && !(name in environmentPaths),
  );
  const parsed = configSchema.safeParse(tree);
  const faults: Message[] = unknown.map((name) => sayOfConfig('config.no-setting', { name }));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.join('.') || '(root)';
      faults.push(sayOfConfig('config.at', { path, fault: issueMessage(issue as unknown as Issue) }));
    }
  }
  if (!parsed.success || faults.length > 0) {
    const where = options.file ?? { zh: '环境变量', en: 'the environment' };
    const lines = faults.reduceRight<MessageValue>(
      (rest, one) => (rest === '' ? one : sayOfConfig('config.line', { one, rest })),
      '',
    );
    const said = sayOfConfig('config.faults', { where, count: faults.length, faults: lines });
    throw new JieyueError('config.invalid', said, { details: { language: at(tree, 'language') } });
  }
  return parsed.data;
}

/** Lays the settings of `./.env`, where there is one, under those of the environment. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** For texts that are shown before, or without, a configuration. */
export function languageOfEnvironment(
  environment: Record<string, string | undefined> = process.env,
): Language {
  return environment['JIEYUE_LANGUAGE'] === 'en' ? 'en' : 'zh-CN';
}

/** Absolute path of a file under the configured home. */
export function underHome(config: Config, file: string): string {
  return resolve(join(config.home, file));
}

/** A secret given as text or as a file's first line. */
export function readSecret(
  secret: { password?: string | undefined; passwordFile?: string | undefined } | undefined,
): string | undefined {
  if (secret?.password !== undefined) return secret.password;
  if (secret?.passwordFile === undefined) return undefined;
  if (!existsSync(secret.passwordFile)) {
    throw new JieyueError(
      'config.missing',
      sayOfConfig('config.password-file', { file: secret.passwordFile }),
    );
  }
  return readFileSync(secret.passwordFile, 'utf8').split('\n', 1)[0]?.trim();
}

function readYaml(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new JieyueError('config.missing', sayOfConfig('config.unreadable', { file }), { cause: error });
  }
  try {
    // Only a process that has a file loads the parser.
    const { parse: parseYaml } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
    const tree: unknown = parseYaml(text, { logLevel: 'error' }) ?? {};
    if (typeof tree === 'object' && tree !== null && !Array.isArray(tree))
      return tree as Record<string, unknown>;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new JieyueError('config.invalid', sayOfConfig('config.no-yaml', { file, why }));
  }
  throw new JieyueError('config.invalid', sayOfConfig('config.no-map', { file }));
}

function at(tree: Record<string, unknown>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined,
      tree,
    );
}

function assign(tree: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop();
  let node = tree;
  for (const key of keys) {
    const child = node[key];
    if (typeof child !== 'object' || child === null || Array.isArray(child)) node[key] = {};
    node = node[key] as Record<string, unknown>;
  }
  if (last !== undefined) node[last] = value;
}
