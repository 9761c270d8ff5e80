import { expect } from 'chai';
import fc from 'fast-check';
import {
	alertTopics,
	bridgeTopics,
	matchTopic,
	remoteTopics,
	topicFilter,
	topicMatcher,
	topicName,
	topics,
} from '../src/index.ts';

const idText = fc.stringMatching(/^[a-z0-9-]{1,20}$/);

describe('a topic', () => {
	it('is named after its template, below the site', () => {
		expect(topicName('home', topics.circuitSet, { circuit: 'salon' })).to.equal('pilotwire/home/circuits/salon/set');
	});

	it('gives back the parameters it was named with, and matches no other template', () => {
		fc.assert(
			fc.property(idText, idText, (site, circuit) => {
				const name = topicName(site, topics.circuit, { circuit });
				expect(matchTopic(site, topics.circuit, name)).to.deep.equal({ circuit });
				expect(matchTopic(site, topics.circuitSet, name)).to.equal(undefined);
				expect(matchTopic(`${site}x`, topics.circuit, name)).to.equal(undefined);
			}),
		);
	});

	it('is told from others that begin or end like it, by one matcher for all names', () => {
		const parametersOf = topicMatcher('home', topics.circuit);
		for (const circuit of ['salon', 'chambre-2', 'salon']) {
			expect(parametersOf(`pilotwire/home/circuits/${circuit}/state`)).to.deep.equal({ circuit });
			expect(parametersOf(`x/pilotwire/home/circuits/${circuit}/state`)).to.equal(undefined);
			expect(parametersOf(`pilotwire/home/circuits/${circuit}/state/x`)).to.equal(undefined);
			expect(parametersOf(`pilotwire/home/circuits/${circuit}/state\n`)).to.equal(undefined);
		}
		const none = topicMatcher('home', topics.shedder);
		expect(none('pilotwire/home/shedder/state')).to.deep.equal({});
		expect(none('pilotwire/home/shedder/shed/state')).to.equal(undefined);
	});

	it('subscribes with + for what is not given', () => {
		expect(topicFilter('home', topics.load)).to.equal('pilotwire/home/meter/+/load/state');
		expect(topicFilter('home', topics.load, { meter: 'main' })).to.equal('pilotwire/home/meter/main/load/state');
	});

	it('lets no id climb out of its level', () => {
		for (const circuit of ['a/b', '+', '#', '', 'Salon', '../x', 'a b']) {
			expect(() => topicName('home', topics.circuit, { circuit }), circuit).to.throw(RangeError, 'expected an id');
			expect(matchTopic('home', topics.circuit, `pilotwire/home/circuits/${circuit}/state`), circuit).to.equal(
				undefined,
			);
		}
	});

	it('is retained exactly where it is a state or a status', () => {
		for (const topic of [
			...Object.values(topics),
			...Object.values(alertTopics),
			...Object.values(bridgeTopics),
			...Object.values(remoteTopics),
		]) {
			expect(topic.retain, topic.template).to.equal(/\/(state|status)$/.test(topic.template));
			// The bytes of a line are too many for a broker to write down for somebody who is away.
			const live = [topics.line.template, topics.hostLog.template, remoteTopics.agentLog.template] as string[];
			const qos = live.includes(topic.template) ? 0 : 1;
			if (/\/(set|event|log)$/.test(topic.template)) expect(topic.qos, topic.template).to.equal(qos);
		}
	});
});
