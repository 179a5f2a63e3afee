// GET, POST /definitions…: coefficients, factors, boundaries, rules, plans, quotas, tariffs, with their versions.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import { definitionKindNames } from '../../core/registry/definition-kinds.ts';
import type { Definition, DefinitionKind } from '../../core/registry/ledgers.ts';
import { json } from '../http/answers.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { authorOf, listBodyBytes, reasonField, valueField, writeTimeoutMs } from './writing.ts';

const kindParameter = z
  .enum(definitionKindNames as [DefinitionKind, ...DefinitionKind[]])
  .meta({ description: 'The kind of definition.' });
const idParameter = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'an id is 1 to 64 of a-z 0-9 -, the first no dash')
  .meta({ description: 'The id of the definition.', examples: ['national-14'] });

const headFields = {
  kind: z.enum(definitionKindNames as [DefinitionKind, ...DefinitionKind[]]),
  id: z.string(),
  version: z.int().min(0).describe('0 comes with the program; those recorded count from 1.'),
  builtIn: z.boolean(),
  recordedAt: z.string().nullable().describe('Null of what comes with the program.'),
  author: z.string(),
  reason: z.string(),
};
const headExample = {
  kind: 'plan',
  id: 'national-14',
  version: 0,
  builtIn: true,
  recordedAt: null,
  author: 'jieyue',
  reason: 'built in',
} as const;
const headSchema = z.object(headFields).meta({ id: 'DefinitionHead', examples: [headExample] });
const definitionSchema = z
  .object({ ...headFields, value: z.unknown() })
  .meta({ id: 'Definition', examples: [{ ...headExample, value: { name: '…' } }] });

export function addDefinitionRoutes(app: ApiApp, { registry, times }: RouteContext): void {
  const read = { permission: 'accounts:read', scope: 'system' } as const;
  const head = ({ kind, id, version, builtIn, recordedAt, author, reason }: Definition) => ({
    kind,
    id,
    version,
    builtIn,
    recordedAt: builtIn ? null : times.of(recordedAt),
    author,
    reason,
  });

  app.get(
    `${prefix}/definitions`,
    {
      config: { access: read },
      schema: {
        tags: [tags.ledgers],
        summary: 'Kinds of definitions',
        description: 'Coefficients, carbon factors, boundaries, counting rules, plans, quotas, tariffs.',
        querystring: z.strictObject({}),
        response: { 200: json('The kinds.', z.object({ kinds: z.array(z.enum(definitionKindNames)) })) },
      },
    },
    async () => ({ kinds: definitionKindNames }),
  );

  app.get(
    `${prefix}/definitions/:kind`,
    {
      config: { access: read },
      schema: {
        tags: [tags.ledgers],
        summary: 'Definitions of a kind',
        description: 'The newest version of each, without its value, by id.',
        params: z.object({ kind: kindParameter }),
        querystring: z.strictObject({}),
        response: { 200: json('By id.', z.object({ definitions: z.array(headSchema) })) },
      },
    },
    async ({ params: { kind } }) => ({ definitions: (await registry.definitions.list(kind)).map(head) }),
  );

  app.get(
    `${prefix}/definitions/:kind/:id`,
    {
      config: { access: read },
      schema: {
        tags: [tags.ledgers],
        summary: 'A definition',
        description:
          'The newest version, or the one asked for, with its value; and which versions there are.',
        params: z.object({ kind: kindParameter, id: idParameter }),
        querystring: z.strictObject({
          version: z
            .string()
            .regex(/^\d{1,9}$/, 'a version is a whole number from 0')
            .transform(Number)
            .optional()
            .meta({ description: 'The version; left out: the newest.' }),
        }),
        response: {
          200: json(
            'The definition.',
            z.object({ definition: definitionSchema, versions: z.array(headSchema) }),
          ),
        },
      },
    },
    async ({ params: { kind, id }, query: { version } }) => {
      const found = await registry.definitions.get(kind, id, version);
      if (!found) {
        const which = version === undefined ? '' : ` version ${version}`;
        const message = `there is no ${kind} "${id}"${which}; see ${prefix}/definitions/${kind} for those that there are`;
        throw new JieyueError('registry.not-found', message);
      }
      const versions = await registry.definitions.versions(kind, id);
      return { definition: { ...head(found), value: found.value }, versions: versions.map(head) };
    },
  );

  app.post(
    `${prefix}/definitions/:kind/:id`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'definitions:write', scope: 'everything' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Record a version of a definition',
        description:
          'A new version, which holds from now on for all that name the definition; the same value again changes nothing. All ' +
          'institutions rest on definitions: it takes a grant over everything.',
        params: z.object({ kind: kindParameter, id: idParameter }),
        body: z.strictObject({ reason: reasonField, value: valueField }),
        response: { 200: json('The newest version now.', z.object({ definition: headSchema })) },
      },
    },
    async (request) => {
      const { kind, id } = request.params;
      const { reason, value } = request.body;
      const recorded = await registry.definitions.record(kind, id, value, authorOf(request, reason));
      return { definition: head(recorded) };
    },
  );
}
