// GET /alarms: what needs someone's attention in the system itself.
import { z } from 'zod';
import type { Alarm } from '../../core/registry/registry.ts';
import { json } from '../http/answers.ts';
import type { TimeText } from '../http/time-text.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

export const alarmSchema = z
  .object({
    kind: z.string().describe('Such as `clock-fault`, `quarantine`, `outbox-near-full`, `outbox-disk`.'),
    subject: z.string().describe('What it is about, such as the id of an agent.'),
    message: z.string(),
    since: z.string(),
    lastAt: z.string().describe('When it was raised last.'),
    count: z.int().describe('How often it was raised.'),
    clearedAt: z.string().nullable().describe('Null while it is open.'),
  })
  .meta({
    id: 'Alarm',
    examples: [
      {
        kind: 'clock-fault',
        subject: 'gateway-1',
        message: 'readings of agent gateway-1 are 2 h ahead of this server; check the clock of its devices',
        since: '2025-03-01T08:00:00+08:00',
        lastAt: '2025-03-01T08:55:00+08:00',
        count: 12,
        clearedAt: null,
      },
    ],
  });

export function addAlarmRoutes(app: ApiApp, { registry, visibleAgents, times }: RouteContext): void {
  app.get(
    `${prefix}/alarms`,
    {
      config: { access: { permission: 'operations:read', scope: 'filtered' } },
      schema: {
        tags: [tags.operations],
        summary: 'Alarms',
        description:
          'Open alarms of the system, the newest first; with `cleared=true` those that are over. An alarm about an ' +
          'agent is seen by who may see the agent, any other by grants over everything.',
        querystring: z.strictObject({
          cleared: z
            .enum(['true', 'false'])
            .default('false')
            .meta({ description: 'Those that are over, instead of the open ones.' }),
        }),
        response: { 200: json('The alarms.', z.object({ alarms: z.array(alarmSchema) })) },
      },
    },
    async (request) => {
      const cleared = request.query.cleared === 'true';
      const [isVisible, alarms] = await Promise.all([
        visibleAgents.within(request.reach),
        registry.alarms.list({ cleared }),
      ]);
      const visible = alarms
        .filter((alarm) => (alarm.clearedAt !== null) === cleared)
        .filter((alarm) => request.reach.everything || isVisible(agentOf(alarm)))
        .sort((a, b) => b.lastAt - a.lastAt);
      return { alarms: visible.map((alarm) => alarmText(alarm, times)) };
    },
  );
}

/** Whether the alarm is about this agent or one of its points. */
export function isAbout(alarm: Alarm, agent: string): boolean {
  return agentOf(alarm) === agent;
}

export function alarmText(alarm: Alarm, times: TimeText): z.infer<typeof alarmSchema> {
  const { kind, subject, message, count } = alarm;
  return {
    kind,
    subject,
    message,
    since: times.of(alarm.since),
    lastAt: times.of(alarm.lastAt),
    count,
    clearedAt: times.orNull(alarm.clearedAt),
  };
}

/** A subject is an agent, or `agent/point`. */
function agentOf({ subject }: Alarm): string {
  const [agent = subject] = subject.split('/', 1);
  return agent;
}
