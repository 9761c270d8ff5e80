import { expect } from 'chai';
import fc from 'fast-check';
import { type Notice, RegisterGuard } from '../src/core/register-guard.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;

describe('the guard of registers', () => {
	let notices: Notice[];
	let nowMs: number;
	let guard: RegisterGuard;

	const fresh = (memory?: ConstructorParameters<typeof RegisterGuard>[1]): RegisterGuard =>
		new RegisterGuard((notice) => notices.push(notice), memory);
	/** Readings of the same, two seconds apart. */
	const say = (registers: Record<string, number>, times = 1, identity = 'a'.repeat(16)): Record<string, number> => {
		for (let time = 0; time < times; time += 1) {
			nowMs += 2 * SECOND;
			guard.take(registers, identity, nowMs);
		}
		return guard.values;
	};

	beforeEach(() => {
		notices = [];
		nowMs = Date.UTC(2026, 0, 15);
		guard = fresh();
	});

	it('publishes a register once three readings agree on it, and none that has counted nothing', () => {
		expect(say({ HCHC: 1_000, HCHP: 0 }, 2)).to.deep.equal({});
		expect(say({ HCHC: 1_001, HCHP: 0 })).to.deep.equal({ HCHC: 1_001 });
		expect(say({ HCHC: 1_002, HCHP: 1 }, 3)).to.deep.equal({ HCHC: 1_002, HCHP: 1 });
	});

	it('never publishes 0, a part or less than before, and says so once', () => {
		say({ BASE: 12_345_678 }, 3);
		for (const false_ of [0, 12_345, 12_345_677]) expect(say({ BASE: false_ }, 5)).to.deep.equal({ BASE: 12_345_678 });
		expect(say({ BASE: 12_345_679 })).to.deep.equal({ BASE: 12_345_679 });
		expect(notices.map(({ kind }) => kind)).to.deep.equal(['fall']);
	});

	it('believes a leap only once it has stood for five minutes', () => {
		say({ BASE: 1_000_000 }, 3);
		expect(say({ BASE: 9_000_000 }, 149)).to.deep.equal({ BASE: 1_000_000 });
		expect(notices).to.deep.equal([]);
		expect(say({ BASE: 9_000_000 }, 3)).to.deep.equal({ BASE: 9_000_000 });
		expect(notices.map(({ kind }) => kind)).to.deep.equal(['leap']);
	});

	it('takes what was drawn while nobody read, and no more', () => {
		say({ BASE: 1_000_000 }, 3);
		nowMs += 24 * HOUR;
		expect(say({ BASE: 1_080_000 })).to.deep.equal({ BASE: 1_080_000 });
		nowMs += HOUR;
		expect(say({ BASE: 1_200_000 })).to.deep.equal({ BASE: 1_080_000 });
	});

	it('keeps what it published over a restart, by its memory or by what was published', () => {
		say({ BASE: 1_000_000 }, 3);
		const memory = structuredClone(guard.memory());
		say({ BASE: 1_000_500 });
		guard = fresh(memory);
		guard.recall({ BASE: 1_000_500, HCHC: 5 });
		expect(guard.values).to.deep.equal({ BASE: 1_000_500 });
		expect(say({ BASE: 1_000_499 })).to.deep.equal({ BASE: 1_000_500 });
		expect(say({ BASE: 1_000_501 })).to.deep.equal({ BASE: 1_000_501 });
	});

	it('counts on from where it stood when the meter is exchanged', () => {
		say({ BASE: 1_000_000 }, 3);
		expect(say({ BASE: 7 }, 2, 'b'.repeat(16))).to.deep.equal({ BASE: 1_000_000 });
		expect(say({ BASE: 8 }, 1, 'b'.repeat(16))).to.deep.equal({ BASE: 1_000_000 });
		expect(say({ BASE: 10 }, 1, 'b'.repeat(16))).to.deep.equal({ BASE: 1_000_002 });
		guard = fresh(structuredClone(guard.memory()));
		expect(say({ BASE: 11 }, 1, 'b'.repeat(16))).to.deep.equal({ BASE: 1_000_003 });
		expect(notices).to.deep.equal([{ kind: 'exchanged' }]);
	});

	it('takes no frame whose address was damaged for another meter', () => {
		say({ BASE: 1_000 }, 3);
		say({ BASE: 1_001 }, 2, 'b'.repeat(16));
		expect(say({ BASE: 1_002 })).to.deep.equal({ BASE: 1_002 });
		say({ BASE: 1_003 }, 2, 'b'.repeat(16));
		expect(say({ BASE: 1_004 })).to.deep.equal({ BASE: 1_004 });
		expect(notices).to.deep.equal([]);
	});

	it('drops a register that is no part of the contract any more', () => {
		say({ HCHC: 5_000, HCHP: 5_000 }, 3);
		for (let day = 0; day < 32; day += 1) {
			nowMs += 24 * HOUR;
			say({ HCHC: 5_000 });
		}
		expect(guard.registers).to.deep.equal(['HCHC']);
	});

	it('never falls and is never 0, whatever comes', () => {
		const step = fc.record({
			afterMs: fc.nat(10 * HOUR),
			value: fc.oneof(fc.nat(3), fc.nat(999_999_999)),
			identity: fc.constantFrom('a', 'b', undefined),
			restarts: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				let tested = fresh();
				let last = 0;
				let now = 0;
				for (const { afterMs, value, identity, restarts } of steps) {
					now += afterMs;
					if (restarts) tested = fresh(structuredClone(tested.memory()));
					tested.take({ BASE: value }, identity, now);
					const published = tested.values['BASE'];
					if (published === undefined) continue;
					expect(published).to.be.at.least(Math.max(1, last));
					last = published;
				}
			}),
		);
	});
});
