// The promise: what the outbox took is in the store exactly once, whoever is killed on the way, and the figures are
// those of a computation from scratch.
import { describe, expect, it } from 'vitest';
import { sleep } from '../core/runtime/clock.ts';
import { expectLedger, ready, settle, startAll, world } from './loss-world.ts';

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('nothing is lost', () => {
  it('when agent, broker and ingest are killed twenty times at random moments', {
    timeout: 240_000,
  }, async (context) => {
    const seed = 20_261;
    const random = seeded(seed);
    const all = await world(context, { seed });
    await startAll(all, ['broker', 'ingest', 'agent', 'feeder']);

    const killed = { broker: 0, ingest: 0, agent: 0 };
    for (let kill = 0; kill < 20; kill++) {
      await sleep(200 + random() * 900);
      const name = (['ingest', 'agent', 'broker'] as const)[kill % 3] ?? 'ingest';
      await all[name].end('SIGKILL');
      killed[name]++;
      await sleep(random() * 300);
      await all[name].start(ready[name]);
    }
    expect(killed).toEqual({ ingest: 7, agent: 7, broker: 6 });
    await all.feeder.line(/^fed /);
    await settle(all);
    await expectLedger(all);
  });
});
