// The first key: made at the first start, written to `admin-token` (mode 600), shown to a terminal only.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from '../core/domain/texts.ts';
import type { Registry } from '../core/registry/registry.ts';
import { type Config, underHome } from '../core/runtime/config.ts';

export interface AdminKey {
  readonly file: string;
  /** The key in clear; `undefined` where its file was taken away. */
  readonly key: string | undefined;
  /** What a person is told: the key itself only when it is new and a terminal asks. */
  line(terminal: boolean): string;
}

export async function ensureAdminKey(config: Config, registry: Registry): Promise<AdminKey> {
  const file = underHome(config, 'admin-token');
  const { language } = config;
  const principals = await registry.principals.list();
  const known = principals.some(({ grants }) =>
    grants.some(({ role, institution }) => role === 'admin' && institution === null),
  );
  if (known) {
    const key = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
    return { file, key, line: () => `${text(language, 'up.key-file')}: ${file}` };
  }
  const { key } = await registry.principals.create('admin', [{ role: 'admin', institution: null }]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return {
    file,
    key,
    line: (terminal) =>
      terminal ? `${text(language, 'up.key-shown')}: ${key}` : `${text(language, 'up.key-file')}: ${file}`,
  };
}
