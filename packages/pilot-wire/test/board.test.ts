import { expect } from 'chai';
import fc from 'fast-check';
import { Board } from '../src/board.ts';
import { addressOf } from '../src/chip-registers.ts';
import { decodeSignals, encodeSignals } from '../src/encoding.ts';
import { DEFAULT_PIN_MAP } from '../src/pin-map.ts';
import { anyPorts } from './arbitraries.ts';
import { FakeBus } from './fake-chip.ts';

const ADDRESS = 0x20;
const BANKS = [0, 1] as const;

function setUp(): { bus: FakeBus; board: Board; chip: ReturnType<FakeBus['chip']> } {
	const bus = new FakeBus(ADDRESS);
	return { bus, board: new Board(bus, ADDRESS, DEFAULT_PIN_MAP), chip: bus.chip(ADDRESS) };
}

describe('a board', () => {
	it('sets outputs before directions: no pin is driven before its latch is right', async () => {
		for (const bank of BANKS) {
			const { bus, board, chip } = setUp();
			if (bank === 1) chip.write(addressOf('IOCON'), 0x80);
			const wanted = { a: 0b0110_1101, b: 0b1001_0110 };
			bus.observe = () => {
				const { levels, driven } = chip;
				expect(levels.a & driven.a).to.equal(wanted.a & driven.a);
				expect(levels.b & driven.b).to.equal(wanted.b & driven.b);
			};
			await board.initialise(wanted);
			expect(chip.driven).to.deep.equal({ a: 0xff, b: 0xff });
			expect(chip.levels).to.deep.equal(wanted);
		}
	});

	it('keeps the levels of a board that goes on while its process restarts', async () => {
		const { bus, board, chip } = setUp();
		await board.initialise({ a: 0x2d, b: 0x81 });
		bus.observe = () => expect(chip.levels).to.deep.equal({ a: 0x2d, b: 0x81 });
		const next = new Board(bus, ADDRESS, DEFAULT_PIN_MAP);
		const found = await next.readOutputs();
		expect(found).to.deep.equal({ latches: { a: 0x2d, b: 0x81 }, driven: { a: 0xff, b: 0xff } });
		await next.initialise(found.latches);
	});

	it('reads what the chip drives before writing anything, in either bank layout', async () => {
		for (const bank of BANKS) {
			for (const latches of [
				{ a: 0x80, b: 0xff },
				{ a: 0x14, b: 0x80 },
				{ a: 0, b: 0 },
			]) {
				const { bus, board, chip } = setUp();
				await board.initialise(latches);
				if (bank === 1) chip.write(addressOf('IOCON'), 0x80);
				const before = bus.writes.length;
				expect(await board.readOutputs()).to.deep.equal({ latches, driven: { a: 0xff, b: 0xff } });
				expect(bus.writes.length).to.equal(before);
			}
		}
		const { board } = setUp();
		const fresh = await board.readOutputs();
		expect(decodeSignals(DEFAULT_PIN_MAP, fresh.latches, fresh.driven)).to.deep.equal(Array(8).fill('none'));
		expect(fresh.driven).to.deep.equal({ a: 0, b: 0 });
	});

	it('writes only the latches that change', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(anyPorts, { minLength: 1, maxLength: 12 }), async (all) => {
				const { bus, board, chip } = setUp();
				let now = { a: 0, b: 0 };
				await board.initialise(now);
				for (const ports of all) {
					const before = bus.writes.length;
					await board.write(ports);
					const changed = Number(ports.a !== now.a) + Number(ports.b !== now.b);
					expect(bus.operations.length).to.equal(bus.writes.length);
					expect(bus.writes.length - before).to.equal(changed);
					expect(chip.levels).to.deep.equal(ports);
					now = ports;
				}
			}),
		);
	});

	it('sets the whole chip on a first write that nothing initialised', async () => {
		const { board, chip } = setUp();
		await board.write({ a: 1, b: 2 });
		expect(chip.driven).to.deep.equal({ a: 0xff, b: 0xff });
		expect(chip.levels).to.deep.equal({ a: 1, b: 2 });
	});

	it('lets the newest ports win when writes overlap', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(anyPorts, fc.nat(6)), { minLength: 1, maxLength: 8 }), async (all) => {
				const { board, chip } = setUp();
				const pending: Promise<void>[] = [];
				for (const [ports, turns] of all) {
					pending.push(board.write(ports));
					for (let turn = 0; turn < turns; turn++) await Promise.resolve();
				}
				await Promise.all(pending);
				expect(chip.levels).to.deep.equal(all.at(-1)?.[0]);
			}),
		);
	});

	it('believes nothing that a failed write may have changed', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ ports: anyPorts, failAt: fc.nat(12), reached: fc.boolean() }), {
					minLength: 1,
					maxLength: 8,
				}),
				anyPorts,
				async (steps, last) => {
					const { bus, board, chip } = setUp();
					for (const { ports, failAt, reached } of steps) {
						let count = 0;
						bus.fault = () => (count++ === failAt ? { error: new Error('EREMOTEIO'), reached } : undefined);
						const failed = await board.write(ports).then(
							() => false,
							(error) => error.code === 'bus_failed',
						);
						expect(failed).to.equal(count > failAt);
					}
					bus.fault = () => undefined;
					await board.write(last);
					expect(chip.levels).to.deep.equal(last);
					expect(chip.driven).to.deep.equal({ a: 0xff, b: 0xff });
				},
			),
		);
	});

	it('writes the same ports again after a write that failed', async () => {
		const { bus, board, chip } = setUp();
		await board.initialise({ a: 0, b: 0 });
		bus.fault = () => ({ error: new Error('EREMOTEIO'), reached: false });
		expect(await board.write({ a: 7, b: 0 }).catch((error: unknown) => error)).to.have.property('code', 'bus_failed');
		bus.fault = () => undefined;
		await board.write({ a: 7, b: 0 });
		expect(chip.levels).to.deep.equal({ a: 7, b: 0 });
	});

	it('does not lose a set-up asked for while another runs', async () => {
		const { bus, board, chip } = setUp();
		const first = board.initialise({ a: 1, b: 1 });
		for (let turn = 0; turn < 10; turn++) await Promise.resolve();
		chip.reset();
		await Promise.all([first, board.initialise({ a: 2, b: 2 })]);
		expect(chip.levels).to.deep.equal({ a: 2, b: 2 });
		expect(bus.writes.length).to.be.greaterThan(8);
	});

	it('says which board, what it was doing and what to check when the bus fails', async () => {
		const board = new Board(new FakeBus(), 0x21, DEFAULT_PIN_MAP);
		const error = await board.readOutputs().catch((reason: unknown) => reason);
		expect(error).to.have.property('code', 'bus_failed');
		expect(error)
			.to.have.property('message')
			.that.matches(/board 0x21 .*ENXIO.* while reading IOCON; check its power/);
		expect(error).to.have.property('cause').that.is.instanceOf(Error);
	});

	it('puts a signal on the pins of its wire', async () => {
		const { board, chip } = setUp();
		await board.write(encodeSignals(DEFAULT_PIN_MAP, new Map([[3, 'negative_half']])));
		expect(decodeSignals(DEFAULT_PIN_MAP, chip.levels, chip.driven)[2]).to.equal('negative_half');
	});
});
