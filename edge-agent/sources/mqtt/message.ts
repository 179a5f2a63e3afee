// From a message to rows, by the configuration: positions and readings, and what was wrong with it. No I/O.
import type { WirePosition, WireReading } from '../../../core/domain/telemetry.ts';
import { pointPattern } from '../../../core/domain/topics.ts';
import type { MqttPositions, MqttReadings, MqttTopic } from '../../../core/runtime/position-config.ts';
import { TimeReader } from '../csv/times.ts';
import { epochOf, isMissing, numberOf, positionOf, type RawField, shown } from '../position-row.ts';
import { outOfRange } from '../value-range.ts';
import { type JsonPath, jsonPath, valueAt } from './paths.ts';
import { filled, type TopicPattern, topicPattern } from './topics.ts';

export const messageLimits = {
  bytes: 256 * 1024,
  /** Elements of `items`. */
  items: 5_000,
  /** A retained message older than this says what was, not what is. */
  retainedMs: 3_600_000,
} as const;

export type MessageFault =
  | 'too-large'
  | 'not-json'
  | 'too-many-rows'
  | 'retained'
  | 'other-topic'
  | 'name'
  | 'time'
  | 'missing'
  | 'value';

export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retained: boolean;
  /** Of arrival, epoch ms. */
  readonly at: number;
}

export interface MessageRows {
  readonly readings: WireReading[];
  readonly positions: WirePosition[];
  readonly faults: { readonly kind: MessageFault; readonly message: string }[];
}

interface Row {
  readonly item: unknown;
  readonly root: unknown;
  readonly point: string;
  readonly names: ReadonlyMap<string, string>;
  readonly ts: number;
  readonly blame: (kind: MessageFault, message: string) => void;
}

export class MessageReader {
  readonly #entries: readonly Entry[];

  constructor(topics: readonly MqttTopic[]) {
    this.#entries = topics.map((topic) => new Entry(topic));
  }

  /** What to subscribe to, each once. */
  get filters(): string[] {
    return [...new Set(this.#entries.map(({ pattern }) => pattern.filter))];
  }

  /** Every entry whose topic fits reads the message. A bad row, or field, costs itself. Never throws. */
  read(message: Message): MessageRows {
    const rows: MessageRows = { readings: [], positions: [], faults: [] };
    const blame = (kind: MessageFault, text: string) => {
      rows.faults.push({ kind, message: `${shown(message.topic)}: ${text}` });
    };
    const matches = this.#entries.flatMap((entry) => {
      const names = entry.pattern.match(message.topic);
      return names ? [{ entry, names }] : [];
    });
    const { length } = message.payload;
    if (matches.length === 0) blame('other-topic', 'no entry of `topics` is for this topic');
    else if (length > messageLimits.bytes) {
      blame('too-large', `${length} bytes; a message has at most ${messageLimits.bytes}`);
    } else {
      const root = parsed(message.payload);
      if (root === undefined)
        blame('not-json', `not JSON: ${shown(message.payload.toString('utf8', 0, 60))}`);
      else for (const { entry, names } of matches) entry.read(root, names, message, rows, blame);
    }
    return rows;
  }
}

class Entry {
  readonly pattern: TopicPattern;
  readonly #config: MqttTopic;
  readonly #items: JsonPath | undefined;
  readonly #pointField: JsonPath | undefined;
  readonly #timeField: JsonPath | undefined;
  readonly #times: TimeReader;
  readonly #readRow: (row: Row, rows: MessageRows) => void;

  constructor(config: MqttTopic) {
    this.pattern = topicPattern(config.topic);
    this.#config = config;
    this.#items = config.items === undefined ? undefined : jsonPath(config.items);
    this.#pointField = config.pointField === undefined ? undefined : jsonPath(config.pointField);
    this.#timeField = config.time && jsonPath(config.time.field);
    this.#times = new TimeReader(config.time?.zone ?? 'UTC');
    this.#readRow = config.for === 'positions' ? positionReader(config) : readingsReader(config);
  }

  read(
    root: unknown,
    names: ReadonlyMap<string, string>,
    message: Message,
    rows: MessageRows,
    blame: Row['blame'],
  ): void {
    const items = this.#items === undefined ? [root] : valueAt(this.#items, root, root);
    if (!Array.isArray(items)) {
      blame('missing', `there is no array ${this.#items?.text}`);
      return;
    }
    if (items.length > messageLimits.items) {
      blame(
        'too-many-rows',
        `${items.length} elements in ${this.#items?.text}, at most ${messageLimits.items}`,
      );
      return;
    }
    for (const item of items) {
      const point = this.#pointOf(item, root, names, blame);
      const ts = point === undefined ? undefined : this.#timeOf(item, root, message, blame);
      if (point !== undefined && ts !== undefined)
        this.#readRow({ item, root, point, names, ts, blame }, rows);
    }
  }

  #pointOf(
    item: unknown,
    root: unknown,
    names: ReadonlyMap<string, string>,
    blame: Row['blame'],
  ): string | undefined {
    const { points, point: template } = this.#config;
    const field = this.#pointField;
    const value = field === undefined ? filled(template, names) : valueAt(field, item, root);
    if (isMissing(value)) {
      blame('missing', field === undefined ? 'a name in the topic is empty' : `${field.text} is missing`);
      return undefined;
    }
    const said = typeof value === 'number' ? String(value) : value;
    const listed =
      typeof said === 'string' && points && Object.hasOwn(points, said) ? points[said] : undefined;
    const point = points ? listed : said;
    if (typeof point === 'string' && pointPattern.test(point)) return point;
    const advice = points ? 'is not in the list `points`' : 'is no name of a point; give it one in `points`';
    blame('name', `"${shown(value)}" ${advice}`);
    return undefined;
  }

  #timeOf(item: unknown, root: unknown, { retained, at }: Message, blame: Row['blame']): number | undefined {
    const field = this.#timeField;
    if (field === undefined) {
      if (!retained) return at;
      blame('retained', 'a retained message without a time of its own: nobody knows when it was said');
      return undefined;
    }
    const value = valueAt(field, item, root);
    if (isMissing(value)) {
      blame('missing', `${field.text} is missing`);
      return undefined;
    }
    const time = this.#parseTime(value);
    if ('reason' in time) {
      blame('time', `${field.text} "${shown(value)}": ${time.reason}`);
      return undefined;
    }
    if (retained && time.ts < at - messageLimits.retainedMs) {
      blame('retained', `a retained message of ${new Date(time.ts).toISOString()}, over an hour old`);
      return undefined;
    }
    return time.ts;
  }

  #parseTime(value: unknown): { ts: number } | { reason: string } {
    const as = this.#config.time?.as;
    if (as !== 'iso') return epochOf(value, as === 'epoch-s' ? 1000 : 1);
    if (typeof value !== 'string' || value.length > 60) return { reason: 'not a time in ISO 8601' };
    const text = value.trim();
    const time = /^\d+$/.test(text)
      ? { reason: 'digits alone; epoch-s or epoch-ms?' }
      : this.#times.parse(text);
    if ('ts' in time && time.repeat)
      return { reason: 'the clocks showed this time twice; send it with its offset' };
    // Dates beyond what a Date can hold are no business of ours.
    return 'ts' in time && time.ts > 8.64e15 ? { reason: 'too far in the future' } : time;
  }
}

function positionReader(config: MqttPositions): (row: Row, rows: MessageRows) => void {
  const paths = Object.entries({
    lat: config.lat,
    lon: config.lon,
    speed: config.speed?.field,
    course: config.course,
    odometer: config.odometer?.field,
    ignition: config.ignition?.field,
    fix: config.fix?.field,
    altitude: config.altitude,
    satellites: config.satellites,
    fuel: config.fuel,
  } satisfies Record<RawField, string | undefined>).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, jsonPath(text)] as const],
  );
  const pathOf = new Map<string, JsonPath>(paths);
  return ({ item, root, point, ts, blame }, rows) => {
    const raw = Object.fromEntries(paths.map(([name, path]) => [name, valueAt(path, item, root)]));
    const { position, faults } = positionOf(point, ts, { lat: raw['lat'], lon: raw['lon'], ...raw }, config);
    if (position) rows.positions.push(position);
    for (const { field, value, reason } of faults) {
      const path = pathOf.get(field)?.text ?? field;
      if (reason === 'missing') blame('missing', `${path} is missing`);
      else blame('value', `${path} ${value}: ${reason}`);
    }
  };
}

function readingsReader(config: MqttReadings): (row: Row, rows: MessageRows) => void {
  const quantities = config.quantities.map((each) => ({ ...each, path: jsonPath(each.field) }));
  return ({ item, root, point, names, ts, blame }, rows) => {
    for (const { path, quantity, factor, offset, point: template } of quantities) {
      const raw = valueAt(path, item, root);
      if (isMissing(raw)) {
        blame('missing', `${path.text} is missing`);
        continue;
      }
      const said = typeof raw === 'boolean' ? Number(raw) : numberOf(raw);
      // 123457 × 0.01 is 1234.57, not 1234.5700000000002.
      const value = said === undefined ? Number.NaN : Number((said * factor + offset).toPrecision(15));
      const reason = said === undefined ? 'not a number' : outOfRange(quantity, value);
      const at = template === undefined ? point : filled(template, new Map([...names, ['point', point]]));
      if (reason !== undefined) blame('value', `${path.text} ${shown(raw)}: ${reason}`);
      else if (!pointPattern.test(at)) blame('name', `"${shown(at)}" is no name of a point`);
      else rows.readings.push([at, quantity, ts, value]);
    }
  };
}

/** `undefined` for what is no JSON. */
function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
