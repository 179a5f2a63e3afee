// The model passes the contract too: otherwise engines would be compared with something wrong.

import { MemoryPlace, MemoryStore } from './memory-store.ts';
import { describeStoreContract } from './store-contract.ts';

describeStoreContract(
  'memory',
  async () => {
    const place = new MemoryPlace();
    let failing = false;
    let store: MemoryStore | undefined;
    return {
      open: async () => {
        store = new MemoryStore(place);
        store.failing = failing;
        return store;
      },
      failWrites: (fail) => {
        failing = fail;
        if (store !== undefined) store.failing = fail;
      },
      remove: async () => undefined,
    };
  },
  { sizes: [], modelRuns: 3 },
);
