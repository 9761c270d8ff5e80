// Holds the imports to .dependency-cruiser.mjs and loads.js. First the rules themselves: each file of the fixture breaks one
// rule, named after it, and must be reported for it. Then the project, which must have been read and must break none.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import config from '../../.dependency-cruiser.mjs';
import { loadFaults, loadRules } from './loads.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const tsConfig = extractTsConfig(join(root, 'tsconfig.base.json'));

const rules = [...config.forbidden, ...loadRules];
const ruleOf = (wanted) => rules.find(({ name }) => name === wanted);

async function judge(places, exclude) {
	const options = {
		...config.options,
		exclude: { path: [...config.options.exclude.path, ...exclude] },
		validate: true,
	};
	const ruleSet = { forbidden: config.forbidden };
	const { output } = await cruise(places, { ...options, ruleSet }, options.enhancedResolveOptions, { tsConfig });
	const broken = output.summary.violations.map(({ rule, ...place }) => ({ ...place, rule: ruleOf(rule.name) }));
	return {
		modules: output.modules.map(({ source }) => source),
		violations: [...broken, ...loadFaults(output.modules)],
	};
}

function filesBelow(folder) {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		return statSync(path).isDirectory() ? filesBelow(path) : [path];
	});
}

let failures = 0;
const fail = (text) => {
	failures += 1;
	console.error(text);
};

const fixture = 'test/architecture/fixture';
const seen = await judge([fixture], []);
const breakers = filesBelow(fixture).filter((path) => readFileSync(path, 'utf8').includes('// breaks '));
for (const path of breakers) {
	for (const [, rule] of readFileSync(path, 'utf8').matchAll(/\/\/ breaks ([a-z-]+)/g)) {
		const reported = seen.violations.some((violation) => violation.rule.name === rule && violation.from === path);
		if (!reported) fail(`the rule ${rule} did not report ${path}: it would let the same pass in the project`);
	}
}
const proven = new Set(
	breakers.flatMap((path) =>
		[...readFileSync(path, 'utf8').matchAll(/\/\/ breaks ([a-z-]+)/g)].map(([, rule]) => rule),
	),
);
for (const { name } of rules) if (!proven.has(name)) fail(`no file of the fixture breaks the rule ${name}`);

const { modules, violations } = await judge(['packages', 'broker', 'test', 'bench'], [fixture]);
for (const folder of [...readdirSync('packages').map((name) => `packages/${name}`), 'broker', 'test', 'bench']) {
	const read = modules.filter((source) => source.startsWith(`${folder}/`) && source.endsWith('.ts')).length;
	if (read === 0) fail(`no module of ${folder} was read: nothing is known of its imports`);
}
for (const { name, from } of loadRules)
	if (!modules.some((source) => from.test(source))) fail(`${name}: no module of the project is judged by it`);
for (const { rule, from, to } of violations) {
	fail(`${rule.name}: ${from} -> ${to}\n    ${rule.comment}`);
}
const own = modules.filter((source) => !source.includes('node_modules') && source.endsWith('.ts')).length;
console.log(
	failures === 0
		? `architecture: ${own} modules hold ${rules.length} rules, each proven on ${basename(fixture)}`
		: `architecture: ${failures} faults`,
);
process.exit(failures === 0 ? 0 : 1);
