// A Modbus TCP server for tests: answers reads from a function, or with whatever a test wants to be answered.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface ModbusRequest {
  readonly transaction: number;
  readonly unit: number;
  /** 3: holding registers, 4: input registers. */
  readonly functionCode: number;
  readonly address: number;
  readonly count: number;
}

/** Bytes to send, or what else happens: no answer, an orderly end, an abrupt one. */
export type ModbusReply = Buffer | 'silence' | 'close' | 'reset';

export interface ModbusServerOptions {
  /** The 16-bit value of a register; default: its address. */
  readonly register?: (request: ModbusRequest, address: number) => number;
  /** Replaces the right answer; may be late. */
  readonly reply?: (request: ModbusRequest, right: Buffer) => ModbusReply | Promise<ModbusReply>;
  readonly port?: number;
}

export class ModbusServer {
  readonly requests: ModbusRequest[] = [];
  /** Connections accepted so far. */
  accepted = 0;
  readonly sockets = new Set<Socket>();
  readonly #options: ModbusServerOptions;
  readonly #server: Server;

  private constructor(options: ModbusServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(options: ModbusServerOptions = {}): Promise<ModbusServer> {
    const server = new ModbusServer(options);
    server.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.accepted++;
    this.sockets.add(socket);
    socket.setNoDelay();
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (; received.length >= 12; received = received.subarray(12)) void this.#answer(socket, received);
    });
  }

  async #answer(socket: Socket, bytes: Buffer): Promise<void> {
    const request: ModbusRequest = {
      transaction: bytes.readUInt16BE(0),
      unit: bytes.readUInt8(6),
      functionCode: bytes.readUInt8(7),
      address: bytes.readUInt16BE(8),
      count: bytes.readUInt16BE(10),
    };
    this.requests.push(request);
    const right = rightAnswer(request, this.#options.register ?? ((_, address) => address));
    const reply = await (this.#options.reply?.(request, right) ?? right);
    if (socket.destroyed || reply === 'silence') return;
    if (reply === 'close') socket.end();
    else if (reply === 'reset') socket.resetAndDestroy();
    else socket.write(reply);
  }
}

function rightAnswer(
  request: ModbusRequest,
  register: (request: ModbusRequest, address: number) => number,
): Buffer {
  const answer = Buffer.alloc(9 + request.count * 2);
  answer.writeUInt16BE(request.transaction, 0);
  answer.writeUInt16BE(3 + request.count * 2, 4);
  answer.writeUInt8(request.unit, 6);
  answer.writeUInt8(request.functionCode, 7);
  answer.writeUInt8(request.count * 2, 8);
  for (let i = 0; i < request.count; i++) {
    answer.writeUInt16BE(register(request, request.address + i) & 0xffff, 9 + i * 2);
  }
  return answer;
}

/** The device refuses with a Modbus exception. */
export function exceptionAnswer(request: ModbusRequest, code: number): Buffer {
  const answer = Buffer.alloc(9);
  answer.writeUInt16BE(request.transaction, 0);
  answer.writeUInt16BE(3, 4);
  answer.writeUInt8(request.unit, 6);
  answer.writeUInt8(request.functionCode | 0x80, 7);
  answer.writeUInt8(code, 8);
  return answer;
}
