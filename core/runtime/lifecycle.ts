// Start in order, stop in reverse; a start that fails half-way stops what had started.
import type { Logger } from './logger.ts';

export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export class Services {
  readonly #started: Service[] = [];
  readonly #log: Logger;
  #stopping: Promise<void> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  async start(service: Service): Promise<void> {
    this.#started.push(service);
    try {
      await service.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops all, the newest first; a service that fails to stop does not keep the others running. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const service of this.#started.splice(0).reverse()) {
      try {
        await service.stop();
      } catch (error) {
        this.#log.error({ err: error, service: service.name }, 'service did not stop cleanly');
      }
    }
  }
}

/** Resolves at SIGINT or SIGTERM; a second signal ends the process at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve(name);
      });
    }
  });
}
