// Positions as the messages of a JT/T 808 terminal: one by one, or several in a batch.
import { encodeLocation } from '../../../core/domain/fleet/jt808/location.ts';
import { batchBody, batchKinds, messageIds } from '../../../core/domain/fleet/jt808/messages.ts';
import type { Fix } from '../driving/receiver.ts';
import type { Sent } from '../driving/transport.ts';

export interface Message {
  readonly id: number;
  readonly body: Uint8Array;
  readonly positions: number;
  /** Of its last position. */
  readonly sentAt: number;
}

/**
 * Those that waited for the network go in batches of `batch` (0x0704, kind 1). So do the others with `gather`: history that is
 * brought in at once (kind 0).
 */
export function* messagesOf(positions: Iterable<Sent>, batch: number, gather: boolean): Generator<Message> {
  let held: Sent[] = [];
  const flush = function* (): Generator<Message> {
    const last = held.at(-1);
    if (last === undefined) return;
    const bodies = held.map(({ fix }) => bodyOf(fix));
    const kind = last.blind ? batchKinds.blindZone : batchKinds.current;
    const body = batchBody(bodies, kind);
    yield { id: messageIds.batch, body, positions: held.length, sentAt: last.sentAt };
    held = [];
  };
  for (const sent of positions) {
    const [first] = held;
    const together =
      first !== undefined && first.blind === sent.blind && (!first.blind || first.sentAt === sent.sentAt);
    if (first !== undefined && (!together || held.length >= batch)) yield* flush();
    if (sent.blind || gather) held.push(sent);
    else yield { id: messageIds.location, body: bodyOf(sent.fix), positions: 1, sentAt: sent.sentAt };
  }
  yield* flush();
}

function bodyOf({ ts, lat, lon, speedKmh, courseDeg, extras }: Fix): Uint8Array {
  const { ignition, fix, odometerKm, fuelL, satellites } = extras;
  return encodeLocation({
    ts,
    lat,
    lon,
    speedKmh,
    courseDeg,
    ...(ignition === undefined ? {} : { ignition }),
    ...(fix === undefined ? {} : { fix }),
    ...(odometerKm === undefined ? {} : { odometerKm }),
    ...(fuelL === undefined ? {} : { fuelL }),
    ...(satellites === undefined ? {} : { satellites }),
  });
}
