import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const nothing = new URL('./src/mqtt-parts/nothing.ts', import.meta.url);
const ownProcess = new URL('./src/mqtt-parts/process.ts', import.meta.url);

/** What the sources of the MQTT client ask for, and what they get in a page. */
const parts = {
	debug: new URL('./src/mqtt-parts/debug.cjs', import.meta.url),
	'lru-cache': new URL('./src/mqtt-parts/lru-cache.ts', import.meta.url),
	'readable-stream': new URL('./src/mqtt-parts/streams.ts', import.meta.url),
	'worker-timers': new URL('./src/mqtt-parts/timers.ts', import.meta.url),
	// Ways to connect: the page brings its own.
	'./lib/connect': nothing,
	// Ways to write bytes and numbers that MQTT doesn't have.
	'base64-js': nothing,
	ieee754: nothing,
};

const inside = /\/node_modules\/(mqtt|mqtt-packet|bl|buffer)\//;
const manifest = /\/node_modules\/mqtt\/package\.json$/;

/**
 * Builds the MQTT client from its own sources, not from its bundle for browsers: that one brings along, for every
 * platform there is, what a browser of today has or what this page never asks for.
 *
 * @returns {import('vite').Plugin}
 */
export function mqttFromSources() {
	return {
		name: 'mqtt-from-sources',
		apply: 'build',
		enforce: 'pre',
		config: () => ({
			build: {
				rolldownOptions: {
					transform: { inject: { Buffer: ['buffer', 'Buffer'], process: fileURLToPath(ownProcess) } },
				},
			},
		}),
		resolveId(source, importer) {
			if (source === 'mqtt') return this.resolve('mqtt/index', importer);
			if (importer === undefined || !inside.test(importer)) return undefined;
			// The list of bytes alone, without the stream around it.
			if (source === 'bl') return this.resolve('bl/BufferList', importer);
			return Object.hasOwn(parts, source) ? fileURLToPath(parts[source]) : undefined;
		},
		load(id) {
			if (!manifest.test(id)) return undefined;
			return JSON.stringify({ version: JSON.parse(readFileSync(id, 'utf8')).version });
		},
		transform(code, id) {
			if (!inside.test(id) || !id.endsWith('.js')) return undefined;
			const lean = id.endsWith('/buffer/index.js') ? without(needlessMethods(this.parse(code)), code) : code;
			return { code: withoutLog(lean, this.parse(lean)), map: null };
		},
	};
}

/** Methods of buffers for numbers that MQTT doesn't have, and such as only Node's own code calls. */
const needless = /^((read|write)(Big|Float|Double|Int|Uint|UInt[BL]E|.*LE$)|swap|toLocaleString|inspect|toJSON)/;

/** The statements that give buffers these methods. */
function needlessMethods(program) {
	return program.body.filter(
		({ type, expression }) =>
			type === 'ExpressionStatement' && methodsGiven(expression).some((name) => needless.test(name)),
	);
}

/** By what names a statement `Buffer.prototype.a = Buffer.prototype.b = ...` makes a method. */
function methodsGiven({ type, left, right }) {
	if (type !== 'AssignmentExpression' || left.object?.property?.name !== 'prototype') return [];
	// The last of several names is the one in use: the others are its older spellings.
	return right.type === 'AssignmentExpression' ? methodsGiven(right) : [left.property.name];
}

const logs = /^(debug|((this|that|client)\.)*(log|client\['log'\]))$/;

/** Takes the lines out that only write the client's log: the page has none. */
function withoutLog(code, program) {
	const gaps = [];
	const visit = (node) => {
		if (typeof node !== 'object' || node === null) return;
		const called = node.type === 'ExpressionStatement' ? node.expression.callee : undefined;
		if (called !== undefined && logs.test(code.slice(called.start, called.end))) gaps.push(node);
		else for (const child of Object.values(node)) visit(child);
	};
	visit(program);
	return without(gaps, code);
}

/** Takes statements out. An empty one stays: the line may be all that an `if` does. */
function without(statements, code) {
	let rest = code;
	for (const { start, end } of statements.toSorted((a, b) => b.start - a.start))
		rest = `${rest.slice(0, start)};${rest.slice(end)}`;
	return rest;
}
