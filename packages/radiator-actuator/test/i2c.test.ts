import { fileURLToPath } from 'node:url';
import { ORDERS, type Order } from '@pilotwire/pilot-wire';
import { VirtualI2cBus } from '@pilotwire/test/i2c';
import { gcc, i2cBus, need } from '@pilotwire/test/parts';
import { noProcessLeft, type Process, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { radiatorsOn } from './actuator.ts';

const child = fileURLToPath(new URL('./i2c-child.ts', import.meta.url));
const BOARDS = [0x20, 0x21, 0x22];
const OLATA = 0x14;
/** A number of its own: the lock of a bus holds on the whole machine. */
const BUS = 100 + (process.pid % 100);
/** Bit pairs that each order may show; the low bit drives the positive half. */
const PAIRS: Readonly<Record<Order, readonly number[]>> = {
	comfort: [0b00],
	'comfort_-1': [0b00, 0b11],
	'comfort_-2': [0b00, 0b11],
	eco: [0b11],
	frost_protection: [0b10],
	off: [0b01],
};

describe('radiator actuator on the real I2C binding', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	noProcessLeft();
	let bus: VirtualI2cBus;

	before(function () {
		need(this, gcc, i2cBus);
	});
	beforeEach(() => {
		bus = VirtualI2cBus.create(directory.path, BOARDS, BUS);
	});
	afterEach(() => bus.close());

	function actuator(config: object = {}): Process {
		const boards = { bus: BUS, readBackS: 0.5, modules: BOARDS.map((address, at) => ({ address, phase: at + 1 })) };
		const given = {
			dataDir: directory.path,
			boards,
			radiators: radiatorsOn(BOARDS),
			fallback: { enabled: false },
			...config,
		};
		return startProcess([child, JSON.stringify(given)], { env: bus.env });
	}

	/** The bit pair of a radiator's wire in the output latches, and the latches of all other wires. */
	function latches(number: number): { pair: number; others: number } {
		const registers = BOARDS.map((address) => bus.registers(address));
		const words = registers.map((all) => BigInt((all[OLATA] ?? 0) | ((all[OLATA + 1] ?? 0) << 8)));
		const word = words.reduce((all, one, at) => all | (one << BigInt(16 * at)), 0n);
		const place = BigInt(2 * (number - 1));
		return { pair: Number((word >> place) & 3n), others: Number((word & ~(3n << place)) % 1_000_003n) };
	}

	it('all six orders on all 24 wires, chip register by chip register', async () => {
		const child = actuator();
		await child.line('started');
		for (const address of BOARDS) expect([...bus.registers(address).subarray(0, 2)]).to.deep.equal([0, 0]);
		for (let number = 1; number <= 24; number++) {
			const { others } = latches(number);
			for (const order of ORDERS) {
				const from = child.mark();
				child.write(`circuits/r${number}/set ${order}\n`);
				await bus.until(`${order} on wire ${number}`, () => PAIRS[order].includes(latches(number).pair));
				await child.line(new RegExp(`^circuits/r${number}/state .*"inForce":"${order}"`), { from });
				expect(PAIRS[order]).to.include(latches(number).pair);
				expect(latches(number).others).to.equal(others);
			}
			child.write(`circuits/r${number}/set off\n`);
			await bus.until('off', () => latches(number).pair === 0b01);
		}
		expect((await child.kill('SIGTERM')).code).to.equal(0);
	});

	it('a board that was reset, drifted or is silent is reported and set again', async () => {
		const child = actuator();
		await child.line('started');
		child.write('circuits/all/set off\n');
		await child.line(/^circuits\/r24\/state .*"inForce":"off"/);
		bus.reset(0x21);
		await bus.until('repair after a reset', () => bus.registers(0x21)[OLATA] === 0x55 && bus.registers(0x21)[0] === 0);
		await child.line(/^log board 0x21 was reset/);
		bus.poke(0x22, OLATA + 1, 0x00);
		await bus.until('repair after a drift', () => bus.registers(0x22)[OLATA + 1] === 0x55);
		await child.line(/^log board 0x22 had drifted \(OLATB 0x00 instead of 0x55\)/);
		for (const error of ['EREMOTEIO', 'ENXIO'] as const) {
			const from = child.mark();
			bus.setFault(0x20, { error });
			await child.line(new RegExp(`^log BOARD_SILENT: expected board 0x20 on bus ${BUS} to answer, got ${error}`), {
				from,
			});
			await child.line(/^circuits\/r1\/state .*"reason":"unreachable"/, { from });
			bus.setFault(0x20, undefined);
			await child.line(new RegExp(`^log board ${BUS}-20 is right again`), { from });
		}
		expect((await child.kill('SIGTERM')).code).to.equal(0);
	});

	it('a transfer that hangs is reported; when it returns all boards are set again', async () => {
		const child = actuator();
		await child.line('started');
		bus.setFault(0x20, { hangMs: 600_000, times: 1 });
		await child.line(/^circuits\/r24\/state .*"reason":"unreachable".*I2C_BUS_HUNG/);
		child.write('circuits/r24/set off\n');
		await child.line(/^circuits\/r24\/state .*"wanted":"off","inForce":"comfort","reason":"unreachable"/);
		bus.reset(0x22);
		const from = child.mark();
		bus.setFault(0x20, undefined);
		await child.line(/^circuits\/r24\/state .*"inForce":"off","reason":"override"/, { from });
		expect(latches(24).pair).to.equal(0b01);
		expect((await child.kill('SIGTERM')).code).to.equal(0);
	});

	it('a process whose transfer hangs ends all the same when it is told to', async () => {
		const child = actuator();
		await child.line('started');
		bus.setFault('all', { hangMs: 600_000 });
		await child.line(/^log a transfer hangs/);
		const { signal } = await child.kill('SIGTERM');
		expect(child.text()).to.include('stopped');
		expect(signal).to.equal('SIGKILL');
	});

	it('a pulse that kill -9 left standing is ended by the next start', async () => {
		const first = actuator();
		await first.line('started');
		first.write('circuits/all/set comfort_-2\n');
		await bus.until('a pulse', () => latches(1).pair === 0b11);
		await first.kill();
		expect(latches(1).pair).to.equal(0b11);
		const next = actuator();
		await next.line('started');
		expect(latches(1).pair).to.equal(0b00);
		expect((await next.kill('SIGTERM')).code).to.equal(0);
	});

	it('a second actuator on the bus ends with a sentence and writes nothing', async () => {
		const first = actuator();
		await first.line('started');
		const mark = bus.mark();
		const second = actuator();
		await second.line(/^LOCK_HELD: expected the I2C bus \d+ to be free/);
		expect((await second.ended).code).to.equal(75);
		expect(bus.writes(mark)).to.deep.equal([]);
		expect((await first.kill('SIGTERM')).code).to.equal(0);
	});

	it('a bus that does not exist is a sentence that says how to enable it', async () => {
		const missing = BUS === 199 ? 100 : BUS + 1;
		const child = actuator({ boards: { bus: missing, modules: [{}] }, radiators: [] });
		await child.line(new RegExp(`^log I2C_NO_BUS: expected the I2C bus /dev/i2c-${missing}.*raspi-config`));
		await child.line('started');
		expect((await child.kill('SIGTERM')).code).to.equal(0);
	});
});
