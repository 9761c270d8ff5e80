import { type AdviceState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { AdviceDesk } from '../src/advice/advice-desk.ts';
import { type Advice, AdviceFailed, type AdviceParts, type AdviceQuestion } from '../src/advice/adviser.ts';

const START_MS = Date.UTC(2026, 0, 20, 9);
const advice: Advice = {
	learned: {
		...{ days: 14, daysLeftOut: 0, radiators: 3, phases: 1, sure: true },
		...{ heatingKWhADay: 20, heatingPlusMinusKWh: 2, otherKWhADay: 9 },
	},
	trials: [
		{
			...{ prefKVA: 6, phases: 1, openings: 0, openingsWithoutHeating: 0, minutesShed: 500 },
			...{ comfortLostKh: 1, coldestC: 18, days: 14, suffices: true },
		},
	],
};

/** An adviser that a test answers for. */
class Asked {
	readonly question: AdviceQuestion;
	readonly parts: AdviceParts;
	resolve: (found: Advice) => void = () => undefined;
	reject: (error: Error) => void = () => undefined;
	stopped = false;
	readonly advice: Promise<Advice>;

	constructor(question: AdviceQuestion, parts: AdviceParts) {
		this.question = question;
		this.parts = parts;
		this.advice = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
	}

	stop(): void {
		this.stopped = true;
		this.reject(new Error('it ended with SIGKILL'));
	}
}

describe('advice on the subscription', () => {
	let clock: VirtualClock;
	let hub: MemoryHub;
	let bus: Bus;
	let desk: AdviceDesk;
	let asked: Asked[];
	let written: unknown;
	let ends: (() => void)[];

	const begin = async (): Promise<void> => {
		const context = createContext('telemetry', silentLog, clock, (error) => {
			throw error;
		});
		ends.push(() => context.end());
		bus = new Bus(context, 'home', hub.transport());
		const file = {
			read: async () => written,
			write: async (value: unknown) => {
				written = JSON.parse(JSON.stringify(value));
			},
		};
		const adviser = {
			begin: (question: AdviceQuestion, parts: AdviceParts) => {
				const one = new Asked(question, parts);
				asked.push(one);
				return one;
			},
		};
		desk = new AdviceDesk(context, file, adviser, async () => ({ bucketMs: 1, lines: [] }));
		await desk.start(bus);
		bus.start();
		await clock.advanceAsync(10);
	};
	beforeEach(async () => {
		clock = new VirtualClock(START_MS);
		hub = new MemoryHub();
		asked = [];
		ends = [];
		written = undefined;
		await begin();
	});
	afterEach(async () => {
		desk.stop();
		await bus.stop();
		for (const end of ends) end();
	});

	const say = async (command: unknown): Promise<void> => {
		const payload = typeof command === 'string' ? command : JSON.stringify(command);
		hub.publish({ name: topicName('home', topics.adviceSet, {}), payload, qos: 1, retain: false });
		await clock.advanceAsync(1);
	};
	const said = (): AdviceState =>
		topics.advice.schema.parse(JSON.parse(String(hub.retained.get(topicName('home', topics.advice, {})))));
	const one = (): Asked => {
		const [last] = asked.slice(-1);
		if (last === undefined) throw new Error('nothing was asked');
		return last;
	};

	it('says its progress, then what was found, and keeps that over a restart', async () => {
		expect(said().state).to.equal('never');
		await say({ outsideC: 4.5 });
		expect(said()).to.deep.include({ state: 'running', outsideC: 4.5, days: 14 });
		expect(one().question).to.deep.equal({ outsideC: 4.5, days: 14 });
		one().parts.told({ step: 'trying', done: 4, of: 18 });
		expect(said().progress).to.deep.equal({ step: 'trying', done: 4, of: 18 });
		one().resolve(advice);
		await clock.advanceAsync(1);
		expect(said()).to.deep.include({ state: 'done', ...advice });
		expect(said().progress).to.equal(undefined);
		const before = said();
		await bus.stop();
		await begin();
		expect(said()).to.deep.equal(before);
	});

	it('does one at a time: who asks meanwhile hears the answer with the others', async () => {
		await say({ outsideC: 4 });
		await say({ outsideC: 9 });
		expect(asked).to.have.length(1);
		one().resolve(advice);
		await clock.advanceAsync(1);
		await say({ outsideC: 9 });
		expect(asked).to.have.length(2);
	});

	it('is ended by a word, at once, and nothing that still comes is said', async () => {
		await say('stop');
		expect(said().state).to.equal('never');
		await say({ outsideC: 4 });
		const first = one();
		await say('stop');
		expect(first.stopped).to.equal(true);
		expect(said().state).to.equal('stopped');
		first.parts.told({ step: 'trying', done: 9, of: 18 });
		await clock.advanceAsync(1);
		expect(said().state).to.equal('stopped');
		await say({ outsideC: 4 });
		expect(said().state).to.equal('running');
	});

	it('says why it failed, with the days that there are', async () => {
		await say({ outsideC: 4, days: 7 });
		one().reject(new AdviceFailed({ code: 'HISTORY_TOO_SHORT', text: 'too short', days: 3, needed: 7 }));
		await clock.advanceAsync(1);
		expect(said()).to.deep.include({
			...{ state: 'failed', days: 7 },
			problem: { code: 'HISTORY_TOO_SHORT', text: 'too short', days: 3, needed: 7 },
		});
		await say({ outsideC: 4 });
		one().reject(new Error('it ended with exit code 1'));
		await clock.advanceAsync(1);
		expect(said().problem).to.deep.equal({ code: 'ADVICE_FAILED', text: 'it ended with exit code 1' });
	});

	it('gives up what takes as long as only something that hangs', async () => {
		await say({ outsideC: 4 });
		await clock.advanceAsync(44 * 60_000, 60_000);
		expect(said().state).to.equal('running');
		await clock.advanceAsync(2 * 60_000, 60_000);
		expect(one().stopped).to.equal(true);
		expect(said().problem?.code).to.equal('ADVICE_TOO_SLOW');
	});

	it('does not begin on a question that lay in a queue', async () => {
		await say({ outsideC: 4, expiresAt: new Date(START_MS - 1_000).toISOString() });
		expect(asked).to.have.length(0);
	});

	it('ends what runs when the service stops', async () => {
		await say({ outsideC: 4 });
		desk.stop();
		expect(one().stopped).to.equal(true);
	});
});
