// Errors as RFC 9457 problem documents, whatever went wrong.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorTitle } from '../../core/domain/error-titles.ts';
import { type ErrorCode, isJieyueError, JieyueError } from '../../core/domain/errors.ts';
import { type Message, type Said, wordsOf } from '../../core/domain/message.ts';
import { languageOf } from './csv.ts';
import { type ParameterFault, parameterFaults } from './parameter-faults.ts';
import { headersOf, pathOf } from './request.ts';
import { sayOfRequests } from './said.ts';

export const problemType = 'application/problem+json';

export const problemSchema = z
  .object({
    type: z.string().describe('The kind of error as a URI; the code stands at its end.'),
    title: z
      .string()
      .describe(
        'The kind of error in words, and what to do about it; English, or Chinese where `Accept-Language` asks for it.',
      ),
    status: z.int().describe('The HTTP status.'),
    detail: z
      .string()
      .describe('What was wrong this time: the thing, the value and the way out; in the same language.'),
    code: z.string().describe('The code, from the list in docs/errors.md.'),
    instance: z.string().describe('The address that was asked, without its parameters.'),
    requestId: z.string().describe('Finds this request in the log.'),
    errors: z
      .array(
        z.object({
          parameter: z.string(),
          in: z.string().describe('`query`, `path`, `headers` or `body`.'),
          value: z.string().nullable().describe('What was sent, cut to 100 characters.'),
          message: z.string(),
        }),
      )
      .optional()
      .describe(
        'Each wrong parameter, or each refused row of a list (`bills.3`), where those are what was wrong.',
      ),
  })
  .meta({
    id: 'Problem',
    examples: [
      {
        type: 'urn:jieyue:error:api.bad-request',
        title: 'A parameter is missing or wrong; the message names it.',
        status: 400,
        detail: 'bucket "week": expected one of hour, day, month, year',
        code: 'api.bad-request',
        instance: '/api/v1/consumption',
        requestId: 'm3x0-12',
        errors: [
          {
            parameter: 'bucket',
            in: 'query',
            value: 'week',
            message: 'expected one of hour, day, month, year',
          },
        ],
      },
    ],
  });
export type Problem = z.infer<typeof problemSchema>;

/** Adds the error and not-found handlers: every answer that is not a success is a problem document. */
export function addProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new JieyueError(
        'api.not-found',
        sayOfRequests('route.none', { route: `${request.method} ${pathOf(request)}` }),
      ),
      request,
      reply,
    ),
  );
}

export function sendProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Programs read these as well: English, unless Chinese is asked for.
  const language = languageOf(request, 'en');
  const { status, code, detail, errors } = describe(error, request);
  if (status >= 500) {
    request.log.error({ err: error, requestId: request.id, path: pathOf(request) }, 'request failed');
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="jieyue"');
  if (status === 503) reply.header('retry-after', '5');
  const problem: Problem = {
    type: `urn:jieyue:error:${code}`,
    title: errorTitle(code, language),
    status,
    detail: wordsOf(detail, language),
    code,
    instance: pathOf(request),
    requestId: request.id,
    ...(errors === undefined
      ? {}
      : { errors: errors.map((each) => ({ ...each, message: wordsOf(each.message, language) })) }),
  };
  reply.header('content-language', language);
  // Some faults come before any hook has run.
  reply.headers(headersOf(request));
  return reply.status(status).type(problemType).serializer(JSON.stringify).send(problem);
}

/** Refused rows of a call that writes a list (`details.faults`), by their place in the body. */
function rowFaults(details: Readonly<Record<string, unknown>> | undefined): readonly ParameterFault[] {
  const list = z
    .array(
      z.object({
        list: z.string().optional(),
        index: z.union([z.int(), z.string()]),
        message: z.string(),
        said: z.custom<Said>().optional(),
      }),
    )
    .safeParse(details?.['faults']);
  if (!list.success) return [];
  return list.data.map(({ list: name = 'facts', index, message, said }) => ({
    parameter: `${name}.${index}`,
    in: 'body',
    value: null,
    message: said ?? message,
  }));
}

interface Described {
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: Said;
  readonly errors?: readonly ParameterFault[];
}

function describe(error: FastifyError, request: FastifyRequest): Described {
  if (isJieyueError(error)) {
    const { code, status } = error;
    // What went wrong inside (files, hosts) is for the log.
    const detail = status >= 500 && code !== 'api.busy' ? titleOf(code) : error.said;
    const errors = rowFaults(error.details);
    return { status, code, detail, ...(errors.length === 0 ? {} : { errors }) };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = parameterFaults(error.validation, error.validationContext, request);
    const faults = errors.map(({ parameter, value, message: fault }) =>
      value === null
        ? sayOfRequests('parameter.fault', { parameter, fault })
        : sayOfRequests('parameter.value-fault', { parameter, value, fault }),
    );
    return { status: 400, code: 'api.bad-request', detail: listed(faults), errors };
  }
  if (error.code === 'FST_ERR_HANDLER_TIMEOUT') {
    return { status: 503, code: 'api.timeout', detail: titleOf('api.timeout') };
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const most = request.routeOptions.bodyLimit ?? 0;
    const size = most >= 1024 ** 2 ? `${Math.floor(most / 1024 ** 2)} MB` : `${Math.floor(most / 1024)} kB`;
    return { status: 413, code: 'api.too-large', detail: sayOfRequests('body.too-large', { size }) };
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const types = request.routeOptions.schema?.consumes ?? ['application/json'];
    const either = { zh: types.join(' 或 '), en: types.join(' or ') };
    return { status: 415, code: 'api.media-type', detail: sayOfRequests('body.type', { types: either }) };
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, code: 'api.bad-request', detail: error.message };
  return { status: 500, code: 'api.internal', detail: titleOf('api.internal') };
}

function titleOf(code: ErrorCode): Message {
  return { key: code, texts: [errorTitle(code, 'zh-CN'), errorTitle(code, 'en')], values: {} };
}

function listed(faults: readonly Message[]): Message {
  return { key: 'parameters', texts: ['{faults}', '{faults}'], values: { faults } };
}
