// The API as a fastify app, without a socket: hooks, then routes, then the document made from them.
import { fastifySSE } from '@fastify/sse';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RouteOptions,
} from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { fleetSchema } from '../core/runtime/fleet-config.ts';
import { Accounting } from './accounting/accounting.ts';
import type { Access } from './auth/access.ts';
import { addGuard } from './auth/guard.ts';
import type { ApiDeps } from './deps.ts';
import { FleetSight } from './fleet/visibility.ts';
import { addObservation } from './http/observation.ts';
import { addProblems, sendProblem } from './http/problem.ts';
import { serializerCompiler } from './http/serializer.ts';
import { TimeText } from './http/time-text.ts';
import { refuseUnreadable } from './http/unreadable.ts';
import { addDocs, addOpenApi } from './openapi.ts';
import { Directory } from './queries/directory.ts';
import { VisibleAgents } from './queries/visible-agents.ts';
import { addAgentRoutes } from './routes/agents.ts';
import { addAlarmRoutes } from './routes/alarms.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addBillRoutes } from './routes/bills.ts';
import { addChangeRoutes } from './routes/changes.ts';
import { addConsumptionRoutes } from './routes/consumption.ts';
import type { ApiApp, RouteContext } from './routes/context.ts';
import { addCostRoutes } from './routes/costs.ts';
import { addDefinitionRoutes } from './routes/definitions.ts';
import { addEntityRoutes } from './routes/entities.ts';
import { addExclusionRoutes } from './routes/exclusions.ts';
import { addFactRoutes } from './routes/facts.ts';
import { addFigureSectorRoutes } from './routes/figure-sectors.ts';
import { addFigureRoutes } from './routes/figures.ts';
import { addFleetRecordRoutes } from './routes/fleet-records.ts';
import { addHealthRoute } from './routes/health.ts';
import { addKeyUserRoutes } from './routes/key-users.ts';
import { addLatestRoutes } from './routes/latest.ts';
import { addLedgerRoutes } from './routes/ledgers.ts';
import { addLivePositionRoute } from './routes/live-positions.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addOrganisationRoutes } from './routes/organisation.ts';
import { addPlanReviewRoutes } from './routes/plan-reviews.ts';
import { addPlanRoutes } from './routes/plans.ts';
import { addPointRoutes } from './routes/points.ts';
import { addQualityRoutes } from './routes/quality.ts';
import { addQuotaRoutes } from './routes/quotas.ts';
import { addReadingRoutes } from './routes/readings.ts';
import { addReconciliationRoutes } from './routes/reconciliation.ts';
import { addRejectRoutes } from './routes/rejects.ts';
import { addReportRoutes } from './routes/reports.ts';
import { addSupplyRoutes } from './routes/supply.ts';
import { addTrackRoute } from './routes/tracks.ts';
import { addTripRoutes } from './routes/trips.ts';
import { addVehicleAccountRoutes } from './routes/vehicle-accounts.ts';
import { addVehicleEnergyRoutes } from './routes/vehicle-energy.ts';
import { addVehicleFindingRoutes } from './routes/vehicle-findings.ts';
import { addVehiclePublicationRoutes } from './routes/vehicle-publication.ts';
import { addVehicleRosterRoutes } from './routes/vehicle-roster.ts';
import { addVehicleRoutes } from './routes/vehicles.ts';

/** Routes that take lists or files say more themselves; whatever else is sent is small or refused. */
const bodyLimitBytes = 64 * 1024;
/** Long enough for a file of 50 MB over a slow line. */
const requestTimeoutMs = 120_000;
const answerTimeoutMs = 30_000;
/** Of streams: proxies end what is silent for a minute. */
const heartbeatMs = 15_000;
/** `agent/point` percent-encoded has 131 characters; encoded needlessly, three times that. */
const longestParameter = 400;

export interface RouteEntry {
  readonly method: string;
  readonly url: string;
  /** `undefined`: the route declares nothing and is denied. */
  readonly access: Access | undefined;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route there is, with what it declares about access. */
    routeTable(): RouteEntry[];
  }
}

/** The app; it is ready after `await app.ready()`, which `inject` and `listen` do by themselves. */
export function buildApp(deps: ApiDeps): FastifyInstance {
  const startedAt = deps.clock.now().toString(36);
  let requests = 0;
  const app: ApiApp = fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `${startedAt}-${++requests}`,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    handlerTimeout: answerTimeoutMs,
    routerOptions: { maxParamLength: longestParameter },
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply);
    },
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.decorate('routeTable', () => routes.flatMap(entriesOf));

  const directory = new Directory(deps.registry, deps.clock);
  const fleet = deps.fleet ?? fleetSchema.parse({});
  const context: RouteContext = {
    ...deps,
    directory,
    visibleAgents: new VisibleAgents({ ...deps, directory }),
    times: new TimeText(deps.calendar),
    accounting: deps.accounting ?? new Accounting(deps),
    fleet,
    sight: new FleetSight({ ...deps, fleet }),
  };
  addProblems(app);
  addObservation(app, deps);
  addGuard(app, { ...deps, directory });
  app.register(async (scope) => {
    await addOpenApi(scope, deps.version);
    await scope.register(fastifySSE, { heartbeatInterval: heartbeatMs });
    for (const add of routeGroups) add(scope.withTypeProvider<ZodTypeProvider>(), context);
    await addDocs(scope);
  });
  return app;
}

const routeGroups: readonly ((app: ApiApp, context: RouteContext) => void)[] = [
  addPointRoutes,
  addReadingRoutes,
  addLatestRoutes,
  addExclusionRoutes,
  addConsumptionRoutes,
  addFigureRoutes,
  addFigureSectorRoutes,
  addPlanRoutes,
  addPlanReviewRoutes,
  addQuotaRoutes,
  addKeyUserRoutes,
  addCostRoutes,
  addQualityRoutes,
  addSupplyRoutes,
  addReconciliationRoutes,
  addOrganisationRoutes,
  addEntityRoutes,
  addFactRoutes,
  addBillRoutes,
  addReportRoutes,
  addDefinitionRoutes,
  addLedgerRoutes,
  addVehicleRoutes,
  addFleetRecordRoutes,
  addVehicleAccountRoutes,
  addVehicleRosterRoutes,
  addVehiclePublicationRoutes,
  addVehicleEnergyRoutes,
  addLivePositionRoute,
  addTrackRoute,
  addTripRoutes,
  addVehicleFindingRoutes,
  addAuditRoutes,
  addChangeRoutes,
  addAgentRoutes,
  addRejectRoutes,
  addAlarmRoutes,
  addHealthRoute,
  addMetricsRoute,
];

function entriesOf({ method, url, config }: RouteOptions): RouteEntry[] {
  return [method].flat().map((each) => ({ method: each, url, access: config?.access }));
}
