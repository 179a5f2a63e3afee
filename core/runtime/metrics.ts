// Prometheus metrics: one registry a process, handed to whoever counts. Names start with `jieyue_`.
//
// Its parts are loaded one by one: the package's front door also loads HTTP, TLS and clusters, at each start.
import { createRequire } from 'node:module';
import type * as prom from 'prom-client';

type Prom = typeof prom;
type Counter<L extends string> = prom.Counter<L>;
type Gauge<L extends string> = prom.Gauge<L>;
type Histogram<L extends string> = prom.Histogram<L>;

const load = createRequire(import.meta.url);
const Registry = load('prom-client/lib/registry.js') as Prom['Registry'];
const Counter = load('prom-client/lib/counter.js') as Prom['Counter'];
const Gauge = load('prom-client/lib/gauge.js') as Prom['Gauge'];
const Histogram = load('prom-client/lib/histogram.js') as Prom['Histogram'];

export class Metrics {
  readonly registry = new Registry();

  constructor(options: { processMetrics?: boolean } = {}) {
    if (!options.processMetrics) return;
    const { collectDefaultMetrics } = load('prom-client') as Prom;
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({
      name: `jieyue_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
    });
  }

  gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({
      name: `jieyue_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
    });
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram({
      name: `jieyue_${name}`,
      help,
      buckets,
      labelNames: [...labelNames],
      registers: [this.registry],
    });
  }

  /** The text that `/metrics` answers with. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
