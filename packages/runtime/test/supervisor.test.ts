import { expect } from 'chai';
import { exitCodes, PilotwireError, type Service, type ServiceContext, Supervisor, silentLog } from '../src/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

/** A service whose lives the test can see and end. */
class Probe implements Service {
	static lives: { context: ServiceContext; started: boolean; stopped: boolean }[] = [];
	readonly #life: (typeof Probe.lives)[0];
	constructor(context: ServiceContext) {
		this.#life = { context, started: false, stopped: false };
		Probe.lives.push(this.#life);
	}
	async start(): Promise<void> {
		this.#life.started = true;
	}
	async stop(): Promise<void> {
		this.#life.stopped = true;
	}
}

describe('the supervisor', () => {
	let clock: VirtualClock;
	let supervisor: Supervisor;
	beforeEach(() => {
		Probe.lives = [];
		clock = new VirtualClock();
		supervisor = new Supervisor(clock, () => silentLog);
	});
	afterEach(async () => {
		await supervisor.stop();
		expect(clock.pending, 'timers left').to.equal(0);
	});
	const lives = (): number => Probe.lives.length;
	const last = (): ServiceContext => (Probe.lives.at(-1) as (typeof Probe.lives)[0]).context;

	it('starts a service again, alone, when a handler of it throws', async () => {
		await supervisor.start('a', (context) => new Probe(context));
		await supervisor.start('b', (context) => new Probe(context));
		Probe.lives[0]?.context.guard(() => {
			throw new Error('handler broke');
		})();
		await clock.advanceAsync(500);
		expect(Probe.lives.map(({ context, stopped }) => `${context.name} ${stopped}`)).to.deep.equal([
			'a true',
			'b false',
			'a false',
		]);
		expect(supervisor.restarts()).to.deep.equal({ a: 1, b: 0 });
	});

	it('counts a rejected promise and a throwing timer as the failure of the service they belong to', async () => {
		await supervisor.start('a', (context) => new Probe(context));
		last().guard(async () => Promise.reject(new Error('late')))();
		await clock.advanceAsync(600, 100);
		expect(lives()).to.equal(2);
		last().clock.after(10, () => {
			throw new Error('timer broke');
		});
		await clock.advanceAsync(1_100, 100);
		expect(lives()).to.equal(3);
	});

	it('waits longer after each failure, and starts over after a good life', async () => {
		await supervisor.start('a', (context) => new Probe(context));
		for (const waitMs of [500, 1_000, 2_000, 4_000]) {
			const before = lives();
			last().fail(new Error('again'));
			await clock.advanceAsync(waitMs - 1, waitMs - 1);
			expect(lives(), `${waitMs} ms, too early`).to.equal(before);
			await clock.advanceAsync(1);
			expect(lives(), `${waitMs} ms`).to.equal(before + 1);
		}
		await clock.advanceAsync(61_000);
		const before = lives();
		last().fail(new Error('much later'));
		await clock.advanceAsync(500);
		expect(lives()).to.equal(before + 1);
	});

	it('lets nothing of an ended life run or fail', async () => {
		await supervisor.start('a', (context) => new Probe(context));
		const first = last();
		let ran = 0;
		first.clock.every(100, () => {
			ran += 1;
		});
		first.fail(new Error('over'));
		await clock.advanceAsync(500, 100);
		const then = ran;
		first.fail(new Error('a ghost'));
		await clock.advanceAsync(5_000, 100);
		expect(lives()).to.equal(2);
		expect(ran).to.equal(then);
		first.guard(() => expect.fail('a handler of an ended life ran'))();
	});

	it('gives up at the first start where trying again cannot help', async () => {
		const fatal = new PilotwireError({
			code: 'X',
			expected: 'a',
			received: 'b',
			action: 'c',
			exitCode: exitCodes.temporary,
		});
		const failing = { start: () => Promise.reject(fatal), stop: async () => undefined };
		const thrown: unknown = await supervisor.start('a', () => failing).catch((error: unknown) => error);
		expect(thrown).to.equal(fatal);
	});

	it('leaves behind a service that does not stop', async () => {
		await supervisor.start('a', () => ({ start: async () => undefined, stop: () => new Promise(() => undefined) }));
		const stopped = supervisor.stop();
		await clock.advanceAsync(5_000);
		await stopped;
	});
});
