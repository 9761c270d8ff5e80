import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ownProcess = new URL('./src/mqtt-parts/process.ts', import.meta.url);
const nothing = new URL('./src/mqtt-parts/nothing.ts', import.meta.url);

/** What the sources of the MQTT client ask for, and what they get in a page. */
const parts = {
	debug: new URL('./src/mqtt-parts/debug.cjs', import.meta.url),
	bl: new URL('./src/mqtt-parts/byte-list.cjs', import.meta.url),
	buffer: new URL('./src/mqtt-parts/bytes.ts', import.meta.url),
	events: new URL('./src/mqtt-parts/events.ts', import.meta.url),
	'lru-cache': new URL('./src/mqtt-parts/lru-cache.ts', import.meta.url),
	'process-nextick-args': ownProcess,
	'readable-stream': new URL('./src/mqtt-parts/streams.ts', import.meta.url),
	'rfdc/default': new URL('./src/mqtt-parts/clone.ts', import.meta.url),
	'./get-timer': new URL('./src/mqtt-parts/timers.ts', import.meta.url),
	// Packets as one piece: the page writes them into its stream.
	'./generate': nothing,
};

/** Of the package, the class alone: ways to connect and other stores are left out. */
const CLIENT = '\0mqtt-client';
const clientAlone = `export { default as MqttClient } from 'mqtt/lib/client';`;

const inside = /\/node_modules\/(mqtt|mqtt-packet)\//;
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
					transform: { inject: { process: fileURLToPath(ownProcess) } },
				},
			},
		}),
		resolveId(source, importer) {
			if (source === 'mqtt') return CLIENT;
			if (importer === undefined || !inside.test(importer)) return undefined;
			return Object.hasOwn(parts, source) ? fileURLToPath(parts[source]) : undefined;
		},
		load(id) {
			if (id === CLIENT) return clientAlone;
			if (!manifest.test(id)) return undefined;
			return JSON.stringify({ version: JSON.parse(readFileSync(id, 'utf8')).version });
		},
		transform(code, id) {
			if (!inside.test(id) || !id.endsWith('.js')) return undefined;
			return { code: withoutLog(code, this.parse(code)), map: null };
		},
	};
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
