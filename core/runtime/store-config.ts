// Configuration of the telemetry store: an embedded file, or InfluxDB with a database for each part of the data.
import { z } from 'zod';

const credentials = {
  /** 1.x. */
  user: z.string().optional(),
  password: z.string().optional(),
  passwordFile: z.string().optional(),
  /** 2.x and 3. */
  token: z.string().optional(),
  tokenFile: z.string().optional(),
};
const days = z.coerce.number().int().min(0);

/** Default of `database`: the prefix, `_` and the part. */
const database = { database: z.string().min(1).optional(), ...credentials };
/** `retentionDays`: of rows, when the database is made; 0 keeps them for ever. */
const databaseSchema = z.strictObject({ ...database, retentionDays: days.default(0) });
const figuresSchema = z.strictObject({
  ...database,
  retentionDays: days.default(0).refine((kept) => kept === 0, {
    error: 'figures are kept for ever: plans compare with years long past. Leave this setting out',
  }),
});

const influxSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8086' }).optional(),
  /** Found by /ping where it is not stated. */
  version: z.coerce
    .number()
    .pipe(z.literal([1, 2, 3]))
    .optional(),
  /** 2.x. */
  organisation: z.string().optional(),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, '1 to 40 characters of A-Z a-z 0-9 _ -')
    .default('jieyue'),
  /** For all databases; each may have its own. */
  ...credentials,
  timeoutMs: z.coerce.number().int().min(1_000).default(30_000),
  /** How often a process looks for series that another one began. */
  seriesEveryMs: z.coerce.number().int().min(200).default(30_000),
  readings: databaseSchema.prefault({}),
  positions: databaseSchema.prefault({}),
  figures: figuresSchema.prefault({}),
});
export type InfluxConfig = z.infer<typeof influxSchema>;

export const storeSchema = z
  .strictObject({
    engine: z.enum(['duckdb', 'influx']).default('duckdb'),
    /** duckdb: default telemetry.duckdb under home. */
    path: z.string().optional(),
    memoryLimitMb: z.coerce.number().int().min(64).default(160),
    threads: z.coerce.number().int().min(1).max(64).default(2),
    influx: influxSchema.prefault({}),
  })
  .superRefine(({ engine, influx }, context) => {
    if (engine === 'influx' && influx.url === undefined)
      context.addIssue({ code: 'custom', path: ['influx', 'url'], message: 'the engine influx needs it' });
  });

const parts = ['READINGS', 'POSITIONS', 'FIGURES'] as const;
type Part = (typeof parts)[number];
type PartSetting = 'USER' | 'PASSWORD' | 'PASSWORD_FILE' | 'TOKEN' | 'TOKEN_FILE';

/** Environment variable → path in the configuration. */
export const storeEnvironmentPaths = {
  JIEYUE_STORE_ENGINE: 'store.engine',
  JIEYUE_STORE_PATH: 'store.path',
  JIEYUE_STORE_MEMORY_LIMIT_MB: 'store.memoryLimitMb',
  JIEYUE_STORE_THREADS: 'store.threads',
  JIEYUE_STORE_INFLUX_URL: 'store.influx.url',
  JIEYUE_STORE_INFLUX_VERSION: 'store.influx.version',
  JIEYUE_STORE_INFLUX_ORGANISATION: 'store.influx.organisation',
  JIEYUE_STORE_INFLUX_PREFIX: 'store.influx.prefix',
  JIEYUE_STORE_INFLUX_USER: 'store.influx.user',
  JIEYUE_STORE_INFLUX_PASSWORD: 'store.influx.password',
  JIEYUE_STORE_INFLUX_PASSWORD_FILE: 'store.influx.passwordFile',
  JIEYUE_STORE_INFLUX_TOKEN: 'store.influx.token',
  JIEYUE_STORE_INFLUX_TOKEN_FILE: 'store.influx.tokenFile',
  JIEYUE_STORE_INFLUX_SERIES_EVERY_MS: 'store.influx.seriesEveryMs',
  ...ofPart('READINGS', 'readings'),
  ...ofPart('POSITIONS', 'positions'),
  ...ofPart('FIGURES', 'figures'),
  JIEYUE_STORE_INFLUX_READINGS_RETENTION_DAYS: 'store.influx.readings.retentionDays',
  JIEYUE_STORE_INFLUX_POSITIONS_RETENTION_DAYS: 'store.influx.positions.retentionDays',
} as const;

function ofPart<Name extends Part>(name: Name, path: Lowercase<Name>) {
  return {
    [`JIEYUE_STORE_INFLUX_${name}_USER`]: `store.influx.${path}.user`,
    [`JIEYUE_STORE_INFLUX_${name}_PASSWORD`]: `store.influx.${path}.password`,
    [`JIEYUE_STORE_INFLUX_${name}_PASSWORD_FILE`]: `store.influx.${path}.passwordFile`,
    [`JIEYUE_STORE_INFLUX_${name}_TOKEN`]: `store.influx.${path}.token`,
    [`JIEYUE_STORE_INFLUX_${name}_TOKEN_FILE`]: `store.influx.${path}.tokenFile`,
  } as Record<`JIEYUE_STORE_INFLUX_${Name}_${PartSetting}`, string>;
}
