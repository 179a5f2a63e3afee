// The generator in a process of its own: feeds an agent over its socket and keeps the ledger: every row whose commit
// to the outbox returned. Rows of a commit that did not return are offered again until it does.
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { WireReading } from '../domain/telemetry.ts';

interface Options {
  port: number;
  seed: number;
  ledger: string;
  points: number;
  /** Quarters of an hour per point. */
  steps: number;
  rowsPerChunk: number;
  pauseMs: number;
  from: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const quarter = 15 * 60_000;

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomFrom(options.seed);

/** Registers with dips, spikes and a reset; a fifth of the rows comes late, some of them much later. */
function chunks(): WireReading[][] {
  const rows: { row: WireReading; at: number }[] = [];
  for (let point = 0; point < options.points; point++) {
    let register = 1_000 * point;
    for (let step = 0; step < options.steps; step++) {
      register += Math.floor(random() * 20);
      const event = random();
      if (event < 0.002) register = 5;
      const shown = event > 0.99 ? 0 : event > 0.985 ? register + 5_000 : register;
      const delay = random() < 0.2 ? random() ** 3 * options.steps : 0;
      const ts = options.from + step * quarter + point;
      rows.push({ row: [`feed.p${point}`, 'electricity', ts, shown / 10], at: step + delay });
    }
  }
  rows.sort((a, b) => a.at - b.at);
  const result: WireReading[][] = [];
  for (let at = 0; at < rows.length; at += options.rowsPerChunk) {
    result.push(rows.slice(at, at + options.rowsPerChunk).map(({ row }) => row));
  }
  return result;
}

/** Offers a chunk until its commit returns; the agent may die and come back meanwhile. */
async function offer(chunk: readonly WireReading[]): Promise<void> {
  for (;;) {
    const answer = await ask(JSON.stringify(chunk));
    if (answer === 'ok') return;
    if (answer !== undefined) process.stdout.write(`refused: ${answer}\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let line: { send(text: string): Promise<string | undefined> } | undefined;

async function ask(text: string): Promise<string | undefined> {
  line ??= await dial();
  const answer = await line?.send(text);
  if (answer === undefined) line = undefined;
  return answer;
}

function dial(): Promise<typeof line> {
  return new Promise((resolve) => {
    const socket = connect(options.port, '127.0.0.1');
    let answered: ((answer: string | undefined) => void) | undefined;
    let closed = false;
    const lost = () => {
      closed = true;
      socket.destroy();
      answered?.(undefined);
      resolve(undefined);
    };
    socket.once('error', lost);
    socket.once('close', lost);
    // readline passes the socket's errors on; they are handled above.
    const lines = createInterface({ input: socket }).on('error', lost);
    lines.on('line', (answer) => answered?.(answer));
    socket.once('connect', () =>
      resolve({
        send: (words) =>
          new Promise((settle) => {
            answered = settle;
            if (closed) settle(undefined);
            else socket.write(`${words}\n`);
          }),
      }),
    );
  });
}

process.stdout.write('feeding\n');
let fed = 0;
for (const chunk of chunks()) {
  await offer(chunk);
  appendFileSync(options.ledger, `${chunk.map((row) => JSON.stringify(row)).join('\n')}\n`);
  fed += chunk.length;
  if (options.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
}
process.stdout.write(`fed ${fed}\n`);
process.exit(0);
