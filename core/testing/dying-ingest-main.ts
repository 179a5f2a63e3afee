// Ingest and rollups as `jieyue ingest` runs them, which kill themselves with SIGKILL at a place that a file names, once:
// `request` (before a request of a write), `confirm` (rows written, marks announced and not confirmed) or `clear` (rollups
// written, marks not cleared). Arguments: that file, `--metrics-port`, its port.
import { readFileSync, rmSync } from 'node:fs';
import { OpsServer } from '../../standalone/ops-server.ts';
import { brokerAccess, makeIngest, makeRegistry } from '../../standalone/parts.ts';
import { surroundings } from '../../standalone/settings.ts';
import { systemClock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { Services, untilSignal } from '../runtime/lifecycle.ts';
import { Metrics } from '../runtime/metrics.ts';
import { openStore } from '../store/open-store.ts';

const [, , file = '', , port = '0'] = process.argv;

function dieAt(place: 'request' | 'confirm' | 'clear'): void {
  let named: string;
  try {
    named = readFileSync(file, 'utf8').trim();
  } catch {
    return;
  }
  if (named !== place) return;
  rmSync(file);
  process.kill(process.pid, 'SIGKILL');
}

const around = surroundings(loadConfig(), 'ingest');
const { config, log } = around;
const services = new Services(log);
const metrics = new Metrics({ processMetrics: true });
const whole = makeRegistry(around);
const registry = {
  ...whole,
  marks: {
    ...whole.marks,
    confirm: async (...args: Parameters<typeof whole.marks.confirm>) => {
      dieAt('confirm');
      await whole.marks.confirm(...args);
    },
    clear: async (...args: Parameters<typeof whole.marks.clear>) => {
      dieAt('clear');
      await whole.marks.clear(...args);
    },
  },
};
const engine = await openStore(config, { clock: systemClock, log, beforeCommit: () => dieAt('request') });
const store = Object.assign(engine, { name: 'store' });
await services.start(registry);
await services.start(store);
const { ingest, rollups } = makeIngest(around, { store, registry, access: brokerAccess(config), metrics });
await services.start(rollups);
await services.start(ingest);
await services.start(new OpsServer(Number(port), metrics, () => ingest.waits));
process.stdout.write('ingest is running\n');
await untilSignal();
await services.stop();
