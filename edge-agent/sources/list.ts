// The one list of sources: type in the configuration → what makes it.
import type { Clock } from '../../core/runtime/clock.ts';
import type { FileSourceConfig, ModbusSourceConfig } from '../../core/runtime/config.ts';
import type { Jt808SourceConfig } from '../../core/runtime/jt808-config.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { MqttSourceConfig, PositionFileConfig } from '../../core/runtime/position-config.ts';
import { FileSource } from './file/source.ts';
import { Jt808Source } from './jt808/source.ts';
import { ModbusSource } from './modbus-tcp/source.ts';
import { MqttSource } from './mqtt/source.ts';
import { PositionFileSource } from './position-file/source.ts';
import type { Source } from './source.ts';

export type SourceConfig =
  | ModbusSourceConfig
  | FileSourceConfig
  | Jt808SourceConfig
  | MqttSourceConfig
  | PositionFileConfig;

export interface SourceDeps {
  readonly clock: Clock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly log: Logger;
  /** Folder for what a source has to remember. */
  readonly home: string;
}

type Factory<T extends SourceConfig['type']> = (
  config: Extract<SourceConfig, { type: T }>,
  deps: SourceDeps,
) => Source;

export const sourceFactories: { readonly [T in SourceConfig['type']]: Factory<T> } = {
  'modbus-tcp': (config, deps) => new ModbusSource(config, deps),
  file: (config, deps) => new FileSource(config, deps),
  jt808: (config, deps) => new Jt808Source(config, deps),
  mqtt: (config, deps) => new MqttSource(config, deps),
  'position-file': (config, deps) => new PositionFileSource(config, deps),
};

/** Makes the source; it does nothing until it is started. */
export function createSource(config: SourceConfig, deps: SourceDeps): Source {
  // The list gives each type its own factory, which the compiler cannot see through the lookup.
  const factory = sourceFactories[config.type] as Factory<SourceConfig['type']>;
  return factory(config as never, deps);
}
