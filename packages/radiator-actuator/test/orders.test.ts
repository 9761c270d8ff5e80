import { ORDERS, type Order } from '@pilotwire/pilot-wire';
import { expect } from 'chai';
import { Actuator, settle } from './actuator.ts';

/** Bit pairs of a steady order; the low bit drives the positive half. */
const PAIRS: Readonly<Record<Order, number>> = {
	comfort: 0b00,
	eco: 0b11,
	frost_protection: 0b10,
	off: 0b01,
	'comfort_-1': 0b00,
	'comfort_-2': 0b00,
};
const FULL_WAVE = 0b11;
const PULSE_S: Readonly<Partial<Record<Order, number>>> = { 'comfort_-1': 3, 'comfort_-2': 7 };

/** The pair that `order` puts on the `index`-th of 24 wires, `seconds` after the start of the clock. */
function pairAt(order: Order, index: number, seconds: number): number {
	const sincePulse = (seconds - index * 12.5 + 300) % 300;
	return sincePulse < (PULSE_S[order] ?? 0) ? FULL_WAVE : PAIRS[order];
}

describe('orders on the wires', () => {
	for (const board of [0x20, 0x21, 0x22]) {
		for (const order of ORDERS) {
			it(`${order} from circuits/<id>/set reaches each wire of board 0x${board.toString(16)}, and no other`, async () => {
				const house = new Actuator();
				await house.service.start();
				house.say('circuits/all/set', 'off');
				await house.lease();
				for (let wire = 1; wire <= 8; wire++) {
					const index = (board - 0x20) * 8 + wire - 1;
					const id = `r${index + 1}`;
					house.say(`circuits/${id}/set`, order);
					await house.lease({ admitted: { [id]: order } });
					await house.pass(4);
					const chip = house.chips.chip(board);
					const place = 2 * (wire - 1);
					const pair = pairAt(order, index, house.clock.monotonicMs() / 1000);
					const expected = (0x5555 & ~(0b11 << place)) | (pair << place);
					const olat = [chip.read(0x14), chip.read(0x15)];
					expect(olat, `OLAT for wire ${wire}`).to.deep.equal([expected & 0xff, expected >> 8]);
					expect([chip.read(0x00), chip.read(0x01)], 'IODIR').to.deep.equal([0, 0]);
					expect(house.circuit(id)).to.include({ wanted: order, inForce: order, control: 'lease' });
					house.say(`circuits/${id}/set`, 'off');
					await settle();
				}
				await house.service.stop();
				expect(house.failures).to.deep.equal([]);
			});
		}
	}

	it('a shed set is on the wire before anything else happens, and touches only the chip registers that change', async () => {
		const house = new Actuator();
		await house.service.start();
		await house.lease({
			admitted: Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`r${at + 1}`, 'comfort'])),
		});
		await house.pass(1);
		const mark = house.chips.written.length;
		house.say('shedder/shed/state', house.shedSet({ shed: ['r2', 'r21'] }), true);
		await settle();
		expect(house.chips.written.slice(mark)).to.deep.equal([
			{ address: 0x20, register: 0x14, value: 0b0100 },
			{ address: 0x22, register: 0x15, value: 0b01 },
		]);
		expect(house.circuit('r2')).to.include({ wanted: 'comfort', inForce: 'off', reason: 'shed' });
		await house.service.stop();
	});

	it('a radiator that must wait has the order configured for that', async () => {
		const radiators = [{ id: 'bath', board: 0x20, wire: 1, powerW: 500, shedOrder: 'frost_protection' as const }];
		const house = new Actuator({ boards: [0x20], radiators });
		await house.service.start();
		await house.lease({ shed: ['bath'] });
		expect(house.pins(0x20, 1)).to.equal('frost_protection');
		await house.service.stop();
	});

	it('a radiator of four orders has comfort where comfort_-1 is asked for', async () => {
		const radiators = [{ id: 'old', board: 0x20, wire: 1, powerW: 500, orders: 4 as const }];
		const house = new Actuator({ boards: [0x20], radiators });
		await house.service.start();
		house.say('circuits/old/set', 'comfort_-1');
		await house.lease({ admitted: { old: 'comfort' } });
		for (let second = 0; second < 301; second++) {
			if (second % 5 === 0) await house.lease({ admitted: { old: 'comfort' } });
			await house.pass(1);
			expect(house.pins(0x20, 1)).to.equal('comfort');
		}
		expect(house.circuit('old')).to.include({ wanted: 'comfort', inForce: 'comfort' });
		await house.service.stop();
	});
});
