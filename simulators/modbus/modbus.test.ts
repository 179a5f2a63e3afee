import { connect } from 'node:net';
import modbusSerial from 'modbus-serial';
import { afterEach, describe, expect, test } from 'vitest';
import { modbusSourceSchema } from '../../core/runtime/config.ts';
import { registerWords } from '../../core/runtime/source-checks.ts';
import { createCity } from '../city/city.ts';
import type { Fault } from '../faults.ts';
import { Meters } from '../meters.ts';
import type { MapEntry } from './layouts.ts';
import { CityServers, sourceConfig } from './servers.ts';

const ModbusClient = modbusSerial.default;
type ModbusClient = InstanceType<typeof ModbusClient>;

const now = Date.parse('2026-05-20T10:17:31+08:00');
const clock = { now: () => now };
const city = createCity({ seed: 3, to: now, from: now - 60 * 86_400_000, size: 4 });
const started: { stop(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.stop();
});

async function serve(faults: readonly Fault[] = []): Promise<{ servers: CityServers; meters: Meters }> {
  const meters = new Meters(city, faults);
  const servers = new CityServers({ meters, clock });
  started.push(servers);
  await servers.start();
  return { servers, meters };
}

async function client(port: number, unit: number): Promise<ModbusClient> {
  const modbus = new ModbusClient();
  await modbus.connectTCP('127.0.0.1', { port });
  modbus.setID(unit);
  modbus.setTimeout(300);
  started.push({ stop: async () => new Promise((resolve) => modbus.close(() => resolve(undefined))) });
  return modbus;
}

/** Written apart from the encoder, so that one mistake is not made twice. */
function decode(entry: MapEntry, registers: readonly number[]): number {
  const words = entry.wordOrder === 'little' ? [...registers].reverse() : registers;
  const bytes = Buffer.concat(words.map((word) => Buffer.from([word >> 8, word & 0xff])));
  if (entry.type === 'float32') return bytes.readFloatBE();
  if (entry.type === 'bcd32') return Number(bytes.toString('hex')) * entry.scale;
  if (entry.type === 'uint64') return Number(bytes.readBigUInt64BE()) * entry.scale;
  if (entry.type === 'uint32') return bytes.readUInt32BE() * entry.scale;
  if (entry.type === 'int32') return bytes.readInt32BE() * entry.scale;
  if (entry.type === 'int16') return bytes.readInt16BE() * entry.scale;
  throw new Error(`no ${entry.type} in this test`);
}

function read(modbus: ModbusClient, entry: MapEntry): Promise<{ data: number[] }> {
  const words = registerWords[entry.type];
  return entry.table === 'holding'
    ? modbus.readHoldingRegisters(entry.address, words)
    : modbus.readInputRegisters(entry.address, words);
}

describe('the city on Modbus TCP', () => {
  test('the agent’s configuration is valid and names every point once', async () => {
    const { servers } = await serve();
    const config = sourceConfig(city, servers.ports);
    expect(modbusSourceSchema.parse(config)).toEqual(config);
    expect(config.devices.map(({ point }) => point)).toEqual(city.points.map(({ point }) => point));
    expect(new Set(config.devices.map(({ port, unit }) => `${port} ${unit}`)).size).toBe(
      config.devices.length,
    );
  });

  test('every register read by its map is what the meter shows, in every layout', async () => {
    const { servers, meters } = await serve();
    const config = sourceConfig(city, servers.ports);
    const types = new Set<string>();
    for (const device of config.devices) {
      const modbus = await client(device.port, device.unit);
      const point = city.point(device.point);
      for (const entry of config.maps[device.map] ?? []) {
        types.add(entry.type);
        const { data } = await read(modbus, entry);
        const shown = meters.show(point, entry.quantity, now) ?? Number.NaN;
        expect(decode(entry, data), `${device.point} ${entry.quantity}`).toBeCloseTo(
          shown,
          entry.type === 'float32' ? 1 : 6,
        );
      }
    }
    expect(types).toEqual(new Set(['uint32', 'uint64', 'bcd32', 'float32', 'int32', 'int16']));
  });

  test('a silent meter gives no answer while its neighbour does', async () => {
    const [first, second] = city.points;
    const fault: Fault = { kind: 'silence', point: first?.point ?? '', from: now - 1000, to: null, size: 0 };
    const { servers } = await serve([fault]);
    const config = sourceConfig(city, servers.ports);
    const ask = async (index: number) => {
      const device = config.devices[index];
      const [entry] = config.maps[device?.map ?? ''] ?? [];
      if (device === undefined || entry === undefined) throw new Error('no such device');
      return read(await client(device.port, device.unit), entry);
    };
    await expect(ask(0)).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
    await expect(ask(1)).resolves.toMatchObject({ data: expect.any(Array) });
    expect(second).toBeDefined();
  });

  test('units that do not exist, addresses and functions that do not either, are refused by their codes', async () => {
    const { servers } = await serve();
    const port = servers.ports.get(city.buildings[0]?.id ?? '') ?? 0;
    await expect((await client(port, 200)).readHoldingRegisters(0, 2)).rejects.toMatchObject({
      modbusCode: 11,
    });
    const modbus = await client(port, 1);
    await expect(modbus.readHoldingRegisters(60_000, 2)).rejects.toMatchObject({ modbusCode: 2 });
    await expect(modbus.writeRegister(0, 1)).rejects.toMatchObject({ modbusCode: 1 });
  });

  test('what is not Modbus loses its connection and nobody else’s', async () => {
    const { servers } = await serve();
    const config = sourceConfig(city, servers.ports);
    const [device] = config.devices;
    const [entry] = config.maps[device?.map ?? ''] ?? [];
    if (device === undefined || entry === undefined) throw new Error('no device');
    const modbus = await client(device.port, device.unit);
    const closed = new Promise((resolve) => {
      const socket = connect(device.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
      socket.on('error', () => undefined);
      socket.on('close', resolve);
    });
    await closed;
    await expect(read(modbus, entry)).resolves.toMatchObject({ data: expect.any(Array) });
  });

  test('stops twice, and before it has started', async () => {
    const servers = new CityServers({ meters: new Meters(city), clock });
    await servers.stop();
    await servers.start();
    expect([...servers.ports.values()].every((port) => port > 0)).toBe(true);
    await servers.stop();
    await servers.stop();
    expect([...servers.ports.values()]).toEqual(city.buildings.map(() => 0));
  });
});
