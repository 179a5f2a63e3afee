// The source `jt808` on a free port with a sink of the test, stopped when the test ends.
import { onTestFinished, vi } from 'vitest';
import { Jt808Source } from '../../edge-agent/sources/jt808/source.ts';
import type { Sink } from '../../edge-agent/sources/source.ts';
import type { WirePosition } from '../domain/telemetry.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { jt808SourceSchema } from '../runtime/jt808-config.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { TestTerminal, type TestTerminalOptions } from './jt808-terminal.ts';

export const jt808Secret = 'a secret of the tests';

export function phoneOf(index: number): string {
  return String(13_800_000_000 + index);
}

/** Waits for what happens by itself. */
export const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

export interface StartedSource {
  readonly source: Jt808Source;
  readonly port: number;
  /** What the sink was given, and by how many calls. */
  readonly rows: WirePosition[];
  readonly calls: () => number;
  readonly connect: (index: number, options?: Partial<TestTerminalOptions>) => Promise<TestTerminal>;
  /** Connected, registered and authenticated. */
  readonly enter: (index: number, options?: Partial<TestTerminalOptions>) => Promise<TestTerminal>;
}

/** Knows terminals `phoneOf(1)` to `phoneOf(terminals)`. `sink` says what becomes of a call; the rows are noted if it resolves. */
export async function startJt808(
  options: {
    readonly settings?: object;
    readonly terminals?: number;
    readonly sink?: (rows: readonly WirePosition[]) => Promise<void> | void;
    readonly clock?: Clock;
    readonly log?: Logger;
  } = {},
): Promise<StartedSource> {
  const { settings = {}, terminals = 3, clock = systemClock, log = silentLogger } = options;
  const config = jt808SourceSchema.parse({
    type: 'jt808',
    name: 'cars',
    host: '127.0.0.1',
    port: 0,
    codeSecret: jt808Secret,
    register: 'phone-only',
    terminals: Array.from({ length: terminals }, (_, at) => ({ phone: phoneOf(at + 1) })),
    ...settings,
  });
  const source = new Jt808Source(config, { clock, log });
  const rows: WirePosition[] = [];
  let calls = 0;
  const sink: Sink = async (_, positions = []) => {
    calls++;
    await options.sink?.(positions);
    rows.push(...positions);
  };
  await source.start(sink);
  onTestFinished(() => source.stop());
  const port = source.port ?? 0;
  const connect: StartedSource['connect'] = async (index, more = {}) => {
    const terminal = await TestTerminal.connect({ port, phone: phoneOf(index), ...more });
    onTestFinished(() => terminal.close());
    return terminal;
  };
  return {
    source,
    port,
    rows,
    calls: () => calls,
    connect,
    enter: async (index, more) => {
      const terminal = await connect(index, more);
      const told = await terminal.register();
      if (told === 'closed' || told.result !== 0) throw new Error(`terminal ${index} was not registered`);
      if ((await terminal.authenticate(told.code)) !== 0) throw new Error(`terminal ${index} was refused`);
      return terminal;
    },
  };
}
