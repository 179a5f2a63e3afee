// One poll of one device: its requests in turn, decoded.
import type { WireReading } from '../../../core/domain/telemetry.ts';
import type { ModbusDevice } from '../../../core/runtime/config.ts';
import { type Connection, ReadFault, type ReadFaultKind } from './connection.ts';
import type { Decoder } from './decode.ts';
import type { PlannedRequest } from './plan.ts';

/** What to ask a device, prepared once for all devices with the same map. */
export type Plan = readonly (PlannedRequest & { readonly decoders: readonly Decoder[] })[];

export interface PollResult {
  readonly readings: readonly WireReading[];
  /** The fault that says most about the device; `value`: it answered, but with no value. */
  readonly fault: { readonly kind: ReadFaultKind | 'value'; readonly message: string } | undefined;
  /** Values that could not be read from good answers. */
  readonly noValues: number;
}

/**
 * Never throws. All readings bear `startedAt`, the whole millisecond in which the poll began, however long it took.
 * A Modbus exception costs the registers of its request; any other fault ends the poll, and what was read before it
 * counts.
 */
export async function pollDevice(
  connection: Connection,
  device: ModbusDevice,
  plan: Plan,
  startedAt: number,
): Promise<PollResult> {
  const readings: WireReading[] = [];
  let fault: PollResult['fault'];
  let noValues = 0;
  for (const request of plan) {
    let data: Buffer;
    try {
      data = await connection.read(request, device.unit, device.timeoutMs);
    } catch (error) {
      const { kind, message } = error instanceof ReadFault ? error : unexpected(error);
      fault = { kind, message: `${message} (${rangeOf(request)})` };
      if (kind === 'exception') continue;
      break;
    }
    request.items.forEach(({ register, at }, index) => {
      const decoded = request.decoders[index]?.(data, at * 2) ?? { reason: 'it has no decoder' };
      if ('value' in decoded) readings.push([device.point, register.quantity, startedAt, decoded.value]);
      else {
        noValues++;
        const place = `${register.table} register ${register.address}`;
        fault ??= {
          kind: 'value',
          message: `no value for ${register.quantity}: ${decoded.reason} (${place})`,
        };
      }
    });
  }
  return { readings, fault, noValues };
}

function rangeOf({ table, address, count }: PlannedRequest): string {
  return `${table} registers ${address} to ${address + count - 1}`;
}

function unexpected(error: unknown): { kind: 'garbled'; message: string } {
  return { kind: 'garbled', message: error instanceof Error ? error.message : String(error) };
}
