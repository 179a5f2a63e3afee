// What every telemetry engine must do, as one suite: call `describeStoreContract(name, makePlace)` in the engine's test.
// The parts stand in store-contract/, one subject a file.
import { afterEach, beforeEach, describe } from 'vitest';
import type { TelemetryStore } from '../store/port.ts';
import { compactionContract } from './store-contract/compaction.ts';
import { durabilityContract } from './store-contract/durability.ts';
import { figuresContract } from './store-contract/figures.ts';
import { marksContract } from './store-contract/marks.ts';
import { modelContract } from './store-contract/model.ts';
import { monthColumnsContract } from './store-contract/month-columns.ts';
import type { StorePlace, StoreUnderTest } from './store-contract/place.ts';
import { positionsContract } from './store-contract/positions.ts';
import { readingsContract } from './store-contract/readings.ts';
import { rollupSumsContract } from './store-contract/rollup-sums.ts';
import { rollupsContract } from './store-contract/rollups.ts';
import { sizeContract } from './store-contract/size.ts';
import { windowsContract } from './store-contract/windows.ts';

export interface StoreContractOptions {
  /** Readings in the tests of size; empty for none. */
  readonly sizes?: readonly number[];
  /** Runs of the random comparison with the model. */
  readonly modelRuns?: number;
}

export function describeStoreContract(
  name: string,
  makePlace: () => Promise<StorePlace>,
  options: StoreContractOptions = {},
): void {
  describe(`the ${name} store`, () => {
    let place: StorePlace;
    let store: TelemetryStore;
    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });
    const current: StoreUnderTest = {
      get store() {
        return store;
      },
      get place() {
        return place;
      },
      async reopen() {
        await store.stop();
        store = await place.open();
        return store;
      },
    };
    readingsContract(current);
    windowsContract(current);
    positionsContract(current);
    marksContract(current);
    rollupsContract(current);
    rollupSumsContract(current);
    monthColumnsContract(current);
    figuresContract(current);
    compactionContract(current);
    durabilityContract(current);
    modelContract(makePlace, options.modelRuns ?? 30);
    sizeContract(current, options.sizes ?? [1_000_000]);
  });
}
