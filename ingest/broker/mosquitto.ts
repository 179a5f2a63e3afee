// The rules of the embedded broker as configuration of a Mosquitto (2.0 or later), for systems that run on one.
// One table of cases (access.test.ts) runs against both.
import { limits } from '../../core/domain/telemetry.ts';
import { topic, topicFilter } from '../../core/domain/topics.ts';

export interface MosquittoOptions {
  readonly host?: string | undefined;
  readonly port: number;
  /** File of lines `user:$7$…`: agents, as the registry writes them, and the users of ingest. */
  readonly passwordFile: string;
  /** File with the text of `mosquittoAcl`. */
  readonly aclFile: string;
  /** Folder, with `/` at its end, where retained messages (the agents' status) outlive a restart; left out: nowhere. */
  readonly persistenceLocation?: string | undefined;
  /** A listener with TLS beside the plain one; paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly port: number } | undefined;
  readonly maxConnections?: number | undefined;
  readonly maxQueuedPerClient?: number | undefined;
}

const kibibyte = 1024;

/**
 * The configuration file. An agent has one connection, since its user name stands for its client id (a second one ends
 * the first); therefore each ingest worker needs a user of its own.
 */
export function mosquittoConfig(options: MosquittoOptions): string {
  const { port, host, passwordFile, aclFile, persistenceLocation, tls } = options;
  const listener = (number: number) => [
    `listener ${number}${host === undefined ? '' : ` ${host}`}`,
    `max_connections ${options.maxConnections ?? 5_000}`,
    // Nobody can end another's connection by taking its client id.
    'use_username_as_clientid true',
  ];
  const secure =
    tls === undefined
      ? []
      : ['', ...listener(tls.port), `certfile ${tls.cert}`, `keyfile ${tls.key}`, 'tls_version tlsv1.2'];
  return [
    '# Mosquitto for Jieyue. Rights stand in the access list, users in the password file.',
    'per_listener_settings false',
    'allow_anonymous false',
    `password_file ${passwordFile}`,
    `acl_file ${aclFile}`,
    '',
    '# No reading has to be kept here: agents send again what ingest has not acknowledged.',
    ...(persistenceLocation === undefined
      ? ['persistence false']
      : ['persistence true', `persistence_location ${persistenceLocation}`]),
    'persistent_client_expiration 1h',
    'queue_qos0_messages false',
    // Ingest is a client too, and takes tens of thousands of short messages a second: the bytes are the real bound.
    `max_queued_messages ${options.maxQueuedPerClient ?? 20_000}`,
    `max_queued_bytes ${64 * kibibyte * kibibyte}`,
    'max_inflight_messages 1000',
    '',
    '# A batch that is a little too long reaches ingest, which refuses it by code; what is longer is dropped here.',
    `message_size_limit ${2 * limits.batchBytes}`,
    `max_packet_size ${16 * kibibyte * kibibyte}`,
    'set_tcp_nodelay true',
    '',
    ...listener(port),
    ...secure,
    '',
  ].join('\n');
}

/** The access list: `%u` is the agent's id. `ingestUsers` are the users of ingest workers, one each. */
export function mosquittoAcl(ingestUsers: readonly string[]): string {
  const own = (kind: 'batch' | 'status' | 'ack') => topic('%u', kind);
  return [
    '# An agent writes its own batches and status and reads its own acknowledgements.',
    `pattern write ${own('batch')}`,
    `pattern write ${own('status')}`,
    `pattern read ${own('ack')}`,
    ...ingestUsers.flatMap((user) => [
      '',
      `user ${user}`,
      `topic read ${topicFilter('batch')}`,
      `topic read ${topicFilter('status')}`,
      `topic write ${topicFilter('ack')}`,
    ]),
    '',
  ].join('\n');
}
