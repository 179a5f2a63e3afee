// How much the rollup worker holds and does at once. Tests set smaller limits; nobody else does.

export interface RollupLimits {
  /** Series whose end is remembered: about 2 KB each. Beyond, the longest unused is looked up again. */
  readonly rememberedSeries: number;
  /** Series with marks that a pass looks at; the others wait behind them. */
  readonly seriesPerPass: number;
  /** Readings that a pass takes on, by estimate; one series at least. */
  readonly readingsPerPass: number;
  /** The same while ingest has work: short passes, so that the pauses between them leave it most of the machine. */
  readonly readingsPerBusyPass: number;
  /** Readings, counted as they are read, after which a pass begins no further series. */
  readonly countedReadingsPerPass: number;
  /** Hours that a pass makes before it stores them: a gap of years fills many. Series beyond wait for the next. */
  readonly hoursPerPass: number;
  /** Readings that are asked for by one query, by estimate and what estimates proved worth so far. */
  readonly readingsPerRead: number;
  /** Windows that are read by one query for late readings. */
  readonly windowsPerRead: number;
  /** Failing series that are set aside; beyond, the one set aside first is tried again. */
  readonly seriesAside: number;
}

export const rollupLimits: RollupLimits = {
  rememberedSeries: 20_000,
  seriesPerPass: 8_192,
  readingsPerPass: 400_000,
  readingsPerBusyPass: 80_000,
  countedReadingsPerPass: 800_000,
  hoursPerPass: 60_000,
  readingsPerRead: 200_000,
  windowsPerRead: 2_000,
  seriesAside: 10_000,
};
