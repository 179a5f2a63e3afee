// GET /agents: whether they send, how far behind they are, what ails them.
import { z } from 'zod';
import type { AgentRecord, AgentState, Alarm } from '../../core/registry/registry.ts';
import { json } from '../http/answers.ts';
import { lagSeconds } from '../queries/agent-lag.ts';
import { alarmSchema, alarmText, isAbout } from './alarms.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const agentSchema = z
  .object({
    id: z.string(),
    state: z
      .enum(['online', 'offline', 'never-seen'])
      .describe('`never-seen`: it was created and has not connected yet.'),
    disabled: z.boolean().describe('Its credentials are refused.'),
    createdAt: z.string(),
    version: z.string().nullable(),
    reportedAt: z.string().nullable().describe('When its newest status was written, by its own clock.'),
    offlineSince: z.string().nullable(),
    statusAgeSeconds: z.number().nullable().describe('How long ago the newest status arrived.'),
    lagSeconds: z
      .number()
      .nullable()
      .describe(
        'Age of the oldest reading that waits in its outbox, as of its report (as of now where reports stay out); 0 when nothing waits.',
      ),
    outbox: z
      .object({
        rows: z.int(),
        batches: z.int(),
        bytes: z.int(),
        limitBytes: z.int(),
        oldest: z.string().nullable(),
        nearFull: z.boolean(),
        refusedRows: z.int().describe('Rows refused for want of room since the agent started.'),
        fault: z.string().nullable().describe('The fault of the disk under the outbox while it lasts.'),
      })
      .nullable(),
    quarantinedBatches: z.int().nullable().describe('Batches put aside since they never found an answer.'),
    sources: z.array(
      z.object({
        name: z.string(),
        protocol: z.string(),
        state: z.enum(['ok', 'degraded', 'silent', 'stopped']),
        devices: z.int(),
        devicesSilent: z.int(),
        lastReadAt: z.string().nullable(),
        fault: z.string().nullable(),
      }),
    ),
    alarms: z.array(alarmSchema).describe('Open alarms about this agent.'),
  })
  .meta({
    id: 'Agent',
    examples: [
      {
        id: 'gateway-1',
        state: 'online',
        disabled: false,
        createdAt: '2025-01-02T10:00:00+08:00',
        version: '0.1.0',
        reportedAt: '2025-03-01T09:00:00+08:00',
        offlineSince: null,
        statusAgeSeconds: 12,
        lagSeconds: 0,
        outbox: {
          rows: 0,
          batches: 0,
          bytes: 0,
          limitBytes: 536870912,
          oldest: null,
          nearFull: false,
          refusedRows: 0,
          fault: null,
        },
        quarantinedBatches: 0,
        sources: [
          {
            name: 'meters',
            protocol: 'modbus-tcp',
            state: 'ok',
            devices: 12,
            devicesSilent: 0,
            lastReadAt: '2025-03-01T08:59:55+08:00',
            fault: null,
          },
        ],
        alarms: [],
      },
    ],
  });

export function addAgentRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, clock, visibleAgents, times } = context;

  app.get(
    `${prefix}/agents`,
    {
      config: { access: { permission: 'operations:read', scope: 'filtered' } },
      schema: {
        tags: [tags.operations],
        summary: 'Agents (采集网关)',
        description:
          'Whether each agent sends, how far behind it is, its sources and its open alarms. A key sees an agent when ' +
          'its grants cover all institutions that the agent measures for.',
        querystring: z.strictObject({}),
        response: { 200: json('By id.', z.object({ asOf: z.string(), agents: z.array(agentSchema) })) },
      },
    },
    async (request) => {
      const now = clock.now();
      const [isVisible, records, states, alarms] = await Promise.all([
        visibleAgents.within(request.reach),
        registry.agents.list(),
        registry.agents.states(),
        registry.alarms.list({ cleared: false }),
      ]);
      const byAgent = new Map(states.map((state) => [state.agent, state]));
      const agents = records
        .filter(({ id }) => isVisible(id))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((record) => describe(record, byAgent.get(record.id), alarms, now));
      return { asOf: times.of(now), agents };
    },
  );

  function describe(
    record: AgentRecord,
    state: AgentState | undefined,
    alarms: readonly Alarm[],
    now: number,
  ): z.infer<typeof agentSchema> {
    const status = state?.status ?? null;
    const receivedAt = state?.receivedAt ?? null;
    return {
      id: record.id,
      state: status?.state ?? 'never-seen',
      disabled: record.disabled,
      createdAt: times.of(record.createdAt),
      version: status?.version ?? null,
      reportedAt: times.orNull(status?.at),
      offlineSince: status?.state === 'offline' ? times.orNull(receivedAt) : null,
      statusAgeSeconds: receivedAt === null ? null : Math.max(0, (now - receivedAt) / 1000),
      lagSeconds: status === null ? null : lagSeconds(status, receivedAt, now),
      outbox: status === null ? null : describeOutbox(status.outbox),
      quarantinedBatches: status?.quarantinedBatches ?? null,
      sources: (status?.sources ?? []).map((source) => ({
        ...source,
        lastReadAt: times.orNull(source.lastReadAt),
      })),
      alarms: alarms
        .filter((alarm) => alarm.clearedAt === null && isAbout(alarm, record.id))
        .map((alarm) => alarmText(alarm, times)),
    };
  }

  function describeOutbox(outbox: NonNullable<AgentState['status']>['outbox']) {
    const { oldestTs, fault = null, ...rest } = outbox;
    return { ...rest, oldest: times.orNull(oldestTs), fault };
  }
}
