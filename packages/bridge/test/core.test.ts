import { mayPublish, maySubscribe } from '@pilotwire/accounts';
import { alertTopics, type BridgeEvent, remoteTopics, topicName, topics } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import { CALL_LIFE_MS, Calls, MOST_CALLS } from '../src/core/calls.ts';
import { Claim } from '../src/core/claim.ts';
import { allowWords, shareWords } from '../src/core/groups.ts';
import { MOST_EVENT_CHARACTERS, MOST_EVENTS, MOST_STATES, Outbox, type Outgoing } from '../src/core/outbox.ts';
import { Pace } from '../src/core/pace.ts';
import { Routes } from '../src/core/routes.ts';

const everything = { share: shareWords, allow: allowWords, mayPublish: () => true };
const between = (site: string, house: string) => new Routes({ site, house, ...everything });

describe('what crosses a bridge', () => {
	const id = fc.constantFrom('home', 'dupont', 'martin', 'salon', 'all', 'bridge', 'telemetry', 'x');
	const houseId = fc.constantFrom('home', 'dupont', 'martin');
	/** Names of the contract's topics of several houses, and names near to these. */
	const name = fc.oneof(
		fc
			.tuple(
				houseId,
				fc.constantFrom(...Object.values({ ...topics, ...alertTopics, ...remoteTopics })),
				fc.array(id, { minLength: 2, maxLength: 2 }),
			)
			.map(([site, topic, ids]) => {
				let at = 0;
				return `pilotwire/${site}/${topic.template.replaceAll(/\{\w+\}/g, () => ids[at++] ?? 'x')}`;
			}),
		fc
			.array(fc.oneof(id, fc.constantFrom('pilotwire', '+', '#', '', 'state', 'set', 'rpc', 'circuits')), {
				maxLength: 6,
			})
			.map((levels) => levels.join('/')),
	);

	it('is of this house alone, in both directions, and keeps all but the name of the house', () => {
		let crossed = 0;
		fc.assert(
			fc.property(houseId, houseId, name, (site, house, topic) => {
				const routes = between(site, house);
				const out = routes.outward(topic);
				if (out !== undefined) {
					crossed += 1;
					expect(topic.startsWith(`pilotwire/${site}/`), topic).to.equal(true);
					expect(out.name).to.equal(`pilotwire/${house}/${topic.slice(`pilotwire/${site}/`.length)}`);
				}
				const inward = routes.inward(topic);
				if (inward === undefined) return;
				crossed += 1;
				expect(topic.startsWith(`pilotwire/${house}/`), topic).to.equal(true);
				if (inward.kind === 'command')
					expect(inward.name).to.equal(`pilotwire/${site}/${topic.slice(`pilotwire/${house}/`.length)}`);
			}),
			{ numRuns: 2_000 },
		);
		expect(crossed).to.be.greaterThan(100);
	});

	it('never comes back the way it went, whatever the house is called outside', () => {
		fc.assert(
			fc.property(houseId, houseId, name, (site, house, topic) => {
				const routes = between(site, house);
				const out = routes.outward(topic);
				if (out !== undefined) expect(routes.inward(out.name), out.name).to.equal(undefined);
				const inward = routes.inward(topic);
				if (inward?.kind === 'command') expect(routes.outward(inward.name), inward.name).to.equal(undefined);
				// One bridge's outside is another's home: what came in there doesn't go out again.
				const other = between(house, 'martin');
				if (inward !== undefined) expect(other.outward(topic), topic).to.equal(undefined);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('are by default states, and nothing comes in', () => {
		const routes = new Routes({ site: 'home', house: 'dupont', share: ['states'], allow: [], mayPublish: () => true });
		const of = (topic: string): string | undefined => routes.outward(`pilotwire/home/${topic}`)?.name;
		expect(of('circuits/salon/state')).to.equal('pilotwire/dupont/circuits/salon/state');
		expect(of('alerts/state')).to.equal('pilotwire/dupont/alerts/state');
		expect(of('services/telemetry/status')).to.equal('pilotwire/dupont/services/telemetry/status');
		for (const topic of ['lines/main/log', 'meter/main/load/log', 'circuits/salon/set', 'hosts/pi/state'])
			expect(of(topic), topic).to.equal(undefined);
		for (const topic of ['services/telemetry/rpc/x', 'agents/pi/state', 'bridge/state', 'services/bridge/status'])
			expect(of(topic), topic).to.equal(undefined);
		expect(routes.outsideFilters).to.deep.equal([]);
		expect(routes.inward('pilotwire/dupont/circuits/salon/set')).to.equal(undefined);
	});

	it('comes in as far as it is allowed, and as the role may', () => {
		const mayPublish = (topic: string): boolean => !topic.includes('-admin');
		const routes = new Routes({
			site: 'home',
			house: 'dupont',
			share: ['states'],
			allow: ['orders', 'devices'],
			mayPublish,
		});
		const of = (topic: string) => routes.inward(`pilotwire/dupont/${topic}`);
		expect(of('circuits/all/set')).to.include({ kind: 'command', name: 'pilotwire/home/circuits/all/set' });
		expect(of('services/device-gateway/rpc/c1')).to.deep.equal({
			kind: 'call',
			service: 'device-gateway',
			client: 'c1',
		});
		expect(of('services/device-gateway-admin/rpc/c1')).to.equal(undefined);
		for (const topic of ['programmes/set', 'services/telemetry/rpc/c1', 'circuits/salon/state'])
			expect(of(topic), topic).to.equal(undefined);
		expect(routes.outsideFilters).to.have.members([
			...[
				'circuits/+/set',
				'devices/+/set',
				'services/device-gateway/rpc/+',
				'services/device-gateway-admin/rpc/+',
			].map((filter) => `pilotwire/dupont/${filter}`),
		]);
	});

	it('asks at home for nothing that its own account may not', () => {
		const bridge = { kind: 'service', name: 'bridge' } as const;
		const routes = between('home', 'dupont');
		for (const filter of routes.homeFilters) expect(maySubscribe('home', bridge, filter), filter).to.equal(true);
		for (const filter of routes.outsideFilters) {
			const topic = filter
				.replaceAll(/rpc\/\+$/g, 'rpc/c0123456789ab')
				.replaceAll('+', 'x')
				.replace('dupont', 'home');
			expect(mayPublish('home', bridge, topic), topic).to.equal(true);
		}
	});

	it('has every command of the contract in a word of `allow`', () => {
		const routes = between('home', 'dupont');
		const parameters = { circuit: 'x', device: 'x', probe: 'x', thermostat: 'x', host: 'x' };
		const left = Object.entries(topics)
			.filter(([, { template }]) => template.endsWith('/set'))
			.filter(([, topic]) => routes.inward(topicName('dupont', topic, parameters as never)) === undefined);
		// Who watches a machine sees the command lines of its programs.
		expect(left.map(([key]) => key)).to.deep.equal(['hostSet']);
	});
});

describe('the outbox of a bridge', () => {
	const state = (name: string, payload = '1'): Outgoing => ({ name, payload, qos: 1, retain: true });
	const event = (payload: string): Outgoing => ({ name: 'e', payload, qos: 1, retain: false });
	const all = (outbox: Outbox, most = Number.POSITIVE_INFINITY): string[] => {
		const sent: string[] = [];
		outbox.pump(({ name, payload }, landed) => {
			if (sent.length >= most) return false;
			sent.push(`${name}=${payload}`);
			landed();
			return true;
		});
		return sent;
	};

	it('has of each state the newest alone, however long nothing goes out', () => {
		const outbox = new Outbox();
		for (let at = 0; at < 10_000; at += 1) outbox.state(state('a', String(at)), at % 2 === 0);
		outbox.beat();
		expect(outbox.waiting).to.equal(1);
		expect(all(outbox)).to.deep.equal(['a=9999']);
		expect(all(outbox)).to.deep.equal([]);
	});

	it('lets what is said again and again wait for the beat, and nothing else', () => {
		const outbox = new Outbox();
		outbox.state(state('load'), true);
		outbox.state(state('circuit'), false);
		expect(all(outbox)).to.deep.equal(['circuit=1']);
		outbox.beat();
		expect(all(outbox)).to.deep.equal(['load=1']);
	});

	it('keeps events in order within bounds, and counts what falls out', () => {
		const outbox = new Outbox();
		for (let at = 0; at < MOST_EVENTS + 5; at += 1) outbox.event(event(String(at)));
		expect(outbox.dropped).to.equal(5);
		const sent = all(outbox);
		expect(sent).to.have.length(MOST_EVENTS);
		expect([sent[0], sent.at(-1)]).to.deep.equal(['e=5', `e=${MOST_EVENTS + 4}`]);
		for (let at = 0; at < 3; at += 1) outbox.event(event('x'.repeat(MOST_EVENT_CHARACTERS / 2)));
		expect(outbox.waiting).to.equal(2);
		for (let at = 0; at < MOST_STATES + 5; at += 1) outbox.state(state(`s${at}`), false);
		expect(outbox.waiting).to.equal(MOST_STATES + 2);
		expect(outbox.dropped).to.equal(5 + 1 + 5);
	});

	it('lets neither events nor states wait for all of the other', () => {
		const outbox = new Outbox();
		for (const name of ['a', 'b', 'c']) outbox.state(state(name), false);
		for (const payload of ['1', '2', '3']) outbox.event(event(payload));
		expect(all(outbox, 4)).to.deep.equal(['a=1', 'e=1', 'b=1', 'e=2']);
	});

	it('says all states again on a new connection, and the events that nobody has confirmed, first', () => {
		const outbox = new Outbox();
		outbox.state(state('a'), false);
		outbox.event(event('1'));
		outbox.pump(() => true);
		outbox.event(event('2'));
		outbox.again();
		expect(all(outbox)).to.have.members(['a=1', 'e=1', 'e=2']);
		outbox.again();
		expect(all(outbox)).to.deep.equal(['a=1']);
	});

	it('clears outside what the house clears, or no longer has', () => {
		const outbox = new Outbox();
		outbox.state(state('a'), false);
		outbox.state(state('b'), false);
		all(outbox);
		outbox.state(state('a', ''), false);
		expect(all(outbox)).to.deep.equal(['a=']);
		outbox.state(state('c', ''), false);
		expect(all(outbox)).to.deep.equal([]);
		outbox.state(state('d'), true);
		outbox.doubt();
		outbox.state(state('b', '2'), false);
		outbox.forgetUnconfirmed();
		expect(all(outbox)).to.have.members(['b=2', 'd=']);
		expect(outbox.has('d')).to.equal(false);
	});
});

describe('the claim of a house', () => {
	/** Says what one says to the other until nobody has an answer. */
	const talk = (said: BridgeEvent, listener: Claim): string => listener.hear(said);

	it('is the first one’s, and whoever comes later is told', () => {
		const [first, second] = [new Claim('b'), new Claim('a')];
		first.ask();
		first.take();
		const question = second.ask();
		expect(talk(question, first)).to.equal('answer');
		expect(talk(first.answer, second)).to.equal('yield');
		expect(talk(second.answer, first)).to.equal('nothing');
	});

	it('is given to exactly one of two that ask at once', () => {
		const [a, b] = [new Claim('a'), new Claim('b')];
		const [asksA, asksB] = [a.ask(), b.ask()];
		expect([talk(asksB, a), talk(asksA, b)]).to.deep.equal(['answer', 'nothing']);
		expect(talk(a.answer, b)).to.equal('yield');
	});

	it('is nobody’s who has left, and never disputed with oneself', () => {
		const claim = new Claim('a');
		expect(talk(claim.ask(), claim)).to.equal('nothing');
		claim.leave();
		expect(talk(new Claim('b').ask(), claim)).to.equal('nothing');
	});
});

describe('calls from outside', () => {
	const request = (id: string) => ({ jsonrpc: '2.0', id, method: 'history.query' }) as const;

	it('have numbers of the bridge’s own at home, and their own again in the answer', () => {
		const calls = new Calls();
		const asked = calls.ask({ service: 'telemetry', client: 'c1' }, request('7'), 0);
		const other = calls.ask({ service: 'telemetry', client: 'c2' }, request('7'), 0);
		expect(asked?.id).to.not.equal(other?.id);
		const answer = { jsonrpc: '2.0', id: other?.id ?? null, result: 1 } as const;
		expect(calls.answered('planner', answer)).to.equal(undefined);
		const answered = calls.answered('telemetry', answer);
		expect(answered?.caller.client).to.equal('c2');
		expect(answered?.response).to.deep.equal({ jsonrpc: '2.0', id: '7', result: 1 });
		expect(calls.answered('telemetry', answer)).to.equal(undefined);
	});

	it('are bounded in number, until old ones are forgotten', () => {
		const calls = new Calls();
		const ask = (nowMs: number) => calls.ask({ service: 'telemetry', client: 'c1' }, request('1'), nowMs);
		for (let at = 0; at < MOST_CALLS; at += 1) expect(ask(0)).to.not.equal(undefined);
		expect(ask(CALL_LIFE_MS - 1)).to.equal(undefined);
		expect(ask(CALL_LIFE_MS)).to.not.equal(undefined);
	});

	it('come in at a pace that a house bears', () => {
		const pace = new Pace();
		const taken = (nowMs: number): number => Array.from({ length: 100 }).filter(() => pace.takes(nowMs)).length;
		expect(taken(0)).to.equal(60);
		expect(taken(1_000)).to.equal(20);
		expect(taken(1_000_000)).to.equal(60);
	});
});
