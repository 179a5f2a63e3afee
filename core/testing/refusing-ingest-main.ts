// Ingest and rollups as `jieyue ingest` runs them, on a store that refuses every write while a file exists.
// Arguments: that file, `--metrics-port`, its port.
import { existsSync } from 'node:fs';
import { OpsServer } from '../../standalone/ops-server.ts';
import { brokerAccess, makeIngest, makeRegistry } from '../../standalone/parts.ts';
import { surroundings } from '../../standalone/settings.ts';
import { systemClock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { Services, untilSignal } from '../runtime/lifecycle.ts';
import { Metrics } from '../runtime/metrics.ts';
import { openStore } from '../store/open-store.ts';

const [, , flag = '', , port = '0'] = process.argv;
const around = surroundings(loadConfig(), 'ingest');
const { config, log } = around;
const services = new Services(log);
const metrics = new Metrics({ processMetrics: true });
const registry = makeRegistry(around);
const engine = await openStore(config, {
  clock: systemClock,
  log,
  beforeCommit: () => {
    if (existsSync(flag)) throw new Error(`refused as long as ${flag} exists`);
  },
});
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
