import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';

const meter = { quantity: 'electricity', address: 0, type: 'uint32' };
const modbus = {
  type: 'modbus-tcp',
  name: 'meters',
  maps: { meter: [meter] },
  devices: [{ point: 'A1', host: '10.0.0.1', map: 'meter' }],
};
const file = {
  type: 'file',
  name: 'history',
  path: 'a.csv',
  point: 'A1',
  timeColumn: 'time',
  columns: { energy: 'electricity' },
};

/** Each fault as `path: message`, below the source. */
function faultsOf(source: unknown): string[] {
  const { error } = configSchema.safeParse({ agent: { id: 'a', sources: [source] } });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`);
}

describe('the configuration of a modbus-tcp source', () => {
  it('is accepted when its maps and devices fit together', () => {
    const maps = {
      meter: [
        meter,
        { quantity: 'power', address: 2, type: 'int16' },
        { quantity: 'solar', address: 0, type: 'float32' },
      ],
      last: [{ quantity: 'water', address: 65_532, type: 'uint64' }],
      tables: [
        { quantity: 'gas', address: 0, type: 'uint32' },
        { quantity: 'heat', address: 1, type: 'uint32', table: 'input' },
      ],
    };
    const devices = Object.keys(maps).map((map) => ({ point: 'A1', host: 'h', map }));
    expect(faultsOf({ ...modbus, maps, devices })).toEqual([]);
  });

  it('names the maps that exist when a device asks for another', () => {
    const devices = [...modbus.devices, { point: 'A2', host: 'h', map: 'metre' }];
    expect(faultsOf({ ...modbus, devices })).toEqual(['devices.1.map: there is no map "metre"; maps: meter']);
    const inherited = [{ point: 'A2', host: 'h', map: 'constructor' }];
    expect(faultsOf({ ...modbus, devices: inherited })).toEqual([
      'devices.0.map: there is no map "constructor"; maps: meter',
    ]);
  });

  it('refuses two devices that report the same quantity of a point', () => {
    const devices = [...modbus.devices, { point: 'A1', host: 'other', map: 'meter' }];
    expect(faultsOf({ ...modbus, devices })).toEqual([
      'devices.1.point: "A1" gets electricity from devices.0 already; a point has one device per quantity',
    ]);
  });

  it('reports every register that cannot be, each by its path', () => {
    const maps = {
      meter: [
        meter,
        { quantity: 'electricity', address: 10, type: 'uint16' },
        { quantity: 'power', address: 1, type: 'uint32' },
        { quantity: 'voltage', address: 65_533, type: 'float64' },
        { quantity: 'current', address: 20, type: 'uint16', scale: 0 },
      ],
    };
    expect(faultsOf({ ...modbus, maps })).toEqual([
      'maps.meter.1.quantity: "electricity" stands at meter.0 already',
      'maps.meter.2.address: uint32 cuts into the registers of meter.0',
      'maps.meter.3.address: float64 takes 4 registers and ends beyond address 65535',
      'maps.meter.4.scale: a scale of 0 makes every value 0',
    ]);
  });
});

describe('the configuration of a file source', () => {
  it('is accepted with columns, a zone and a delimiter', () => {
    expect(faultsOf(file)).toEqual([]);
    for (const delimiter of [',', ';', '\t', '|', '，']) expect(faultsOf({ ...file, delimiter })).toEqual([]);
  });

  it('reports each setting that cannot be, by its path', () => {
    const columns = { a: 'electricity', b: 'electricity', time: 'water' };
    expect(faultsOf({ ...file, zone: 'Asia/Peking', delimiter: '"', columns })).toEqual([
      'zone: time zone "Asia/Peking" does not exist; use an IANA name such as Asia/Shanghai',
      'delimiter: not a letter, digit, quote, line break or one of . + - : /',
      'columns.b: electricity comes from column "a" already',
      'columns.time: this is the column of times',
    ]);
    expect(faultsOf({ ...file, columns: {} })).toEqual([
      'columns: name at least one column: { column name: quantity }',
    ]);
  });
});
