// One building's gateway: a Modbus TCP server behind which each meter is a unit, 1, 2, 3 …
//
// Written on node:net rather than on modbus-serial's ServerTCP: that one cannot listen on a free port, defers every
// request by a timer and formats each frame for its debug log. The client side is tested with modbus-serial.
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../core/runtime/clock.ts';
import { registerWords } from '../../core/runtime/source-checks.ts';
import type { CityPoint } from '../city/types.ts';
import type { Meters } from '../meters.ts';
import { encode, type MapEntry, mapOf } from './layouts.ts';

/** Sockets at once; one more is closed at once and counted in `refusedSockets`. */
const maxSockets = 32;
const maxRegisters = 125;
const illegalFunction = 1;
const illegalAddress = 2;
const illegalValue = 3;
const targetSilent = 11;

interface Unit {
  readonly point: CityPoint;
  readonly map: readonly MapEntry[];
}

export class ModbusGateway {
  refusedSockets = 0;
  requests = 0;
  readonly #meters: Meters;
  readonly #clock: Clock;
  readonly #host: string;
  readonly #wantedPort: number;
  readonly #units: readonly Unit[];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  /** Unit n is the n-th of `points`, at most 247 of them. `port` 0 takes a free one. */
  constructor(options: {
    meters: Meters;
    points: readonly CityPoint[];
    clock: Clock;
    host?: string;
    port?: number;
  }) {
    if (options.points.length > 247) throw new RangeError('a gateway has at most 247 units');
    this.#meters = options.meters;
    this.#clock = options.clock;
    this.#host = options.host ?? '127.0.0.1';
    this.#wantedPort = options.port ?? 0;
    this.#units = options.points.map((point) => ({ point, map: mapOf(point) }));
  }

  /** The port it listens on; 0 before `start`. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#wantedPort, this.#host, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    if (this.#sockets.size >= maxSockets) {
      this.refusedSockets++;
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    let rest = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (data) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      while (rest.length >= 8) {
        const length = rest.readUInt16BE(4);
        // Not Modbus: there is no way to find the next frame in this stream.
        if (rest.readUInt16BE(2) !== 0 || length < 2 || length > 254) return void socket.destroy();
        if (rest.length < 6 + length) return;
        const answer = this.#answer(rest.subarray(0, 6 + length));
        if (answer !== undefined) socket.write(answer);
        rest = rest.subarray(6 + length);
      }
    });
  }

  /** `undefined`: the device behind the gateway stays silent, and so does the gateway. */
  #answer(request: Buffer): Buffer | undefined {
    this.requests++;
    const code = request[7] ?? 0;
    const unit = this.#units[(request[6] ?? 0) - 1];
    if (unit === undefined) return exception(request, targetSilent);
    if (code !== 3 && code !== 4) return exception(request, illegalFunction);
    if (request.length !== 12) return exception(request, illegalValue);
    const address = request.readUInt16BE(8);
    const count = request.readUInt16BE(10);
    if (count < 1 || count > maxRegisters) return exception(request, illegalValue);
    const entries = unit.map.filter(({ table }) => (table === 'holding') === (code === 3));
    const last = Math.max(...entries.map((entry) => entry.address + registerWords[entry.type]));
    if (entries.length === 0 || address + count > last) return exception(request, illegalAddress);

    const answer = Buffer.alloc(9 + 2 * count);
    request.copy(answer, 0, 0, 8);
    answer.writeUInt16BE(3 + 2 * count, 4);
    answer[8] = 2 * count;
    const block = answer.subarray(9);
    const now = this.#clock.now();
    for (const entry of entries) {
      if (entry.address < address || entry.address + registerWords[entry.type] > address + count) continue;
      const value = this.#meters.show(unit.point, entry.quantity, now);
      if (value === undefined) return undefined;
      encode(entry, value, block, address);
    }
    return answer;
  }
}

function exception(request: Buffer, code: number): Buffer {
  const answer = Buffer.alloc(9);
  request.copy(answer, 0, 0, 8);
  answer.writeUInt16BE(3, 4);
  answer[7] = (answer[7] ?? 0) | 0x80;
  answer[8] = code;
  return answer;
}
