// Who may import whom: the layers of docs/architecture.md, from the ground up. Paths are not anchored at the root, so that
// the fixture in test/architecture is judged by the same rules.
const at = (...names) => `(?:^|/)packages/(${names.join('|')})/src/`;
const brokerAt = '(?:^|/)broker/src/';

const pureAlone = ['contract', 'calendar', 'teleinfo', 'pilot-wire', 'breaker', 'circuit'];
const pureTogether = ['shedding', 'house'];
const pure = [...pureAlone, ...pureTogether];
/** The packages that are services; the broker is one too, and lies elsewhere. */
export const services = [
	'meter-reader',
	'radiator-actuator',
	'switch-actuator',
	'load-shedder',
	'planner',
	'telemetry',
	'home-assistant',
	'thermostat',
	'alerts',
	'bridge',
	'remote-agent',
	'device-gateway',
	'host-monitor',
	'web',
];
const tops = ['simulator', 'cli', 'dashboard'];
const ours = '(?:^|/)(packages/[^/]+|broker)/src/';

/** Node's modules and npm's packages through which a program touches the world. */
const outside = [
	'^(node:)?(fs|fs/promises|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster)$',
	'(?:^|/)node_modules/(serialport|@serialport/[^/]+|i2c-bus|libsql|mqtt|aedes-server-factory|ws|fastify|@fastify/[^/]+|@influxdata/[^/]+|@node-rs/argon2|ioredis|nodemailer|web-push)/',
];

export default {
	forbidden: [
		{
			name: 'pure-imports-nothing-of-ours',
			comment: 'These know nothing of each other: each can be read, tested and used alone.',
			severity: 'error',
			from: { path: `(?:^|/)packages/(${pureAlone.join('|')})/src/` },
			to: { path: ours, pathNot: '(?:^|/)packages/$1/src/' },
		},
		{
			name: 'pure-imports-only-pure',
			comment:
				'shedding and house stand on the pure packages and on nothing else; the twin in house runs what shedding decides.',
			severity: 'error',
			from: { path: `(?:^|/)packages/(${pureTogether.join('|')})/src/` },
			to: { path: ours, pathNot: [at(...pureAlone, 'shedding'), '(?:^|/)packages/$1/src/'] },
		},
		{
			name: 'pure-touches-nothing',
			comment: 'No I/O and nothing of Node: these run in the browser too.',
			severity: 'error',
			from: { path: at(...pure) },
			to: { dependencyTypes: ['core'] },
		},
		{
			name: 'pure-needs-no-library',
			comment: 'The contract has zod/mini; nothing else needs a library.',
			severity: 'error',
			from: { path: at(...pure) },
			to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
		},
		{
			name: 'runtime-imports-only-the-contract',
			comment: 'What all services share knows none of them.',
			severity: 'error',
			from: { path: at('runtime') },
			to: { path: ours, pathNot: at('contract', 'runtime') },
		},
		{
			name: 'accounts-import-only-what-lies-below',
			comment: 'Who may do what is known without any service.',
			severity: 'error',
			from: { path: at('accounts') },
			to: { path: ours, pathNot: at('contract', 'runtime', 'accounts') },
		},
		{
			name: 'dashboard-imports-only-pure',
			comment: 'It runs in a browser, and meets the services on the bus like any other client.',
			severity: 'error',
			from: { path: at('dashboard') },
			to: { path: ours, pathNot: at(...pure, 'dashboard') },
		},
		{
			name: 'no-service-imports-another',
			comment: 'Services meet on the bus only: each can run alone, on another machine.',
			severity: 'error',
			from: { path: `(?:^|/)(packages/(?:${services.join('|')})|broker)/src/` },
			to: { path: [at(...services), brokerAt], pathNot: '(?:^|/)$1/src/' },
		},
		{
			name: 'nothing-imports-the-top',
			comment: 'cli and simulator stand on everything; only the cli starts the simulator.',
			severity: 'error',
			from: { path: ours, pathNot: at(...tops) },
			to: { path: at(...tops) },
		},
		{
			name: 'simulator-knows-no-service',
			comment: 'It speaks bytes and chip registers: nothing tells it from a house.',
			severity: 'error',
			from: { path: at('simulator') },
			to: { path: [at(...services, 'cli'), brokerAt] },
		},
		{
			name: 'outside-only-in-io',
			comment: 'What touches the world lies in io/, one file per outside thing.',
			severity: 'error',
			from: { path: ours, pathNot: ['/src/io/', at('cli')] },
			to: { path: outside, dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'io-imports-no-service',
			comment: 'io/ is at the edge: the service holds it, not the other way round.',
			severity: 'error',
			from: { path: '/src/io/' },
			to: { path: '/src/service\\.ts$' },
		},
		{
			name: 'only-public-entrances',
			comment: "Another package's inside is its own: import it by its name.",
			severity: 'error',
			from: { path: '(?:^|/)(packages/[^/]+|broker)/' },
			to: { path: ours, pathNot: ['(?:^|/)$1/', '/src/(testing/)?index\\.ts$', '/src/[^/]+\\.entrance\\.ts$'] },
		},
		{
			name: 'no-test-in-the-product',
			comment: 'What ships needs nothing of test/, bench/ or the testing entrances.',
			severity: 'error',
			from: { path: ours, pathNot: '/src/testing/' },
			to: { path: ['(?:^|/)(test|bench)/', '/src/testing/', 'node_modules/(mocha|chai|fast-check)/'] },
		},
		{
			name: 'no-circle',
			comment: 'Two modules that import each other are one module, or need a third.',
			severity: 'error',
			from: {},
			// Types that name each other are no circle: nothing of them runs.
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
		},
		{
			name: 'resolvable',
			comment: 'An import that leads nowhere is judged by no rule.',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: ['(?:^|/)(?:packages/[^/]+|broker)/(?:dist|build)/', '(?:^|/)(?:test|bench)/build/'] },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.base.json' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['pilotwire:source', 'import', 'node', 'default', 'types'],
			extensions: ['.ts', '.js', '.json', '.d.ts'],
		},
	},
};
