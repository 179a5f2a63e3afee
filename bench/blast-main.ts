// Publishes single-row batches at QoS 1 as fast as the broker takes them, over several connections; waits for nothing.

import { topic } from '../core/domain/topics.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { LeanConnection } from '../simulators/load/connection.ts';
import { BatchEncoder } from '../simulators/load/encoder.ts';
import { seriesNames } from '../simulators/load/workload.ts';

const { url, agents, points, messages } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  agents: { id: string; password: string }[];
  points: number;
  messages: number;
};
const backlogLimit = 64 * 1024;
const perAgent = Math.ceil(messages / agents.length);
const series = seriesNames(points);

await Promise.all(
  agents.map(
    (agent) =>
      new Promise<void>((resolve, reject) => {
        const encoder = new BatchEncoder({ agent: agent.id, idPrefix: 'blast-', series });
        let sent = 0;
        const flush = () => {
          const bytes = encoder.takeUnsent();
          if (bytes !== undefined) connection.send(bytes);
        };
        const pump = () => {
          while (sent < perAgent && connection.backlogBytes < backlogLimit) {
            for (let count = 0; count < 100 && sent < perAgent; count++, sent++) {
              const at = sent % series.length;
              if (encoder.needsFlush(encoder.rowBytes(at) + 256)) flush();
              encoder.begin((sent % 65_535) + 1, sent, systemClock.now(), encoder.rowBytes(at));
              encoder.row(at, systemClock.now(), sent % 100_000);
              encoder.end();
            }
            flush();
          }
          if (sent < perAgent) setImmediate(pump);
          else resolve();
        };
        const connection = new LeanConnection(
          {
            url,
            clientId: agent.id,
            user: agent.id,
            password: agent.password,
            subscription: topic(agent.id, 'ack'),
          },
          {
            onReady: pump,
            onMessage: () => {},
            onIdle: () => {},
            onClose: (error) => error && reject(error),
          },
        );
      }),
  ),
);
process.stdout.write('blast sent\n');
