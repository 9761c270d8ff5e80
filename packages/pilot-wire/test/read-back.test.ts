import { expect } from 'chai';
import fc from 'fast-check';
import { Board } from '../src/board.ts';
import { addressOf, CHIP_REGISTERS } from '../src/chip-registers.ts';
import { DEFAULT_PIN_MAP } from '../src/pin-map.ts';
import { anyPorts } from './arbitraries.ts';
import { FakeBus } from './fake-chip.ts';

const WANTED = { a: 0b0110_1101, b: 0b1001_0110 };

async function standing(ports = WANTED): Promise<{ bus: FakeBus; board: Board; chip: ReturnType<FakeBus['chip']> }> {
	const bus = new FakeBus(0x20);
	const board = new Board(bus, 0x20, DEFAULT_PIN_MAP);
	await board.initialise(ports);
	return { bus, board, chip: bus.chip(0x20) };
}

describe('a read-back', () => {
	it('finds nothing on a board that stands as written, and writes nothing', async () => {
		await fc.assert(
			fc.asyncProperty(anyPorts, async (ports) => {
				const { bus, board } = await standing(ports);
				const before = bus.writes.length;
				expect(await board.verify()).to.deep.equal({ reset: false, drifted: [], stuck: [] });
				expect(bus.writes.length).to.equal(before);
			}),
		);
	});

	it('knows a reset, and repair sets the board again', async () => {
		for (const ports of [WANTED, { a: 0, b: 0 }]) {
			const { board, chip } = await standing(ports);
			chip.reset();
			const found = await board.verify();
			expect(found.reset).to.equal(true);
			expect(found.drifted.map(({ register }) => register)).to.include.members(['IODIRA', 'IODIRB']);
			await board.repair();
			expect(chip.levels).to.deep.equal(ports);
			expect(await board.verify()).to.deep.equal({ reset: false, drifted: [], stuck: [] });
		}
	});

	it('finds any glitch of one chip register that matters, in either layout, and repairs it', async () => {
		const matters = CHIP_REGISTERS.filter((register) => ['IODIR', 'IPOL', 'IOCON', 'OLAT'].includes(register));
		await fc.assert(
			fc.asyncProperty(
				anyPorts,
				fc.constantFrom(...matters),
				fc.constantFrom('A' as const, 'B' as const),
				fc.integer({ min: 1, max: 7 }),
				async (ports, register, port, bit) => {
					const { board, chip } = await standing(ports);
					const address = addressOf(register, port);
					chip.write(address, chip.read(address) ^ (1 << bit));
					const found = await board.verify();
					expect(found.drifted.length).to.be.greaterThan(0);
					expect(found.reset).to.equal(false);
					await board.repair();
					expect(chip.levels).to.deep.equal(ports);
					expect(await board.verify()).to.deep.equal({ reset: false, drifted: [], stuck: [] });
				},
			),
		);
	});

	it('restores the levels in one round and all else in two, whatever glitches hit it and whatever was written to it meanwhile', async () => {
		const glitch = fc.record({ address: fc.integer({ min: 0, max: 0x1a }), value: fc.integer({ min: 0, max: 255 }) });
		const events = fc.array(fc.oneof(glitch, anyPorts), { maxLength: 10 });
		await fc.assert(
			fc.asyncProperty(events, async (all) => {
				const { board, chip } = await standing();
				let wanted = WANTED;
				for (const event of all) {
					if ('address' in event) chip.write(event.address, event.value);
					else {
						wanted = event;
						await board.write(wanted);
					}
				}
				const { drifted, stuck } = await board.verify();
				if (drifted.length > 0) await board.repair();
				expect(stuck).to.deep.equal([]);
				expect(chip.levels).to.deep.equal(wanted);
				if ((await board.verify()).drifted.length > 0) await board.repair();
				expect(chip.levels).to.deep.equal(wanted);
				expect(await board.verify()).to.deep.equal({ reset: false, drifted: [], stuck: [] });
			}),
			{ numRuns: 1000 },
		);
	});

	it('says what was expected and what came', async () => {
		const { board, chip } = await standing();
		chip.write(addressOf('OLAT', 'B'), 0x69);
		expect((await board.verify()).drifted).to.deep.equal([{ register: 'OLATB', expected: WANTED.b, received: 0x69 }]);
	});

	it('makes the next write set again what drifted', async () => {
		const { board, chip } = await standing();
		chip.write(addressOf('OLAT', 'A'), 0);
		await board.verify();
		await board.write(WANTED);
		expect(chip.levels).to.deep.equal(WANTED);
		chip.write(addressOf('IODIR', 'B'), 0x0f);
		await board.verify();
		await board.write(WANTED);
		expect(chip.levels).to.deep.equal(WANTED);
	});

	it('names the wire and half of a stuck pin, which no repair cures', async () => {
		const { board, chip } = await standing();
		chip.stick(11, 1);
		const stuck = [{ pin: 11, wire: 6, half: 'negative', level: 1 }];
		expect(await board.verify()).to.deep.equal({ reset: false, drifted: [], stuck });
		await board.repair();
		expect((await board.verify()).stuck).to.deep.equal(stuck);
		chip.stick(11, undefined);
		expect((await board.verify()).stuck).to.deep.equal([]);
	});

	it('names the bare pin where no wire uses it', async () => {
		const bus = new FakeBus(0x20);
		const board = new Board(bus, 0x20, { ...DEFAULT_PIN_MAP, wires: DEFAULT_PIN_MAP.wires.slice(0, 7) });
		await board.initialise({ a: 0, b: 0 });
		bus.chip(0x20).stick(15, 1);
		expect((await board.verify()).stuck).to.deep.equal([{ pin: 15, wire: undefined, half: undefined, level: 1 }]);
	});

	it('lets an urgent order through between two reads, and is not misled by it', async () => {
		for (let interrupted = 0; interrupted < 10; interrupted++) {
			const { bus, board, chip } = await standing();
			const urgent = { a: 0b1010_1010, b: 0b0101_0101 };
			let step = 0;
			let reads = 0;
			const found = await board.verify(async () => {
				if (step++ !== interrupted) return;
				reads = bus.operations.filter(({ kind }) => kind === 'read').length;
				await board.write(urgent);
				expect(bus.operations.slice(-2).map(({ kind }) => kind)).to.deep.equal(['write', 'write']);
			});
			expect(reads).to.equal(interrupted);
			expect(chip.levels).to.deep.equal(urgent);
			expect(found).to.deep.equal({ reset: false, drifted: [], stuck: [] });
		}
	});

	it('reads again what a write overlapped', async () => {
		const ports = fc.array(fc.tuple(anyPorts, fc.nat(12)), { maxLength: 6 });
		await fc.assert(
			fc.asyncProperty(ports, async (all) => {
				const { board } = await standing();
				const found = board.verify();
				for (const [wanted, turns] of all) {
					for (let turn = 0; turn < turns; turn++) await Promise.resolve();
					await board.write(wanted);
				}
				expect(await found).to.deep.equal({ reset: false, drifted: [], stuck: [] });
			}),
		);
	});

	it('rejects when the bus fails and when the board was never written', async () => {
		const { bus, board } = await standing();
		bus.fault = () => ({ error: new Error('ENXIO'), reached: false });
		expect(await board.verify().catch((error: unknown) => error)).to.have.property('code', 'bus_failed');
		const fresh = new Board(bus, 0x20, DEFAULT_PIN_MAP);
		for (const call of [fresh.verify(), fresh.repair()]) {
			expect(await call.catch((error: unknown) => error)).to.have.property('code', 'board_never_written');
		}
	});
});
