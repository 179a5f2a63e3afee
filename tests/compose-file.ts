// docker-compose.yml as Docker Compose reads it: merged, and its variables filled in.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const root = fileURLToPath(new URL('..', import.meta.url));

const texts = z.array(z.string());
const serviceSchema = z.looseObject({
  image: z.string(),
  command: texts.default([]),
  entrypoint: texts.default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: texts.default([]),
  ports: texts.default([]),
  networks: texts.default([]),
  network_mode: z.string().optional(),
  profiles: texts.default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  restart: z.string(),
  user: z.string(),
  read_only: z.boolean(),
  init: z.boolean(),
  cap_drop: texts,
  security_opt: texts,
  mem_limit: z.string(),
  healthcheck: z.object({ test: texts }).loose().optional(),
});
export type ComposeService = z.infer<typeof serviceSchema>;

const composeSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()),
});
export type Compose = z.infer<typeof composeSchema>;

export interface Variable {
  readonly name: string;
  /** `undefined` where the variable is required (`${NAME:?…}`). */
  readonly fallback: string | undefined;
}

const variablePattern = /\$(?:\$|\{([A-Z_][A-Z0-9_]*)(?::([-?])([^}]*))?\})/g;

export function textOf(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

/** The file with anchors merged and variables as they stand. */
export function rawCompose(path = 'docker-compose.yml'): unknown {
  return parse(textOf(path), { merge: true });
}

/** Every use of a variable. @throws for one that is neither required nor has a default */
export function variablesOf(path = 'docker-compose.yml'): readonly Variable[] {
  const used: Variable[] = [];
  JSON.stringify(rawCompose(path), (_key, value: unknown) => {
    if (typeof value !== 'string') return value;
    for (const [found, name, kind, rest] of value.matchAll(variablePattern)) {
      if (name === undefined) continue;
      if (kind === undefined) throw new Error(`${found}: required (:?) or with a default (:-)?`);
      used.push({ name, fallback: kind === '-' ? rest : undefined });
    }
    return value;
  });
  return used;
}

/** The services with these variables. @throws where a required one is missing, as Docker Compose does */
export function readCompose(environment: Readonly<Record<string, string>>): Compose {
  return composeSchema.parse(filledCompose(environment));
}

/** A file with these variables, as it stands otherwise. */
export function filledCompose(
  environment: Readonly<Record<string, string>>,
  path = 'docker-compose.yml',
): unknown {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.replaceAll(variablePattern, (_found, name?: string, kind?: string, rest?: string) => {
        if (name === undefined) return '$';
        const given = environment[name] ?? '';
        if (given === '' && kind === '?')
          throw new Error(`required variable ${name} is missing a value: ${rest}`);
        return given === '' ? (rest ?? '') : given;
      });
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    return value;
  };
  return fill(rawCompose(path));
}
