// Up to where each file was read, in a small JSON file, so that a restart does not send everything again: positions that were deleted
// since, after their time of keeping, would come back with it.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const fileSchema = z.object({
  /** Size and time of change when it was read. */
  version: z.string(),
  line: z.int(),
  digest: z.string(),
  /** Read to its end at this version. */
  complete: z.boolean(),
  faults: z.int(),
  firstFault: z.string().nullable(),
  /** Of the last row, which is read again when the file has grown. */
  lastFault: z.string().nullable(),
});
export type FileProgress = z.infer<typeof fileSchema>;
const progressSchema = z.object({ settings: z.string(), files: z.record(z.string(), fileSchema) });

export class Progress {
  readonly path: string;
  readonly #settings: string;
  #files = new Map<string, FileProgress>();

  /** `settings`: with others, files are read anew. */
  constructor(path: string, settings: unknown) {
    this.path = path;
    this.#settings = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
  }

  get files(): ReadonlyMap<string, FileProgress> {
    return this.#files;
  }

  /** What cannot be read, or is of other settings, is no progress: files are sent again, which is harmless. */
  async load(): Promise<void> {
    try {
      const { settings, files } = progressSchema.parse(JSON.parse(await readFile(this.path, 'utf8')));
      if (settings === this.#settings) this.#files = new Map(Object.entries(files));
    } catch {
      this.#files = new Map();
    }
  }

  set(file: string, progress: FileProgress): void {
    this.#files.set(file, progress);
  }

  /** Forgets files that are no longer there. */
  keepOnly(files: readonly string[]): void {
    const there = new Set(files);
    for (const file of this.#files.keys()) if (!there.has(file)) this.#files.delete(file);
  }

  /** Whole or not at all. Rejects when it cannot be written. */
  async save(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const text = JSON.stringify({ settings: this.#settings, files: Object.fromEntries(this.#files) });
    await writeFile(`${this.path}.new`, text, { mode: 0o600 });
    await rename(`${this.path}.new`, this.path);
  }
}
