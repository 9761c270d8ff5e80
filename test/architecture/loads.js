// What a process loads: the modules that its first one imports statically, and all that they import so. What is imported
// when it is needed (`await import`) or for its types alone is not among them.
import { services } from '../../.dependency-cruiser.mjs';

const inPackage = /(?:^|\/)(packages\/[^/]+|broker)\/src\//;
const serviceOf = (source) => {
	const [, place = ''] = inPackage.exec(source) ?? [];
	const name = place.replace('packages/', '');
	return [...services, 'broker', 'simulator'].includes(name) ? name : undefined;
};

/** Each rule: `from` a first module, `forbids` a module that it loads. */
export const loadRules = [
	{
		name: 'configuration-loads-no-service',
		comment: 'Every process reads the configuration of the whole house: that may load none of what is configured.',
		from: /(?:^|\/)(packages\/[^/]+|broker)\/src\/config\.entrance\.ts$/,
		forbids: (loaded) => serviceOf(loaded) !== undefined && /\/src\/(io\/|service\.ts$|index\.ts$)/.test(loaded),
	},
	{
		name: 'service-loads-no-other',
		comment:
			'A process that runs one service has memory and a start for that one: of the others it reads the configuration alone.',
		from: /(?:^|\/)packages\/cli\/src\/(?:services\/([^/]+)|commands\/(?:service|up))\.ts$/,
		forbids: (loaded, { own, readsConfiguration }) =>
			![undefined, own].includes(serviceOf(loaded)) && !readsConfiguration.has(loaded),
	},
	{
		name: 'help-loads-no-library',
		comment: 'Commands, options and their help are known before anything that a command does is loaded.',
		from: /(?:^|\/)packages\/cli\/src\/(?:main|program)\.ts$/,
		forbids: (loaded) =>
			serviceOf(loaded) !== undefined || (loaded.includes('node_modules/') && !loaded.includes('/commander/')),
	},
	{
		name: 'helper-loads-no-bus',
		comment: 'A thread or a child that computes has no log, no bus and no configuration: it takes ./basics, or less.',
		from: /\/src\/(?:io\/argon2-worker|io\/sqlite\/worker|advise\/advice-child|why\/story-child)\.ts$/,
		forbids: (loaded) => /packages\/runtime\/src\/index\.ts$/.test(loaded),
	},
];

/** Where modules of a cruise break these rules, each first module at most once; `to` tells the way there. */
export function loadFaults(modules) {
	const importsOf = new Map(modules.map(({ source, dependencies }) => [source, dependencies.filter(isLoaded)]));
	const loadedBy = (first) => {
		const cameFrom = new Map([[first, undefined]]);
		for (const source of cameFrom.keys())
			for (const { resolved } of importsOf.get(source) ?? [])
				if (!cameFrom.has(resolved)) cameFrom.set(resolved, source);
		return cameFrom;
	};
	const readsConfiguration = new Set(
		modules.flatMap(({ source }) => (/\/config\.entrance\.ts$/.test(source) ? [...loadedBy(source).keys()] : [])),
	);
	return loadRules.flatMap((rule) =>
		modules.flatMap(({ source }) => {
			const [isFirst, own] = rule.from.exec(source) ?? [];
			if (isFirst === undefined) return [];
			const loaded = loadedBy(source);
			const to = [...loaded.keys()].find((one) => one !== source && rule.forbids(one, { own, readsConfiguration }));
			return to === undefined ? [] : [{ rule, from: source, to: wayTo(to, loaded) }];
		}),
	);
}

const isLoaded = ({ dynamic, dependencyTypes }) => !dynamic && !dependencyTypes.includes('type-only');

/** The imports by which a module is reached, from the second one on. */
function wayTo(source, cameFrom) {
	const before = cameFrom.get(source);
	return before === undefined || cameFrom.get(before) === undefined
		? source
		: `${wayTo(before, cameFrom)} -> ${source}`;
}
