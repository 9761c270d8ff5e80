import type { Order } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import { Actuator, radiatorsOn, settle } from './actuator.ts';

const BOARDS = [0x20, 0x21];
const WIRES = 4;
const COUNT = BOARDS.length * WIRES;
const POWER_W = 400;
/** 40 % of the 3000 VA that count as the limit until a meter has spoken. */
const BLIND_BUDGET_VA = 1200;
/** A board that was reset, or answers again, is right after this long at most. */
const HEALED_S = 6;
/** Steady orders only: a pulse goes up and down by itself. */
const LEVELS: readonly Order[] = ['off', 'frost_protection', 'eco', 'comfort'];

const radiator = fc.integer({ min: 1, max: COUNT }).map((number) => `r${number}`);
const order = fc.constantFrom(...LEVELS);
const board = fc.constantFrom(...BOARDS);
const event = fc.oneof(
	{ weight: 3, arbitrary: fc.tuple(fc.constant('set' as const), fc.oneof(radiator, fc.constant('all')), order) },
	{
		weight: 5,
		arbitrary: fc.tuple(
			fc.constant('lease' as const),
			fc.constantFrom(0, 5, 10, 60),
			fc.uniqueArray(radiator, { maxLength: 3 }),
			fc.dictionary(radiator, order, { maxKeys: 6 }),
		),
	},
	{ weight: 5, arbitrary: fc.tuple(fc.constant('pass' as const), fc.constantFrom(1, 3, 12, 75, 150)) },
	{ weight: 1, arbitrary: fc.tuple(fc.constant('reset' as const), board) },
	{ weight: 1, arbitrary: fc.tuple(fc.constant('fail' as const), board) },
	{ weight: 2, arbitrary: fc.tuple(fc.constant('heal' as const)) },
	{ weight: 1, arbitrary: fc.tuple(fc.constant('broker' as const), fc.boolean()) },
	{ weight: 1, arbitrary: fc.tuple(fc.constant('restart' as const)) },
);
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

/** One house living through events, and what is known about its lease without asking it. */
class Life {
	house = new Actuator(Life.#setting);
	readonly #failing = new Set<number>();
	#up = true;
	#sequence = 0;
	#admitted: Readonly<Record<string, Order>> = {};
	#leaseEndsMs = Number.NEGATIVE_INFINITY;

	static get #setting() {
		return { boards: BOARDS, phases: [1, 1] as const, radiators: radiatorsOn(BOARDS, WIRES, POWER_W) };
	}

	get healthy(): boolean {
		return this.#failing.size === 0;
	}

	get leased(): boolean {
		return this.house.clock.monotonicMs() < this.#leaseEndsMs;
	}

	/** What each wire carries, by radiator. */
	get orders(): Map<string, Order> {
		const orders = new Map<string, Order>();
		for (let at = 0; at < COUNT; at++) {
			orders.set(`r${at + 1}`, this.house.pins(BOARDS[Math.floor(at / WIRES)] ?? 0, (at % WIRES) + 1));
		}
		return orders;
	}

	admits(id: string, given: Order): boolean {
		return LEVELS.indexOf(this.#admitted[id] ?? 'off') >= LEVELS.indexOf(given);
	}

	async live(event: Event): Promise<void> {
		const { house } = this;
		switch (event[0]) {
			case 'set':
				house.say(`circuits/${event[1]}/set`, event[2]);
				break;
			case 'lease':
				this.#lease(event[1], event[2], event[3]);
				break;
			case 'pass':
				await house.pass(event[1]);
				break;
			case 'reset':
				house.chips.chip(event[1]).reset();
				await house.pass(HEALED_S);
				break;
			case 'fail':
				this.#failing.add(event[1]);
				house.chips.failing.set(event[1], 'EREMOTEIO');
				break;
			case 'heal':
				this.#failing.clear();
				house.chips.failing.clear();
				await house.pass(HEALED_S);
				break;
			case 'broker':
				this.#broker(event[1]);
				break;
			case 'restart':
				await this.#restart();
		}
		await settle();
	}

	#lease(leaseS: number, shed: readonly string[], admitted: Readonly<Record<string, Order>>): void {
		const set = { leaseS, shed: [...shed], admitted, sequence: this.#sequence++ };
		this.house.say('shedder/shed/state', this.house.shedSet(set), true);
		if (!this.#up) return;
		this.#admitted = admitted;
		this.#leaseEndsMs = this.house.clock.monotonicMs() + leaseS * 1000;
	}

	#broker(up: boolean): void {
		if (up === this.#up) return;
		this.#up = up;
		if (up) this.house.hub.up();
		else this.house.hub.down();
	}

	async #restart(): Promise<void> {
		const { house } = this;
		await house.service.stop();
		expect(house.failures).to.deep.equal([]);
		this.#leaseEndsMs = Number.NEGATIVE_INFINITY;
		this.house = new Actuator({ ...Life.#setting, hub: house.hub, chips: house.chips, clock: house.clock });
		await this.house.service.start();
	}
}

async function holds(events: readonly Event[]): Promise<void> {
	const life = new Life();
	await life.house.service.start();
	for (const event of events) {
		const before = life.orders;
		const leasedBefore = life.leased;
		await life.live(event);
		const after = life.orders;
		if (!life.healthy) continue;
		if (life.leased && leasedBefore) {
			const raised = [...after].filter(([id, now]) => LEVELS.indexOf(now) > LEVELS.indexOf(before.get(id) ?? 'off'));
			const bold = raised.filter(([id, now]) => !life.admits(id, now));
			expect(bold, `raised without admission after ${JSON.stringify(event)}`).to.deep.equal([]);
		}
		if (!life.leased) {
			const heating = [...after.values()].filter((now) => now !== 'off').length;
			expect(heating * POWER_W, `W drawn blindly after ${JSON.stringify(event)}`).to.be.at.most(BLIND_BUDGET_VA);
		}
	}
	await life.house.service.stop();
	expect(life.house.failures).to.deep.equal([]);
	expect(life.house.clock.pending).to.equal(0);
}

describe('whatever happens', () => {
	it('nothing is raised without admission, and without a live lease what heats fits the blind budget', async () => {
		const numRuns = process.env['PILOTWIRE_SOAK'] === '1' ? 700 : 60;
		await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 30 }), holds), { numRuns });
	}).timeout(600_000);
});
