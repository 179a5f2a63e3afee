// The source `modbus-tcp`: polls meters on a steady clock and hands each poll's readings to the sink.
import { isJieyueError } from '../../../core/domain/errors.ts';
import type { SourceHealth } from '../../../core/domain/telemetry.ts';
import type { Clock } from '../../../core/runtime/clock.ts';
import type { ModbusSourceConfig } from '../../../core/runtime/config.ts';
import type { Logger } from '../../../core/runtime/logger.ts';
import type { Sink, Source } from '../source.ts';
import { decoderOf } from './decode.ts';
import { Device, type FaultKind, isSilence, Line } from './device.ts';
import { planRequests } from './plan.ts';
import { type Plan, type PollResult, pollDevice } from './poll.ts';
import { backoffMs, nextSlot, phaseOf } from './schedule.ts';
import { Turns } from './turns.ts';

/** Hosts that are asked at the same time at most; the others wait for their turn. */
export const parallelLines = 32;

/** What has happened since the start. */
export interface ModbusCounters {
  polls: number;
  readings: number;
  /** Polls that did not begin because the device's last one was not over, its rows not durable included. */
  skipped: number;
  /** Polls that ended with a fault. */
  faults: number;
  /** Values that good answers did not hold (NaN, not BCD, out of range). */
  noValues: number;
}

/**
 * A device is polled at `phase + k × everyMs` since 1970; phases are spread over the period in the order of the
 * configuration. A device that is silent is left alone for longer and longer, up to 5 minutes.
 */
export class ModbusSource implements Source {
  readonly name: string;
  readonly protocol = 'modbus-tcp';
  readonly counters: ModbusCounters = { polls: 0, readings: 0, skipped: 0, faults: 0, noValues: 0 };
  readonly #everyMs: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Logger;
  readonly #devices: readonly Device[];
  readonly #lines: readonly Line[];
  readonly #turns: Turns;
  #sink: Sink | undefined;
  #sinkFault: string | undefined;
  #stopped = false;

  constructor(config: ModbusSourceConfig, deps: { clock: Clock; random: () => number; log: Logger }) {
    this.name = config.name;
    this.#everyMs = config.everyMs;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#log = deps.log;
    const { devices, lines } = arrange(config);
    this.#devices = devices;
    this.#lines = lines;
    this.#turns = new Turns(parallelLines, (device) => this.#poll(device));
  }

  async start(sink: Sink): Promise<void> {
    if (this.#stopped || this.#sink !== undefined) return;
    this.#sink = sink;
    for (const device of this.#devices) this.#scheduleAfter(device, 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const device of this.#devices) clearTimeout(device.timer);
    for (const line of this.#lines) line.connection.close();
    await this.#turns.stop();
  }

  health(): SourceHealth {
    let silent = 0;
    let newest: Device | undefined;
    let lastReadAt: number | null = null;
    for (const device of this.#devices) {
      if (device.silent) silent++;
      if (device.fault && device.fault.at >= (newest?.fault?.at ?? 0)) newest = device;
      if (device.lastReadAt !== null) lastReadAt = Math.max(device.lastReadAt, lastReadAt ?? 0);
    }
    const fault = newest?.fault ? `${newest.label}: ${newest.fault.message}` : (this.#sinkFault ?? null);
    const devices = this.#devices.length;
    const impaired = silent === devices ? 'silent' : fault === null ? 'ok' : 'degraded';
    const state = this.#stopped || this.#sink === undefined ? 'stopped' : impaired;
    return {
      name: this.name,
      protocol: this.protocol,
      state,
      devices,
      devicesSilent: silent,
      lastReadAt,
      fault,
    };
  }

  #scheduleAfter(device: Device, ms: number): void {
    if (this.#stopped) return;
    clearTimeout(device.timer);
    const now = this.#clock.now();
    const slot = nextSlot(now + ms, this.#everyMs, device.phase, device.lastSlot);
    device.timer = setTimeout(() => this.#due(device, slot), slot - now);
  }

  #due(device: Device, slot: number): void {
    device.lastSlot = slot;
    this.#scheduleAfter(device, 0);
    if (device.busy) {
      this.counters.skipped++;
      const period = this.#everyMs;
      this.#blame(device, 'late', `a poll was skipped: the one before was not over within ${period} ms`);
      return;
    }
    device.busy = true;
    this.#turns.add(device);
  }

  async #poll(device: Device): Promise<void> {
    const startedAt = Math.round(this.#clock.now());
    const result = await pollDevice(device.line.connection, device.config, device.plan, startedAt);
    if (this.#stopped) return;
    this.#settle(device, result);
    // Not awaited: the gateway's next device does not wait for the outbox.
    void this.#save(device, startedAt, result.readings);
    if (result.fault?.kind === 'connect') this.#lineIsDown(device.line, result);
    else if (device.line.down) this.#lineIsUp(device.line);
  }

  #settle(device: Device, { readings, fault, noValues }: PollResult): void {
    this.counters.polls++;
    this.counters.noValues += noValues;
    if (fault === undefined) this.#recovered(device);
    else {
      this.counters.faults++;
      this.#blame(device, fault.kind, fault.message);
    }
    const unheard = fault !== undefined && isSilence(fault.kind) && readings.length === 0;
    device.failures = unheard ? device.failures + 1 : 0;
    // The first silence is followed by the regular poll.
    if (device.failures > 1) {
      this.#scheduleAfter(device, backoffMs(device.failures, this.#everyMs, this.#random));
    }
  }

  /** Never rejects. Until the rows are durable the device is busy, so at most one poll's rows of a device wait. */
  async #save(device: Device, startedAt: number, readings: PollResult['readings']): Promise<void> {
    try {
      if (readings.length > 0) {
        device.lastReadAt = startedAt;
        await this.#sink?.(readings);
        this.counters.readings += readings.length;
        this.#sinkFault = undefined;
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // The outbox reports its own troubles.
      if (!isJieyueError(error, 'outbox.full') && !isJieyueError(error, 'outbox.disk')) {
        this.#log.error({ source: this.name, device: device.label, err: error }, 'readings were refused');
      }
      this.#sinkFault = `readings of ${device.label} were refused: ${message}`;
    } finally {
      device.busy = false;
    }
  }

  /** Whoever waits on this line would wait for the same time-out in vain. */
  #lineIsDown(line: Line, result: PollResult): void {
    line.down = true;
    for (const device of line.waiting.splice(0)) {
      this.#settle(device, { ...result, readings: [], noValues: 0 });
      device.busy = false;
    }
  }

  /** The line has a connection again: devices that were out of reach do not sit out their back-off. */
  #lineIsUp(line: Line): void {
    line.down = false;
    for (const device of this.#devices) {
      if (device.line !== line || device.fault?.kind !== 'connect' || device.busy) continue;
      device.failures = 0;
      this.#scheduleAfter(device, 0);
    }
  }

  /** Logs a change of kind only; being late comes and goes, and hides no graver fault. */
  #blame(device: Device, kind: FaultKind, message: string): void {
    const before = device.fault?.kind;
    if (kind === 'late' && before !== undefined && before !== 'late') return;
    if (before !== kind) {
      const level = kind === 'late' ? 'debug' : 'warn';
      this.#log[level]({ source: this.name, device: device.label, fault: message }, 'a device has a fault');
    }
    device.fault = { kind, message, at: this.#clock.now() };
  }

  #recovered(device: Device): void {
    if (device.fault === undefined) return;
    const level = device.fault.kind === 'late' ? 'debug' : 'info';
    this.#log[level]({ source: this.name, device: device.label }, 'the device is in order again');
    device.fault = undefined;
  }
}

function arrange(config: ModbusSourceConfig): { devices: Device[]; lines: Line[] } {
  const plans = new Map<string, Plan>();
  for (const [name, registers] of Object.entries(config.maps)) {
    const requests = planRequests(registers, config.maxGap);
    plans.set(
      name,
      requests.map((request) => ({
        ...request,
        decoders: request.items.map((item) => decoderOf(item.register)),
      })),
    );
  }
  const lines = new Map<string, Line>();
  const devices = config.devices.map((device, index) => {
    const key = `${device.host}:${device.port}`;
    const line = lines.get(key) ?? new Line(device.host, device.port);
    lines.set(key, line);
    const phase = phaseOf(index, config.devices.length, config.everyMs);
    return new Device(device, plans.get(device.map) ?? [], line, phase);
  });
  return { devices, lines: [...lines.values()] };
}
