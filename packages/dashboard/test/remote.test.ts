import { encodePayload, remoteTopics } from '@pilotwire/contract';
import { expect } from 'chai';
import {
	above,
	hearAgent,
	hearMember,
	partsOf,
	type RemoteAgents,
	takenAt,
	within,
	withOutput,
} from '../src/core/remote.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const at = '2026-01-15T17:00:00.000Z';

describe('machines from afar', () => {
	const state = { at, name: 'Attic', can: { shell: true, camera: { live: true } } };
	const none: RemoteAgents = new Map();

	it('are known by what they say of themselves, until that is cleared', () => {
		const topic = 'pilotwire/home/agents/attic';
		let agents = hearAgent(none, 'home', `${topic}/state`, bytes(encodePayload(remoteTopics.agent, state)));
		agents = hearAgent(agents, 'home', `${topic}/log`, bytes(JSON.stringify({ at, cpuPercent: 12 })));
		expect(agents.get('attic')).to.deep.equal({ isThere: true, state, log: { at, cpuPercent: 12 } });
		agents = hearAgent(agents, 'home', `${topic}/status`, bytes('offline'));
		expect(agents.get('attic')?.isThere).to.equal(false);
		for (const [name, payload] of [
			[`${topic}/state`, '{"name":1}'],
			['pilotwire/other/agents/x/state', '{}'],
			[`${topic}/log`, 'x'],
		] as const)
			expect(hearAgent(agents, 'home', name, bytes(payload))).to.equal(agents);
		expect(hearAgent(agents, 'home', `${topic}/state`, bytes('')).size).to.equal(0);
	});

	it('in a channel are those who say so', () => {
		const agents = hearMember(none, 'attic', '/remote/state', bytes(JSON.stringify(state)));
		expect(agents.get('attic')?.state?.name).to.equal('Attic');
		expect(hearMember(agents, 'page-1', '/remote/log', bytes(JSON.stringify({ at })))).to.equal(agents);
		expect(hearMember(agents, 'attic', '/chat', bytes('hello'))).to.equal(agents);
	});

	it('offer what their configuration allows, in one order', () => {
		expect(partsOf({ isThere: true, state })).to.deep.equal(['camera', 'commands']);
		expect(partsOf({ isThere: true })).to.deep.equal([]);
	});

	it('have paths and pictures by name', () => {
		expect([above('a/b/c'), above('a'), above('')]).to.deep.equal(['a/b', '', '']);
		expect([within('', 'a'), within('a', 'b')]).to.deep.equal(['a', 'a/b']);
		expect(takenAt('20260131T220000000Z.jpg')).to.equal(Date.UTC(2026, 0, 31, 22));
	});
});

describe('the output of a command', () => {
	it('is text without colours, titles and moves of a cursor', () => {
		expect(withOutput('', '\u001b[1;32mgreen\u001b[0m\r\n\u001b]0;title\u0007ok\u0007')).to.equal('green\nok');
		expect(withOutput('ab', '\bc')).to.equal('ac');
		expect(withOutput('', '[31m is text, ]0; too\n]')).to.equal('[31m is text, ]0; too\n]');
	});

	it('is bounded: its end is kept', () => {
		const text = withOutput('a'.repeat(59_999), 'bcd');
		expect(text).to.have.length(60_000);
		expect(text.endsWith('bcd')).to.equal(true);
	});
});
