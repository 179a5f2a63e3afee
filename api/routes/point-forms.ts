// Both ways to name a point in an address: /points/agent%2Fpoint/… (documented) and /points/agent/point/… (typed by people).
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { agentIdPattern, pointPattern } from '../../core/domain/topics.ts';
import type { Target } from '../auth/access.ts';
import { pointIdParameter } from '../http/parameters.ts';
import { prefix } from './context.ts';

export interface PointForm {
  readonly url: string;
  readonly params: z.ZodObject;
  readonly scope: (request: FastifyRequest) => Target;
  /** Left out of the OpenAPI document. */
  readonly hide: boolean;
}

const oneSegment = z.strictObject({ id: pointIdParameter });
const twoSegments = z.strictObject({
  agent: z.string().regex(agentIdPattern, 'an agent is 1 to 64 characters of A-Z a-z 0-9 . _ -'),
  point: z.string().regex(pointPattern, 'the point of an agent is 1 to 64 characters of A-Z a-z 0-9 . _ -'),
});

/** @param rest what follows the point, such as `/latest`. */
export function pointForms(rest: string): readonly PointForm[] {
  return [
    {
      url: `${prefix}/points/:id${rest}`,
      params: oneSegment,
      scope: (request) => ({ kind: 'point', id: oneSegment.parse(request.params).id }),
      hide: false,
    },
    {
      url: `${prefix}/points/:agent/:point${rest}`,
      params: twoSegments,
      scope: (request) => {
        const { agent, point } = twoSegments.parse(request.params);
        return { kind: 'point', id: `${agent}/${point}` };
      },
      hide: true,
    },
  ];
}
