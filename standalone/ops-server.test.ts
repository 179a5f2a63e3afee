import { describe, expect, it } from 'vitest';
import { Metrics } from '../core/runtime/metrics.ts';
import { opsServer } from './ops-server.ts';

describe('/health and /metrics of a process without an API', () => {
  it('are served at the host that is named, and at 127.0.0.1 where none is', async () => {
    for (const [metricsHost, there, notThere] of [
      [undefined, '127.0.0.1', '127.0.0.2'],
      ['127.0.0.2', '127.0.0.2', '127.0.0.1'],
    ] as const) {
      const options = { metricsPort: '0', ...(metricsHost && { metricsHost }) };
      const server = opsServer(options, new Metrics({ processMetrics: true }), () => []);
      await server?.start();
      try {
        const metrics = await fetch(`http://${there}:${server?.port}/metrics`);
        expect(await metrics.text()).toContain('process_resident_memory_bytes');
        await expect(fetch(`http://${notThere}:${server?.port}/metrics`)).rejects.toThrow();
      } finally {
        await server?.stop();
      }
    }
  });

  it('are there only when they are asked for, on a port that is one', () => {
    const metrics = new Metrics();
    expect(opsServer({ metricsHost: '0.0.0.0' }, metrics, () => [])).toBeUndefined();
    for (const metricsPort of ['http', '70000', '1.5'])
      expect(() => opsServer({ metricsPort }, metrics, () => [])).toThrow(metricsPort);
  });
});
