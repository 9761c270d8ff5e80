import { type CircuitState, type ShedState, topics } from '@pilotwire/contract';
import { expect } from 'chai';
import * as z from 'zod';
import { Bus, createContext, RpcClient, remoteMethod, type ServiceContext, serveRpc, silentLog } from '../src/index.ts';
import { MemoryHub, VirtualClock } from '../src/testing/index.ts';

const shed: ShedState = {
	at: '2026-01-15T17:00:00.000Z',
	session: 's',
	sequence: 1,
	leaseS: 6,
	shed: ['salon'],
	admitted: {},
};

describe('a service on the bus', () => {
	let hub: MemoryHub;
	let clock: VirtualClock;
	let warnings: string[];
	const failures: unknown[] = [];
	const context = (name: string): ServiceContext =>
		createContext(
			name,
			{ ...silentLog, warn: ((_: object, text: string) => warnings.push(text)) as never },
			clock,
			(error) => {
				failures.push(error);
			},
		);
	const join = (name: string): Bus => {
		const bus = new Bus(context(name), 'home', hub.transport());
		bus.start();
		return bus;
	};
	const command = (payload: string, retain = false): void =>
		hub.publish({ name: 'pilotwire/home/circuits/salon/set', payload, qos: 1, retain });

	beforeEach(() => {
		hub = new MemoryHub();
		clock = new VirtualClock();
		warnings = [];
		failures.length = 0;
	});

	it('says online at birth and offline when it leaves', async () => {
		const bus = join('load-shedder');
		expect(hub.retained.get('pilotwire/home/services/load-shedder/status')).to.equal('online');
		await bus.stop();
		expect(hub.retained.get('pilotwire/home/services/load-shedder/status')).to.equal('offline');
	});

	it('hears what others publish, typed and with the parameters of the topic', () => {
		const heard: unknown[] = [];
		join('radiator-actuator').on(topics.circuitSet, {}, (set, { circuit }) => void heard.push([set, circuit]));
		command('eco');
		command('{"order":"off"}');
		expect(heard).to.deep.equal([
			['eco', 'salon'],
			[{ order: 'off' }, 'salon'],
		]);
	});

	it('refuses what is malformed, once in ten seconds in the log, and changes nothing', () => {
		join('radiator-actuator').on(topics.circuitSet, {}, () => expect.fail('a malformed command was heard'));
		for (let count = 0; count < 50; count += 1) command('{"order":');
		clock.advance(10_000);
		command('hot');
		expect(warnings).to.have.length(2);
		expect(warnings[0]).to.equal('refused on pilotwire/home/circuits/salon/set: expected JSON, got {"order":');
		expect(warnings[1]).to.include('and 49 more');
	});

	it('refuses a retained command, clears it and says so', () => {
		command('off', true);
		join('radiator-actuator').on(topics.circuitSet, {}, () => expect.fail('a retained command was heard'));
		expect(hub.retained.has('pilotwire/home/circuits/salon/set')).to.equal(false);
		expect(warnings[0]).to.include('a command that is not retained');
	});

	it('tells a stored copy from news', () => {
		join('load-shedder').publish(topics.shed, {}, shed);
		const heard: boolean[] = [];
		join('radiator-actuator').on(topics.shed, {}, (_, __, { retained }) => void heard.push(retained));
		hub.publish({ name: 'pilotwire/home/shedder/shed/state', payload: JSON.stringify(shed), qos: 0, retain: true });
		expect(heard).to.deep.equal([true, false]);
	});

	it('brings the newest of each state and every event, in order, to a broker that was away', () => {
		const bus = join('load-shedder');
		hub.down();
		bus.publish(topics.shed, {}, { ...shed, sequence: 2 });
		bus.publish(topics.shed, {}, { ...shed, sequence: 3 });
		for (const why of ['first', 'second']) {
			bus.publish(topics.shedderEvent, {}, { at: shed.at, kind: 'shed', why, figures: {} });
		}
		hub.published.length = 0;
		hub.up();
		const texts = hub.published
			.filter(({ name }) => !name.endsWith('status'))
			.map(({ payload }) => JSON.parse(payload));
		expect(texts.map((text) => text.sequence ?? text.why)).to.deep.equal([3, 'first', 'second']);
	});

	it('brings the same to a broker that could not take more, as it takes it', () => {
		const transport = hub.transport();
		let room = Number.POSITIVE_INFINITY;
		let roomAgain: (() => void) | undefined;
		const bus = new Bus(context('load-shedder'), 'home', {
			...transport,
			start: (events, will) => {
				({ roomAgain } = events);
				transport.start(events, will);
			},
			publish: (message) => {
				room -= 1;
				return room >= 0 && transport.publish(message);
			},
		});
		bus.start();
		hub.published.length = 0;
		room = 0;
		bus.publish(topics.shed, {}, { ...shed, sequence: 2 });
		bus.publish(topics.shed, {}, { ...shed, sequence: 3 });
		const event = (why: string): void =>
			bus.publish(topics.shedderEvent, {}, { at: shed.at, kind: 'shed', why, figures: {} });
		event('first');
		event('second');
		room = 2;
		roomAgain?.();
		room = 1;
		event('third');
		room = Number.POSITIVE_INFINITY;
		roomAgain?.();
		roomAgain?.();
		const texts = hub.published.map(({ payload }) => JSON.parse(payload));
		expect(texts.map((text) => text.sequence ?? text.why)).to.deep.equal([3, 'first', 'second', 'third']);
	});

	it('does not bring back what it yielded to another service', () => {
		const bus = join('planner');
		const said = { at: shed.at, order: 'comfort', why: 'programme' } as const;
		for (const circuit of ['salon', 'bath']) bus.publish(topics.programme, { circuit }, said);
		join('thermostat').publish(topics.programme, { circuit: 'bath' }, { ...said, order: 'off' });
		bus.yield(topics.programme, { circuit: 'bath' });
		hub.down();
		hub.published.length = 0;
		hub.up();
		const orders = hub.published
			.filter(({ name }) => name.startsWith('pilotwire/home/planner/'))
			.map(({ payload }) => payload);
		expect(orders.map((text) => JSON.parse(text).order)).to.deep.equal(['comfort', 'off']);
	});

	it('hears again after the broker came back, and is told of both', () => {
		const bus = join('radiator-actuator');
		const told: boolean[] = [];
		const heard: unknown[] = [];
		bus.onConnection((connected) => told.push(connected));
		bus.on(topics.circuitSet, {}, (set) => void heard.push(set));
		hub.down();
		hub.up();
		command('eco');
		expect(told).to.deep.equal([false, true]);
		expect(heard).to.deep.equal(['eco']);
	});

	it('is told when a state was cleared', () => {
		const cleared: string[] = [];
		const heard: CircuitState[] = [];
		const bus = join('load-shedder');
		bus.on(
			topics.circuit,
			{},
			(state) => void heard.push(state),
			({ circuit }) => cleared.push(circuit),
		);
		bus.clear(topics.circuit, { circuit: 'salon' });
		expect(cleared).to.deep.equal(['salon']);
		expect(heard).to.deep.equal([]);
	});

	it('fails alone when a handler of it throws', () => {
		join('radiator-actuator').on(topics.circuitSet, {}, () => {
			throw new Error('broke');
		});
		command('eco');
		expect(failures.map(String)).to.deep.equal(['Error: broke']);
	});

	it('answers remote calls, and refuses what it does not know or can not read', async () => {
		serveRpc(join('meter-reader'), { double: remoteMethod(z.object({ of: z.number() }), ({ of }) => of * 2) });
		const caller = join('cli');
		const rpc = new RpcClient(caller, clock);
		expect(await rpc.call('meter-reader', 'double', { of: 21 })).to.equal(42);
		const errors = await Promise.allSettled([
			rpc.call('meter-reader', 'halve', { of: 2 }),
			rpc.call('meter-reader', 'double', { of: 'two' }),
			rpc.call('meter-reader', 'toString', {}),
		]);
		expect(errors.map((result) => (result.status === 'rejected' ? String(result.reason) : 'answered'))).to.satisfy(
			(texts: string[]) => texts.every((text) => text.includes('RPC_REFUSED')),
		);
	});

	it('tells a caller whose answer the bus would not take, instead of letting it wait', async () => {
		serveRpc(join('telemetry'), { all: remoteMethod(z.object({}), () => 'x'.repeat(300_000)) });
		const rpc = new RpcClient(join('cli'), clock);
		expect(await rpc.call('telemetry', 'all', {}).catch(String)).to.match(
			/expected an answer of at most 262144 bytes, got 3\d{5}: ask for less at once/,
		);
	});

	it('ends a remote call that nobody answers', async () => {
		const rpc = new RpcClient(join('cli'), clock);
		const call = rpc.call('nobody', 'x', {}, 3_000).catch(String);
		clock.advance(3_000);
		expect(await call)
			.to.include('RPC_TIMEOUT')
			.and.include('within 3 s');
	});
});
