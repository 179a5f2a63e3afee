// A server on a real socket with one car of the school, and clients of its stream of live positions.
import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { ApiDeps } from '../../api/deps.ts';
import { ApiServer } from '../../api/server.ts';
import { hourMs } from '../domain/time.ts';
import { Metrics } from '../runtime/metrics.ts';
import { addCar, drive, putPositions } from './fleet-world.ts';
import { type TestApi, testApi } from './test-api.ts';
import { midnight } from './test-registry.ts';

export const streamPath = '/api/v1/vehicles/live?purpose=watch';
/** The clock stands there. */
export const streamNow = midnight('2024-03-10') + 10 * hourMs;

export interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape.
  readonly data?: any;
}

interface Connection {
  readonly server: () => ApiServer;
  readonly key: string;
  readonly opened: { destroy(): unknown }[];
}

export interface StreamWorld {
  readonly api: TestApi;
  /** Of the school, at `cars/1`. */
  readonly car: string;
  /** Of a supervisor of the school. */
  readonly key: string;
  readonly server: () => ApiServer;
  /** A new server in the place of the one before. */
  start(streams?: ApiDeps['streams'], deps?: Partial<ApiDeps>): Promise<void>;
  listen(options?: { key?: string; query?: string; last?: string }): ReturnType<typeof listen>;
  /** Asks for a stream and reads nothing of it. */
  silentClient(): Promise<Socket>;
  openStreams(): Promise<number>;
  end(): Promise<void>;
}

export async function streamWorld(): Promise<StreamWorld> {
  const api = await testApi();
  api.clock.at = streamNow;
  const car = await addCar(api, { plate: '浙C00001', institution: api.ids.school, terminal: 'cars/1' });
  await putPositions(api, drive('cars/1', streamNow - 10_000, 2));
  const key = await api.keyOf({ role: 'vehicle-supervisor', institution: api.ids.school });
  let running: ApiServer | undefined;
  let metrics = new Metrics();
  const server = () => {
    if (running === undefined) throw new Error('there is no server');
    return running;
  };
  const connection: Connection = { server, key, opened: [] };
  async function start(streams: ApiDeps['streams'] = {}, deps: Partial<ApiDeps> = {}) {
    await running?.stop();
    metrics = new Metrics();
    const made = { ...api.deps, metrics, streams: { everyMs: 20, ...streams }, ...deps };
    running = new ApiServer(made, { host: '127.0.0.1', port: 0 });
    await running.start();
  }
  await start();
  return {
    api,
    car,
    key,
    server,
    start,
    listen: (options) => listen(connection, options),
    silentClient: () => silentClient(connection),
    async openStreams() {
      return Number(/jieyue_position_streams (\d+)/.exec(await metrics.text())?.[1]);
    },
    async end() {
      for (const each of connection.opened.splice(0)) each.destroy();
      await running?.stop();
      await api.end();
    },
  };
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Events as they come; `ended` resolves when the server ends the stream. */
async function listen(
  { server, key, opened }: Connection,
  options: { key?: string; query?: string; last?: string } = {},
) {
  const events: StreamEvent[] = [];
  let wake = () => {};
  const headers: Record<string, string> = {
    authorization: `Bearer ${options.key ?? key}`,
    accept: 'text/event-stream',
    ...(options.last === undefined ? {} : { 'last-event-id': options.last }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const url = `${server().address().url}${streamPath}${options.query ?? ''}`;
    opened.push(httpGet(url, { headers, agent: false }, resolve).on('error', reject));
  });
  let [text, bytes] = ['', 0];
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    bytes += chunk.length;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (data === undefined) continue;
      const [id, event] = [field('id'), field('event')];
      events.push({
        data: JSON.parse(data),
        ...(id === undefined ? {} : { id }),
        ...(event === undefined ? {} : { event }),
      });
    }
    wake();
  });
  const ended = new Promise<void>((resolve) => {
    response.on('close', resolve).on('error', () => resolve());
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    events,
    ended,
    stop: () => response.destroy(),
    bytes: () => bytes,
    async next(count: number): Promise<readonly StreamEvent[]> {
      while (events.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return events.slice(0, count);
    },
  };
}

/** Asks for a stream and reads nothing of it. */
async function silentClient({ server, key, opened }: Connection): Promise<Socket> {
  const socket = await new Promise<Socket>((resolve) => {
    const made = connect(server().address().port, '127.0.0.1', () => resolve(made));
  });
  socket.on('error', () => {});
  socket.pause();
  socket.write(
    `GET ${streamPath} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\naccept: text/event-stream\r\n\r\n`,
  );
  opened.push(socket);
  return socket;
}
