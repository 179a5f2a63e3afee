// Says in words what was wrong with each parameter: its name, its value, what is allowed.
import type { FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { z } from 'zod';
import { issueMessage } from '../../core/domain/issues.ts';
import type { Message, Said } from '../../core/domain/message.ts';
import { sayOfRequests } from './said.ts';

export interface ParameterFault {
  readonly parameter: string;
  readonly in: string;
  readonly value: string | null;
  readonly message: Said;
}

const places: Readonly<Record<string, string>> = { querystring: 'query', params: 'path' };
const longestValue = 100;

export function parameterFaults(
  issues: readonly FastifySchemaValidationError[],
  context: string | undefined,
  request: FastifyRequest,
): ParameterFault[] {
  const place = places[context ?? ''] ?? context ?? 'request';
  const sent = place === 'query' ? request.query : place === 'path' ? request.params : undefined;
  if (place === 'body') return issues.flatMap((issue) => bodyFaults(issue, request.body));
  return issues.flatMap((issue): ParameterFault[] => {
    const unknown = issue.params['keys'];
    if (issue.keyword === 'unrecognized_keys' && Array.isArray(unknown)) {
      const known = knownParameters(request);
      const message =
        known.length === 0
          ? sayOfRequests('parameter.none-taken')
          : sayOfRequests('parameter.unknown', { known: known.join(', ') });
      return unknown.map((name) => ({
        parameter: cut(String(name)),
        in: place,
        value: null,
        message,
      }));
    }
    const [, parameter = ''] = issue.instancePath.split('/');
    const value = sentValue(sent, parameter);
    const times = timesSent(sent, parameter);
    const message =
      times > 1
        ? sayOfRequests('parameter.repeated', { times })
        : value === null && isMissing(sent, parameter)
          ? absent(parameter, issue, request)
          : wanted(issue);
    return [{ parameter: parameter || place, in: place, value, message }];
  });
}

/** Fields of a body are named by their path: `bills.3.from`. */
function bodyFaults(issue: FastifySchemaValidationError, body: unknown): ParameterFault[] {
  const path = issue.instancePath.split('/').slice(1);
  const unknown = issue.params['keys'];
  if (issue.keyword === 'unrecognized_keys' && Array.isArray(unknown)) {
    return unknown.map((name) => ({
      parameter: cut([...path, String(name)].join('.')),
      in: 'body',
      value: null,
      message: sayOfRequests('field.unknown'),
    }));
  }
  let value: unknown = body;
  for (const part of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  }
  const simple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return [
    {
      parameter: cut(path.join('.')) || 'body',
      in: 'body',
      value: simple ? cut(String(value)) : null,
      message: path.length > 0 && value === undefined ? absentField(issue) : wanted(issue),
    },
  ];
}

/** Ids that stand in a list of the API. */
const listOf: Readonly<Record<string, string>> = {
  institution: 'institutions',
  building: 'buildings',
  vehicle: 'vehicles',
  point: 'points',
};

/** How it is written, rather than of which type it should have been. */
function absent(name: string, issue: FastifySchemaValidationError, request: FastifyRequest): Message {
  const example = exampleOf(request, name);
  if (example !== undefined)
    return sayOfRequests('parameter.absent-such-as', { example: `${name}=${example}` });
  const list = listOf[name];
  return list === undefined ? absentField(issue) : sayOfRequests('parameter.absent-listed', { list });
}

/** A schema without words of its own says only that nothing is no text. */
function absentField(issue: FastifySchemaValidationError): Message {
  return issue.keyword === 'invalid_type' && issue.message?.startsWith('Invalid input') === true
    ? sayOfRequests('parameter.absent')
    : sayOfRequests('parameter.missing', { wanted: wanted(issue) });
}

function exampleOf(request: FastifyRequest, name: string): string | undefined {
  const schema = request.routeOptions.schema?.querystring;
  const field: unknown = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
  const examples = field instanceof z.ZodType ? field.meta()?.['examples'] : undefined;
  return Array.isArray(examples) && typeof examples[0] === 'string' ? examples[0] : undefined;
}

function wanted({ keyword, message = 'is wrong', params }: FastifySchemaValidationError): Message {
  const values = params['values'];
  if (Array.isArray(values)) return sayOfRequests('parameter.choice', { choices: values.join(', ') });
  return issueMessage({ ...params, code: keyword, message });
}

function isMissing(sent: unknown, name: string): boolean {
  return typeof sent === 'object' && sent !== null && name !== '' && !Object.hasOwn(sent, name);
}

function sentValue(sent: unknown, name: string): string | null {
  if (typeof sent !== 'object' || sent === null || !Object.hasOwn(sent, name)) return null;
  const value: unknown = Reflect.get(sent, name);
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A parameter that is repeated in the address arrives as a list. */
function timesSent(sent: unknown, name: string): number {
  if (typeof sent !== 'object' || sent === null || !Object.hasOwn(sent, name)) return 0;
  const value: unknown = Reflect.get(sent, name);
  return Array.isArray(value) ? value.length : 1;
}

function cut(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

function knownParameters(request: FastifyRequest): string[] {
  const schema = request.routeOptions.schema?.querystring;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
