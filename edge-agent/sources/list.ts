// The one list of sources: type in the configuration → what makes it.
import type { Clock } from '../../core/runtime/clock.ts';
import type { FileSourceConfig, ModbusSourceConfig } from '../../core/runtime/config.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import { FileSource } from './file/source.ts';
import { ModbusSource } from './modbus-tcp/source.ts';
import type { Source } from './source.ts';

export type SourceConfig = ModbusSourceConfig | FileSourceConfig;

export interface SourceDeps {
  readonly clock: Clock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly log: Logger;
}

type Factory<T extends SourceConfig['type']> = (
  config: Extract<SourceConfig, { type: T }>,
  deps: SourceDeps,
) => Source;

export const sourceFactories: { readonly [T in SourceConfig['type']]: Factory<T> } = {
  'modbus-tcp': (config, deps) => new ModbusSource(config, deps),
  file: (config, deps) => new FileSource(config, deps),
};

/** Makes the source; it does nothing until it is started. */
export function createSource(config: SourceConfig, deps: SourceDeps): Source {
  // The list gives each type its own factory, which the compiler cannot see through the lookup.
  const factory = sourceFactories[config.type] as Factory<SourceConfig['type']>;
  return factory(config as never, deps);
}
