// The OpenAPI document, made from the routes' zod schemas, and the page that shows it.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { errorCodes } from '../core/domain/errors.ts';
import type { Access } from './auth/access.ts';
import { permissions } from './auth/permissions.ts';
import { problemType } from './http/problem.ts';
import { tags } from './routes/context.ts';

const description = `Energy, water and car accounting for public institutions.

Send a key with every request: \`Authorization: Bearer jy_…\`. What a key may see follows from its grants: a role and
an institution with all below it. What a key may not see is answered like what does not exist (404).

Times: \`from\` is part of a range, \`to\` is not. A time is ISO 8601 with offset, a local date or time in the system's
zone, or epoch milliseconds; answers have ISO 8601 with offset. Lists come in pages: ask again with \`cursor\` set to
\`next\` until \`next\` is null. Errors are problem documents (RFC 9457) with a \`code\`. What is not known is \`null\`,
never 0.`;

const tagTexts: Readonly<Record<string, string>> = {
  [tags.points]: 'Measuring places: readings as they came, newest values, and what was left out.',
  [tags.consumption]: 'What was used, by hour, day, month and year.',
  [tags.ledgers]:
    'Facts, bills, reports and definitions: read, recorded, corrected, withdrawn, or imported from CSV and workbooks.',
  [tags.vehicles]: 'Official vehicles: where they are and were, trips, findings.',
  [tags.audit]: 'Who looked at positions, and whether that log is whole.',
  [tags.organisation]: 'Institutions and buildings.',
  [tags.operations]: 'Agents, refused rows and alarms.',
  [tags.system]: 'Health, metrics, and this document.',
};

/** Errors that any route with a key can answer with. */
const commonErrors = { 400: 'api.bad-request', 401: 'api.unauthenticated', 403: 'api.forbidden' } as const;

/** Must be added before the routes. */
export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Jieyue 节约', version, description },
      tags: Object.entries(tagTexts).map(([name, text]) => ({ name, description: text })),
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key, which begins with jy_.' },
        },
      },
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document);
      return { schema: withAccess(schema, document.route.config?.access), url };
    },
    transformObject: (document) => tidied(jsonSchemaTransformObject(document)),
  });
}

/** The document at /openapi.json and a page without anything from other servers at /docs. Must be added last. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: { open: true } };
    });
    docs.get('/openapi.json', { schema: { hide: true } as FastifySchema }, async () => docs.swagger());
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      validatorUrl: false,
      staticCSP: [
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
      ].join('; '),
      theme: { title: 'Jieyue 节约 API' },
      uiConfig: { deepLinking: true, displayRequestDuration: true, docExpansion: 'list' },
    });
  });
}

type Transformed = ReturnType<typeof jsonSchemaTransform>['schema'];

/** Says which permission a route needs and which errors it answers with. */
function withAccess(schema: Transformed, access: Access | undefined): Transformed {
  if (schema === undefined || access === undefined) return schema;
  const open = 'open' in access;
  const codes: Record<number, keyof typeof errorCodes> = {
    ...(open ? { 400: 'api.bad-request' } : commonErrors),
    ...(open || access.scope === 'system' || access.scope === 'everything'
      ? {}
      : { 404: 'registry.not-found' }),
    500: 'api.internal',
    ...(open ? {} : { 503: 'store.unavailable' }),
  };
  const responses = Object.entries(codes).map(([status, code]) => [
    status,
    {
      description: errorCodes[code][1],
      content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  const known: object = schema.response ?? {};
  const text: unknown = Reflect.get(schema, 'description');
  const more =
    open || access.more === undefined ? '' : `; ${access.more.words}, \`${access.more.permission}\` instead`;
  const needs = open
    ? ''
    : `\n\nNeeds the permission \`${access.permission}\` (${permissions[access.permission]})${more}.`;
  return {
    ...schema,
    description: `${typeof text === 'string' ? text : ''}${needs}`,
    security: open ? [] : [{ key: [] }],
    response: { ...Object.fromEntries(responses), ...known },
  } as Transformed;
}

type Document = ReturnType<typeof jsonSchemaTransformObject>;

/** Leaves out what is only clutter: the same schemas once more as inputs, and the limits of JavaScript's integers. */
function tidied(document: Document): Document {
  return JSON.parse(JSON.stringify(document), (key: string, value: unknown) => {
    if (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) return undefined;
    if (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) return undefined;
    if (key !== 'schemas' || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([name]) => !name.endsWith('Input')));
  });
}
