import { createHouse, type House, OBEYED_ORDERS, peakHouse } from '@pilotwire/house';
import { expect } from 'chai';
import { Boards } from '../src/core/boards.ts';
import { OPERATION, STATUS } from '../src/i2c-protocol.ts';

const IODIRA = 0x00;
const OLATA = 0x14;
const GPIOA = 0x12;

function board(changes: Parameters<typeof createHouse>[0] = peakHouse()): { house: House; boards: Boards } {
	const house = createHouse(changes, 1);
	return { house, boards: new Boards(house) };
}

function write(boards: Boards, register: number, value: number, address = 0x20): number {
	return boards.transact(OPERATION.write, address, register, value).status;
}

/** Every radiator of the first board to `off`, as an actuator sets it. */
function allOff(boards: Boards): void {
	write(boards, OLATA, 0b01010101);
	write(boards, IODIRA, 0);
}

const orders = (house: House): (string | undefined)[] => {
	house.step(5);
	return [...house.radiators.obeyed].map((code) => OBEYED_ORDERS[code]);
};

describe('boards', () => {
	it('put the signal of their pins on the wires, once those are outputs', () => {
		const { house, boards } = board();
		write(boards, OLATA, 0b10_11_00_01);
		expect(boards.signalsOf(0x20).slice(0, 4)).to.deep.equal(['none', 'none', 'none', 'none']);
		write(boards, IODIRA, 0);
		expect(boards.signalsOf(0x20).slice(0, 4)).to.deep.equal(['positive_half', 'none', 'full_wave', 'negative_half']);
		house.step(10);
		expect(orders(house)).to.deep.equal(['off', 'comfort', 'eco', 'frost_protection']);
	});

	it('read back what was written', () => {
		const { boards } = board();
		allOff(boards);
		const read = (register: number) => boards.transact(OPERATION.read, 0x20, register, 0);
		expect(read(OLATA)).to.deep.equal({ status: STATUS.ok, value: 0b01010101 });
		expect(read(GPIOA).value).to.equal(0b01010101);
		expect(read(IODIRA).value).to.equal(0);
	});

	it('answer ENXIO where no chip is, EIO to what is no operation', () => {
		const { boards } = board();
		expect(write(boards, OLATA, 0, 0x27)).to.equal(STATUS.ENXIO);
		expect(boards.transact(9, 0x20, OLATA, 0).status).to.equal(STATUS.EIO);
	});

	it('heat everything after a reset, and their registers show it', () => {
		const { house, boards } = board();
		allOff(boards);
		expect(orders(house)).to.deep.equal(Array(4).fill('off'));
		boards.reset(0x20);
		expect(orders(house)).to.deep.equal(Array(4).fill('comfort'));
		expect(boards.transact(OPERATION.read, 0x20, IODIRA, 0).value).to.equal(0xff);
	});

	it('without power answer nobody, signal nothing, and come back reset', () => {
		const { house, boards } = board();
		allOff(boards);
		boards.setCondition(0x20, 'dead');
		expect(write(boards, OLATA, 0)).to.equal(STATUS.EREMOTEIO);
		expect(orders(house)).to.deep.equal(Array(4).fill('comfort'));
		boards.drift(0x20, IODIRA, 0);
		boards.setCondition(0x20, 'working');
		expect(boards.transact(OPERATION.read, 0x20, IODIRA, 0).value).to.equal(0xff);
		expect(boards.transact(OPERATION.read, 0x20, OLATA, 0)).to.deep.equal({ status: STATUS.ok, value: 0 });
	});

	it('that are mute keep their signals', () => {
		const { house, boards } = board();
		allOff(boards);
		boards.setCondition(0x20, 'mute');
		expect(write(boards, OLATA, 0)).to.equal(STATUS.EREMOTEIO);
		expect(orders(house)).to.deep.equal(Array(4).fill('off'));
	});

	it('drift register by register and hold a stuck pin', () => {
		const { boards } = board();
		allOff(boards);
		boards.drift(0x20, IODIRA, 0b11);
		expect(boards.signalsOf(0x20)[0]).to.equal('none');
		expect(boards.signalsOf(0x20)[1]).to.equal('positive_half');
		boards.drift(0x20, IODIRA, 0);
		boards.stick(0x20, 0, 0);
		expect(boards.signalsOf(0x20)[0]).to.equal('none');
		boards.stick(0x20, 0, undefined);
		expect(boards.signalsOf(0x20)[0]).to.equal('positive_half');
	});

	it('follow the pin map of the house, active low too', () => {
		const wires = [1, 2, 3, 4].map((wire) => ({ positive: 16 - 2 * wire, negative: 17 - 2 * wire }));
		const { boards } = board({ ...peakHouse(), boards: [{ address: 0x20, wires, activeLow: true }] });
		write(boards, 0x15, 0b10_11_11_11);
		write(boards, 0x01, 0);
		expect(boards.signalsOf(0x20)).to.deep.equal(['positive_half', 'none', 'none', 'none']);
	});
});
