// Prometheus metrics: one registry a process, handed to whoever counts. Names start with `jieyue_`.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export class Metrics {
  readonly registry = new Registry();

  constructor(options: { processMetrics?: boolean } = {}) {
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry });
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
