// The load generator as a process: options as JSON in the first argument or, so that passwords stay out of process lists,
// on standard input; JSON lines on standard output: `ready`, `progress` every second, `done`, or `error`.
import { text } from 'node:stream/consumers';
import { isJieyueError } from '../../core/domain/errors.ts';
import { LoadGenerator } from './generator.ts';
import { parseLoadOptions } from './options.ts';

const progressMs = 1_000;

async function main(): Promise<void> {
  const generator = new LoadGenerator(
    parseLoadOptions(JSON.parse(process.argv[2] ?? (await text(process.stdin)))),
  );
  say({ type: 'ready', pid: process.pid });
  const progress = setInterval(() => say({ type: 'progress', ...generator.summary() }), progressMs);
  process.once('SIGTERM', () => generator.finish());
  process.once('SIGINT', () => generator.finish());
  const before = process.cpuUsage();
  const summary = await generator.run();
  clearInterval(progress);
  const { user, system } = process.cpuUsage(before);
  say({
    type: 'done',
    ...summary,
    cpuSeconds: (user + system) / 1e6,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    ledger: generator.ledger(),
  });
}

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  say({ type: 'error', code: isJieyueError(error) ? error.code : 'api.internal', message });
  process.exitCode = 1;
});
