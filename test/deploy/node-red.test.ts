// The example flow for Node-RED: it can be imported, and speaks topics that exist.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodePayload, matchTopic, topics } from '@pilotwire/contract';
import { expect } from 'chai';

interface FlowNode {
	readonly id: string;
	readonly type: string;
	readonly z?: string;
	readonly wires?: readonly (readonly string[])[];
	readonly topic?: string;
	readonly broker?: string;
	readonly func?: string;
	readonly payload?: string;
}

/** Nodes that every Node-RED has. */
const CORE = [
	'tab',
	'mqtt-broker',
	'comment',
	'mqtt in',
	'mqtt out',
	'inject',
	'debug',
	'switch',
	'change',
	'function',
];

describe('the example flow for Node-RED', () => {
	const file = fileURLToPath(new URL('../../deploy/node-red/pilotwire.json', import.meta.url));
	const nodes = JSON.parse(readFileSync(file, 'utf8')) as FlowNode[];
	const ids = new Set(nodes.map(({ id }) => id));
	const topicOf = (name: string) =>
		Object.values(topics).find((topic) => matchTopic('home', topic, name) !== undefined);
	const feeding = (id: string): FlowNode[] => nodes.filter(({ wires }) => wires?.flat().includes(id));

	it('can be imported: core nodes alone, each id once, each wire to a node of its tab', () => {
		expect(ids.size).to.equal(nodes.length);
		for (const { type, wires = [], z, broker } of nodes) {
			expect(CORE).to.include(type);
			for (const target of wires.flat()) expect(ids).to.include(target);
			if (!['tab', 'mqtt-broker'].includes(type)) expect(nodes.find(({ id }) => id === z)?.type).to.equal('tab');
			if (type.startsWith('mqtt ')) expect(nodes.find(({ id }) => id === broker)?.type).to.equal('mqtt-broker');
		}
	});

	it('hears topics that are said, and says commands that are taken', () => {
		for (const { id, type, topic: name = '' } of nodes.filter(({ type }) => type.startsWith('mqtt '))) {
			const topic = topicOf(name);
			expect(topic, name).not.to.equal(undefined);
			expect(name.endsWith('/set'), name).to.equal(type === 'mqtt out');
			if (type === 'mqtt in' || topic === undefined) continue;
			for (const { func, payload = '' } of feeding(id)) {
				const said = func === undefined ? payload : JSON.stringify(run(func));
				expect(decodePayload(topic as typeof topics.circuitSet, Buffer.from(said)).ok, said).to.equal(true);
			}
		}
	});
});

/** What a function node makes of a message. */
function run(code: string): unknown {
	const made = new Function('msg', code) as (msg: object) => { payload: unknown };
	return made({}).payload;
}
