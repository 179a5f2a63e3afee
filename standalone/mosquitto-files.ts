// The files with which a Mosquitto knows the agents of a home and gives them the rights that the embedded broker gives.
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultIterations, hashPassword, saltBytes } from '../core/registry/passwords.ts';
import type { Registry } from '../core/registry/registry.ts';
import type { Config } from '../core/runtime/config.ts';
import { mosquittoAcl, mosquittoConfig } from '../ingest/broker/mosquitto.ts';
import { brokerAccess, reachable } from './parts.ts';

/**
 * Writes `mosquitto.conf`, `acl` and `passwords` (all of mode 600); doing it again replaces them. Port, host and TLS are
 * those that the embedded broker would have; the user of ingest is the configured one. The limit of messages that wait for a
 * client stays Mosquitto's own here: ingest is such a client too.
 */
export async function writeMosquittoFiles(
  config: Config,
  registry: Pick<Registry, 'agents'>,
  out: string,
): Promise<{ folder: string; url: string }> {
  const { host, port, tls, maxConnections } = config.mqtt;
  const absolute = tls === undefined ? undefined : { ...tls, cert: resolve(tls.cert), key: resolve(tls.key) };
  const { folder, passwordFile, aclFile } = await writeMosquittoAccess(config, registry, out);
  const options = { host, port, passwordFile, aclFile, tls: absolute, maxConnections };
  replace(join(folder, 'mosquitto.conf'), mosquittoConfig(options));
  return { folder, url: `mqtt://${reachable(host)}:${port}` };
}

/** Writes `acl` and `passwords` only, for a Mosquitto that has a configuration of its own (deploy/mosquitto). */
export async function writeMosquittoAccess(
  config: Config,
  registry: Pick<Registry, 'agents'>,
  out: string,
): Promise<{ folder: string; passwordFile: string; aclFile: string }> {
  const folder = resolve(out);
  const [passwordFile, aclFile] = [join(folder, 'passwords'), join(folder, 'acl')];
  const { user, password } = brokerAccess(config);
  const ingest = await hashPassword(password, randomBytes(saltBytes), defaultIterations);
  const agents = (await registry.agents.passwordFile()).trimEnd();
  mkdirSync(folder, { recursive: true });
  replace(aclFile, mosquittoAcl([user]));
  replace(passwordFile, `${agents}\n${user}:${ingest}\n`.trimStart());
  return { folder, passwordFile, aclFile };
}

/** A broker that reads the file meanwhile sees the old or the new one. */
function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
