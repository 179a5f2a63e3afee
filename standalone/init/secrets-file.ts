// The `.env` that docker-compose.yml reads: which secrets it needs, and how they get in without touching what is there.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { JieyueError } from '../../core/domain/errors.ts';

/** Variable → what it is for. docker-compose.yml is tested against this list. */
export const secretNames = {
  MQTT_INGEST_PASSWORD: 'password of ingest at Mosquitto',
  INFLUXDB_ADMIN_PASSWORD: 'password of the user "admin" of InfluxDB, set when its volume is made',
  INFLUXDB_ADMIN_TOKEN: 'token of that user: makes the databases and the credentials of the services',
  GRAFANA_ADMIN_PASSWORD: 'password of the user "admin" of Grafana, set when its volume is made',
  GRAFANA_SECRET_KEY: 'encrypts the credentials that Grafana keeps',
} as const satisfies Record<string, string>;
type SecretName = keyof typeof secretNames;

export interface Written {
  /** Variables that got a value; their values are told to nobody. */
  readonly names: readonly SecretName[];
  /** The file as it was, where all were made fresh. */
  readonly old: string | undefined;
}

/** A secret of 192 bits in letters, digits, `-` and `_`: no shell, no compose file and no YAML reads more into it. */
export function freshSecret(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Adds the secrets that the file lacks, or has empty; other lines stay as they are. With `force` all become fresh, and the
 * file as it was is kept as `{file}.old`. The file is its owner's alone (mode 600) afterwards.
 * @throws JieyueError `config.invalid` where the file cannot be written, or `{file}.old` is there already
 */
export function writeSecrets(file: string, force: boolean): Written {
  try {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const known = parseEnv(before ?? '');
    const names = (Object.keys(secretNames) as SecretName[]).filter((name) => force || !known[name]);
    const old = force && before !== undefined ? `${file}.old` : undefined;
    if (old !== undefined) {
      if (existsSync(old)) {
        throw new JieyueError('config.invalid', `${old} is there from an earlier time: move it away first`);
      }
      writeFileSync(old, before ?? '', { mode: 0o600, flag: 'wx' });
    }
    if (names.length > 0) replace(file, names.reduce(withFresh, before ?? heading));
    else chmodSync(file, 0o600);
    return { names, old };
  } catch (error) {
    if (error instanceof JieyueError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new JieyueError('config.invalid', `${file} cannot be written: ${reason}`, { cause: error });
  }
}

const heading = `# Secrets of the city deployment, written by \`npx jieyue init\` and read by docker-compose.yml. Keep a copy in a safe
# place: a backup is of little use without them. Settings beside them: see docs/install.md.
`;

/** Lines that set the variable give way: the last would count for one reader, the first for another. */
function withFresh(content: string, name: SecretName): string {
  const others = content
    .split('\n')
    .filter((line) => !new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line))
    .join('\n')
    .trimEnd();
  return `${others}\n${name}=${freshSecret()}\n`;
}

function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
