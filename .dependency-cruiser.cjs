// Imports point one way: domain <- runtime <- store, registry, uplink <- services <- standalone.
// A service never imports another service. Type-only imports count. Tests and core/testing are exempt.
const test = String.raw`(\.test\.ts$|^core/testing/|^tests/)`;
const services = '^(ingest|api|edge-agent|simulators)/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: { pathNot: 'node_modules' }, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment:
        'core/domain imports itself and zod (luxon in time.ts, a table of dates in workdays.ts, gcoord in fleet/datum.ts); no I/O.',
      severity: 'error',
      from: { path: '^core/domain/', pathNot: test },
      to: {
        pathNot: '^core/domain/|^module$|node_modules/(zod|luxon|@types/luxon|ulid|chinese-days|gcoord)/',
      },
    },
    {
      name: 'runtime-below-store',
      severity: 'error',
      from: { path: '^core/runtime/', pathNot: test },
      to: {
        path: '^(core/(store|registry|uplink|testing)|ingest|api|edge-agent|dashboards|simulators|standalone|bench)/',
      },
    },
    {
      name: 'core-below-services',
      severity: 'error',
      from: { path: '^core/', pathNot: test },
      to: { path: '^(core/testing|ingest|api|edge-agent|dashboards|simulators|standalone|bench)/' },
    },
    {
      name: 'core-rooms-apart',
      comment: 'store, registry and uplink do not know each other.',
      severity: 'error',
      from: { path: '^core/(store|registry|uplink)/', pathNot: test },
      to: { path: '^core/(store|registry|uplink)/', pathNot: '^core/$1/' },
    },
    {
      name: 'services-apart',
      severity: 'error',
      from: { path: '^(ingest|api|edge-agent|simulators)/', pathNot: test },
      to: { path: services, pathNot: '^$1/' },
    },
    {
      name: 'services-below-standalone',
      severity: 'error',
      from: { path: '^(ingest|api|edge-agent|simulators|dashboards)/', pathNot: test },
      to: { path: '^(standalone|bench|core/testing)/' },
    },
    {
      name: 'dashboards-on-domain-only',
      severity: 'error',
      from: { path: '^dashboards/', pathNot: test },
      to: { path: '^(core/(runtime|store|registry|uplink)|ingest|api|edge-agent|simulators)/' },
    },
    {
      name: 'no-dev-dependencies-in-product',
      comment: 'standalone/packaging is a step of the build.',
      severity: 'error',
      from: {
        path: '^(core|ingest|api|edge-agent|dashboards|simulators|standalone)/',
        pathNot: [test, '^standalone/packaging/'],
      },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
