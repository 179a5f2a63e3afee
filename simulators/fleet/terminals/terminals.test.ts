import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '../../../core/domain/fleet/jt808/frame.ts';
import { FrameSplitter } from '../../../core/domain/fleet/jt808/frames.ts';
import { decodeLocation, toPosition } from '../../../core/domain/fleet/jt808/location.ts';
import {
  batchKinds,
  eachOfBatch,
  generalReplyBody,
  messageIds,
  readAuthentication,
  readRegistration,
  registerReplyBody,
} from '../../../core/domain/fleet/jt808/messages.ts';
import { PackageStore } from '../../../core/domain/fleet/jt808/packages.ts';
import type { WirePosition } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { type Fleet, fleetCity } from '../city.ts';
import { protocolVersions } from '../plan/types.ts';
import { FleetTerminals } from './fleet-terminals.ts';
import { Jt808Terminal } from './jt808-terminal.ts';
import type { Jt808TerminalOptions } from './options.ts';
import { accelerated, atOnce } from './pace.ts';

/** The least of a platform: registers, authenticates, keeps what it acknowledges, and can be made to misbehave. */
class Platform {
  readonly positions = new Map<string, WirePosition[]>();
  readonly plates: string[] = [];
  readonly kinds: number[] = [];
  /** Answers nothing to every so-many-th message that holds positions, the first time. */
  deafEvery = 0;
  /** Breaks the connection after so many messages, once. */
  breakAfter = 0;
  refuse = false;
  connections = 0;
  logouts = 0;
  #messages = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    const splitter = new FrameSplitter();
    const packages = new PackageStore();
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      splitter.each(bytes, (raw, length) => {
        const frame = decodeFrame(raw, length);
        if (typeof frame === 'string') throw new Error(`a terminal sent a bad frame: ${frame}`);
        this.#take(socket, frame, packages);
      });
    });
  }

  #take(socket: Socket, frame: Frame, packages: PackageStore): void {
    const { id, version, phone, serial, bytes, start, end } = frame;
    const answer = (reply: number, body: Uint8Array) =>
      socket.write(encodeFrame({ id: reply, version, phone, serial: 1 }, body));
    const general = (result: number, of = serial) =>
      answer(messageIds.generalReply, generalReplyBody(of, id, result));
    if (id === messageIds.register) {
      this.plates.push(readRegistration(bytes, start, end, version)?.plate ?? '');
      answer(messageIds.registerReply, registerReplyBody(serial, this.refuse ? 4 : 0, `code-${phone}`));
    } else if (id === messageIds.authenticate) {
      const code = readAuthentication(bytes, start, end, version)?.code;
      general(code === `code-${phone}` ? 0 : 1);
    } else if (id === messageIds.logout) this.logouts++;
    else if (id === messageIds.location || id === messageIds.batch) {
      this.#messages++;
      if (this.breakAfter > 0 && this.#messages === this.breakAfter) {
        socket.destroy();
        return;
      }
      if (this.deafEvery > 0 && this.#messages % this.deafEvery === 0) return;
      const whole =
        frame.packages === undefined
          ? { body: bytes.slice(start, end), serials: [serial] }
          : packages.take(frame, systemClock.now());
      if (typeof whole === 'string') {
        general(0);
        return;
      }
      this.#keep(phone, id, whole.body);
      for (const each of whole.serials) general(0, each);
    } else general(0);
  }

  #keep(phone: string, id: number, body: Uint8Array): void {
    const keep = (start: number, end: number) => {
      const location = decodeLocation(body, start, end);
      if (typeof location === 'string') throw new Error(`a terminal sent a bad location: ${location}`);
      const list = this.positions.get(phone) ?? [];
      list.push(toPosition(phone, location));
      this.positions.set(phone, list);
    };
    if (id === messageIds.location) keep(0, body.length);
    else this.kinds.push(eachOfBatch(body, 0, body.length, keep)?.kind ?? -1);
  }
}

const from = Date.parse('2026-10-12T00:00+08:00');
const fleet: Fleet = fleetCity({ seed: 6, cars: 6, days: 1, from });
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function platform(): Promise<{ platform: Platform; port: number }> {
  const started = new Platform();
  const port = await started.start();
  stops.push(() => started.stop());
  return { platform: started, port };
}

function terminal(port: number, options: Partial<Jt808TerminalOptions> = {}): Jt808Terminal {
  const [car] = fleet.cars;
  if (car === undefined) throw new Error('no car');
  const made = new Jt808Terminal({
    host: '127.0.0.1',
    port,
    phone: car.point,
    version: '2013',
    plate: car.plate,
    positions: fleet.positionsOf(car.id),
    pace: atOnce,
    clock: systemClock,
    retryMs: 50,
    reconnectMs: 5,
    ...options,
  });
  stops.push(() => made.stop());
  return made;
}

/** What the terminal of a car must have delivered, as rows; sorted, each once. */
function rowsOf(car: string, point: string): string[] {
  const rows = [...fleet.positionsOf(car)].map(({ fix }) =>
    row([point, fix.ts, fix.lat, fix.lon, fix.speedKmh, fix.courseDeg, { ...fix.extras, altitudeM: 0 }]),
  );
  return [...new Set(rows)].sort();
}

function row([point, ts, lat, lon, speedKmh, courseDeg, extras]: WirePosition): string {
  const sorted = Object.fromEntries(Object.entries(extras).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([point, ts, lat.toFixed(6), lon.toFixed(6), speedKmh, courseDeg, sorted]);
}

function delivered(of: Platform, point: string): string[] {
  return [...new Set((of.positions.get(point) ?? []).map(row))].sort();
}

describe('a terminal', () => {
  it.each(protocolVersions)('of %s registers, authenticates and delivers every position', async (version) => {
    const { platform: seen, port } = await platform();
    // A busy machine may answer late: what is sent again is another test's matter.
    const made = terminal(port, { version, retryMs: 20_000 });
    made.start();
    await made.done();
    const [car] = fleet.cars;
    expect(seen.plates).toEqual([car?.plate]);
    expect(delivered(seen, made.phone)).toEqual(rowsOf(car?.id ?? '', made.phone));
    expect(made.counts).toMatchObject({ connections: 1, resent: 0, refused: 0 });
  });

  it('sends again what was not acknowledged, also over a connection that broke', async () => {
    const { platform: seen, port } = await platform();
    seen.deafEvery = 7;
    seen.breakAfter = 5;
    const made = terminal(port);
    made.start();
    await made.done();
    expect(delivered(seen, made.phone)).toEqual(rowsOf(fleet.cars[0]?.id ?? '', made.phone));
    expect(made.counts.connections).toBe(2);
    expect(made.counts.resent).toBeGreaterThan(3);
  });

  it('sends what waited for the network as batches of the blind zone, the rest one by one', async () => {
    const { platform: seen, port } = await platform();
    const now = systemClock.now();
    const positions = [...fleet.positionsOf('car-002')].slice(0, 60).map((sent, index) => ({
      ...sent,
      blind: index >= 10 && index < 45,
      sentAt: index >= 10 && index < 45 ? from + 45_000 : from + index * 1_000,
    }));
    const made = terminal(port, { positions, pace: accelerated(from, now, 1_000) });
    made.start();
    await made.done();
    expect(seen.kinds).toEqual([batchKinds.blindZone, batchKinds.blindZone]);
    expect(made.counts.acknowledged).toBe(60);
  });

  it('puts a large batch into packages', async () => {
    const { platform: seen, port } = await platform();
    const made = terminal(port, { batch: 80 });
    made.start();
    await made.done();
    expect(delivered(seen, made.phone)).toEqual(rowsOf(fleet.cars[0]?.id ?? '', made.phone));
  });

  it('that is not taken says so, and goes on trying until it is stopped', async () => {
    const { platform: seen, port } = await platform();
    seen.refuse = true;
    const made = terminal(port);
    made.start();
    while (seen.connections < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await made.stop();
    expect(made.fault).toBe('registration refused: 4');
    expect(seen.positions.size).toBe(0);
  });

  it('may be stopped twice, and before it was started', async () => {
    const made = terminal(1);
    await made.stop();
    await made.stop();
    expect(made.counts.connections).toBe(0);
  });
});

describe('the terminals of a fleet', () => {
  it('deliver what their cars have, with codes of their own, in any version', async () => {
    const { platform: seen, port } = await platform();
    const codes = new Map(fleet.cars.map(({ point }) => [point, `code-${point}`]));
    const made = new FleetTerminals({
      fleet,
      host: '127.0.0.1',
      port,
      pace: atOnce,
      clock: systemClock,
      codes,
    });
    stops.push(() => made.stop());
    made.start();
    await made.done();
    const cars = fleet.cars.filter(({ terminal: { protocol } }) => protocol === 'jt808');
    expect(made.terminals).toHaveLength(cars.length);
    expect(seen.plates).toEqual([]);
    for (const { id, point } of cars) expect(delivered(seen, point)).toEqual(rowsOf(id, point));
  });
});
