// The agents of the demo's own process: where their password and outbox are, and how they send past and present.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../core/runtime/clock.ts';
import { type Config, underHome } from '../../core/runtime/config.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { Uplink } from '../../core/uplink/uplink.ts';
import { type AgentConfig, EdgeAgent, type EdgeAgentOptions } from '../../edge-agent/agent.ts';
import { version } from '../version.ts';

/** Close behind the acknowledgements: a backlog would be sent from both ends, which only a live city needs. */
export const batchesAhead = 4;
const outboxLimitMb = 256;

export interface DemoAgents {
  readonly config: Config;
  readonly log: Logger;
  /** The broker. */
  readonly url: string;
}

/** Reads its sources as any agent does. */
export function makeAgent(
  { config, log, url }: DemoAgents,
  agent: string,
  sources: AgentConfig['sources'],
  createSource?: EdgeAgentOptions['createSource'],
): EdgeAgent {
  return new EdgeAgent({
    config: {
      id: agent,
      passwordFile: passwordFile(config, agent),
      outbox: outboxFile(config, agent),
      outboxLimitMb,
      window: 16,
      flushEveryMs: 1_000,
      sources,
    },
    mqtt: { url },
    home: config.home,
    clock: systemClock,
    random: Math.random,
    log: log.child({ agent }),
    metrics: new Metrics(),
    version,
    ...(createSource === undefined ? {} : { createSource }),
  });
}

/** Sends the past in batches of so many rows. */
export function makeUplink({ config, log, url }: DemoAgents, agent: string, batchRows: number): Uplink {
  return new Uplink({
    agent,
    url,
    password: readFileSync(passwordFile(config, agent), 'utf8').trim(),
    outbox: { path: outboxFile(config, agent), limitBytes: outboxLimitMb * 1024 * 1024 },
    window: 4,
    flushEveryMs: 200,
    batchRows,
    version,
    clock: systemClock,
    random: Math.random,
    log: log.child({ agent }),
  });
}

function passwordFile(config: Config, agent: string): string {
  return join(underHome(config, 'agents'), `${agent}.password`);
}

function outboxFile(config: Config, agent: string): string {
  return underHome(config, `outbox-${agent}.sqlite`);
}
