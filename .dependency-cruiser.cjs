/** The rules of the house on who may import whom (ARCHITECTURE.md). Run by tools/house-rules/boundaries.test.ts. */
const PURE = [
  '^platform/words/',
  '^workloads/(?!command-line)[^/]+/(order|order-time|order-pages|past-orders|spans|ids|misspelt-fields|menu|preference|tally|pin|tables|topics)\\.ts$',
  '^platform/clock/(day|time-zone)\\.ts$',
  '^platform/log/partition\\.ts$',
];
const ADAPTERS = '^platform/(log|tables)/(kafka|cassandra|embedded)[^/]*\\.ts$';
const TESTS = '\\.(test|testing|contract)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'platform-knows-no-workload', severity: 'error', from: { path: '^platform/' }, to: { path: '^workloads/' } },
    {
      name: 'systems-know-not-each-other',
      comment: 'A system is a folder of workloads/; only the files directly in workloads/ compose them.',
      severity: 'error',
      from: { path: '^workloads/([^/]+)/', pathNot: ['^workloads/(web|command-line)/', TESTS] },
      to: { path: '^workloads/([^/]+)/', pathNot: ['^workloads/$1/'] },
    },
    {
      name: 'manifests-declare-only',
      comment: 'Manifests name what the program has (topics, groups, settings, metrics); they run nothing of it.',
      severity: 'error',
      from: { path: '^cdk8s/', pathNot: [TESTS] },
      to: {
        path: '^(platform|workloads|tools)/',
        pathNot: [
          '^workloads/(catalogue|settings)\\.ts$',
          '^workloads/[^/]+/(topics|[^/]+-fold)\\.ts$',
          '^platform/log/log\\.ts$',
          '^platform/metrics/',
        ],
      },
    },
    {
      name: 'the-image-holds-servers-only',
      comment: 'Neither cdk8s/ nor tools/ is in the image.',
      severity: 'error',
      from: { path: '^(platform|workloads)/', pathNot: [TESTS] },
      to: { path: '^(cdk8s|tools|loadtest)/' },
    },
    {
      name: 'adapters-in-one-place',
      comment: 'Workloads use ports; workloads/adapters.ts alone chooses what stands behind them.',
      severity: 'error',
      from: {
        path: '^(workloads|platform)/',
        pathNot: ['^workloads/adapters\\.ts$', ADAPTERS, '^platform/(tables/migrate|sqlite/)', TESTS],
      },
      to: { path: ADAPTERS },
    },
    {
      name: 'fold-knows-ports-only',
      severity: 'error',
      from: { path: '^platform/fold/', pathNot: [TESTS, '^platform/fold/simulator/'] },
      to: {
        path: '^platform/',
        pathNot: [
          '^platform/fold/',
          '^platform/log/(log|partition|record-size)\\.ts$',
          '^platform/tables/(tables|values)\\.ts$',
          '^platform/clock/',
        ],
      },
    },
    {
      name: 'pure-files-do-no-io',
      severity: 'error',
      from: { path: PURE },
      to: {
        dependencyTypesNot: ['type-only'],
        path: '.',
        pathNot: [...PURE, 'node_modules/zod', '^platform/tables/tables\\.ts$', '^platform/fold/(definition|limits|totals)\\.ts$'],
      },
    },
    {
      name: 'kafkajs-behind-the-log',
      severity: 'error',
      from: { pathNot: ['^platform/log/kafka', '^tools/', TESTS] },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'cassandra-behind-the-tables',
      severity: 'error',
      from: { pathNot: ['^platform/tables/(cassandra|migrate)', '^tools/', TESTS] },
      to: { path: 'node_modules/cassandra-driver' },
    },
    {
      name: 'sqlite-behind-the-ports',
      severity: 'error',
      from: { pathNot: ['^platform/(sqlite/|log/embedded|tables/embedded)', TESTS] },
      to: { path: '^(node:)?sqlite$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['workloads/web/dist', '\\.d\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
