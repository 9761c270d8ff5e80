import { createHouse, type House, type HouseInput, OBEYED_ORDERS } from '@pilotwire/house';
import { expect } from 'chai';
import { plainHouse } from './support/houses.ts';

type Radiator = HouseInput['radiators'][number];

function withRadiator(changes: Partial<Radiator>, startC = 18): House {
	const plain = plainHouse();
	const rooms = plain.rooms.map((room) => ({ ...room, startC }));
	const radiators = plain.radiators.map((radiator) => ({ ...radiator, ...changes }));
	return createHouse(plainHouse({ rooms, radiators }), 1);
}

const obeyed = (house: House): string => OBEYED_ORDERS[house.radiators.obeyed[0] as number] as string;

function pulse(house: House, widthS: number): void {
	house.setWireSignal('radiator', true, true);
	house.step(widthS);
	house.setWireSignal('radiator', false, false);
}

describe('radiators', () => {
	for (const [order, positive, negative] of [
		['frost_protection', false, true],
		['off', true, false],
	] as const) {
		it(`obey ${order} after their response, and comfort again`, () => {
			const house = withRadiator({ responseS: 5 });
			house.setWireSignal('radiator', positive, negative);
			house.step(4);
			expect(obeyed(house)).to.equal('comfort');
			house.step(1);
			expect(obeyed(house)).to.equal(order);
			house.setWireSignal('radiator', false, false);
			house.step(4);
			expect(obeyed(house)).to.equal(order);
			house.step(1);
			expect(obeyed(house)).to.equal('comfort');
		});
	}

	it('that know six orders take a full wave for eco only when no pulse can be that long', () => {
		const house = withRadiator({ responseS: 2, orders: 6 });
		house.setWireSignal('radiator', true, true);
		house.step(8);
		expect(obeyed(house)).to.equal('comfort');
		house.step(1);
		expect(obeyed(house)).to.equal('eco');
	});

	it('that know four orders take it for eco after their response', () => {
		const house = withRadiator({ responseS: 2, orders: 4 });
		house.setWireSignal('radiator', true, true);
		house.step(2);
		expect(obeyed(house)).to.equal('eco');
	});

	for (const [order, widthS] of [
		['comfort_-1', 3],
		['comfort_-2', 7],
	] as const) {
		it(`hear ${order} from its pulses, and comfort when they stay away`, () => {
			const house = withRadiator({ orders: 6 });
			for (let period = 0; period < 4; period++) {
				pulse(house, widthS);
				for (let second = widthS; second < 300; second++) {
					house.step(1);
					expect(obeyed(house)).to.equal(order);
				}
			}
			house.step(40);
			expect(obeyed(house)).to.equal('comfort');
		});

		it(`hear comfort and never ${order} where they know four orders`, () => {
			const house = withRadiator({ orders: 4, responseS: 8 });
			pulse(house, widthS);
			house.step(10);
			expect(obeyed(house)).to.equal('comfort');
		});
	}

	it('forget a pulse when another order comes', () => {
		const house = withRadiator({ orders: 6, responseS: 1 });
		pulse(house, 3);
		house.step(1);
		house.setWireSignal('radiator', true, false);
		house.step(2);
		expect(obeyed(house)).to.equal('off');
		house.setWireSignal('radiator', false, false);
		house.step(2);
		expect(obeyed(house)).to.equal('comfort');
	});

	it('draw nothing when off, and their power when the room is cold', () => {
		const house = withRadiator({ responseS: 1 }, 15);
		house.step(60);
		expect(house.radiators.watts[0]).to.equal(1500);
		house.setWireSignal('radiator', true, false);
		house.step(2);
		expect(house.radiators.watts[0]).to.equal(0);
		expect(house.watts[0]).to.equal(0);
	});

	it('draw by the square of the voltage', () => {
		const house = createHouse(plainHouse({ supply: { voltageV: 240, noiseV: 0, lineOhm: 0 } }), 1);
		house.step(60);
		expect(house.watts[0]).to.be.closeTo(1500 * (240 / 230) ** 2, 0.01);
	});

	it('chop: in a room near its set point each period has one stretch of heat and one of rest', () => {
		const house = withRadiator({ thermostat: { kind: 'chopping', periodS: 60, bandK: 1 } }, 20);
		house.step(120);
		const on = Array.from({ length: 600 }, () => {
			house.step(1);
			return (house.radiators.watts[0] as number) > 0;
		});
		const switchings = on.filter((isOn, second) => second > 0 && isOn !== on[second - 1]).length;
		expect(switchings).to.be.within(18, 20);
		expect(on.filter(Boolean).length / 600).to.be.within(0.4, 0.6);
	});

	it('with hysteresis swing slowly between their two edges', () => {
		const house = withRadiator({ thermostat: { kind: 'hysteresis', hysteresisK: 0.3 } }, 19);
		house.step(3 * 3600);
		let [low, high] = [99, 0];
		for (let second = 0; second < 4 * 3600; second++) {
			house.step(1);
			low = Math.min(low, house.roomC[0] as number);
			high = Math.max(high, house.roomC[0] as number);
		}
		expect(low).to.be.closeTo(19.7, 0.02);
		expect(high).to.be.closeTo(20.3, 0.02);
	});

	it('forget what they heard when the supply is cut', () => {
		const house = withRadiator({ responseS: 3 });
		house.setWireSignal('radiator', true, false);
		house.step(5);
		house.setOtherLoad(1, 30_000);
		house.step(30);
		expect(house.breakerOpenAt).to.be.a('number');
		house.setOtherLoad(1, 0);
		house.closeBreaker();
		house.step(2);
		expect(obeyed(house)).to.equal('comfort');
		house.step(1);
		expect(obeyed(house)).to.equal('off');
	});
});

describe('rooms', () => {
	for (const [order, positive, negative, keepsC] of [
		['comfort', false, false, 20],
		['eco', true, true, 16.5],
		['frost_protection', false, true, 7],
	] as const) {
		it(`settle at ${keepsC} °C under ${order}`, () => {
			const house = withRadiator({}, keepsC + 1);
			house.setWireSignal('radiator', positive, negative);
			house.step(48 * 3600);
			expect(house.roomC[0]).to.be.closeTo(keepsC, 0.5);
		});
	}

	it('fall towards the outside with their own time constant when nothing heats them', () => {
		const house = withRadiator({ responseS: 0 }, 20);
		house.setWireSignal('radiator', true, false);
		house.step(2e6 / 40);
		expect(house.roomC[0]).to.be.closeTo(20 / Math.E, 0.01);
	});

	it('are read too warm by a radiator whose thermometer is', () => {
		const house = withRadiator({ offsetK: 1.5 }, 20);
		house.step(48 * 3600);
		expect(house.roomC[0]).to.be.closeTo(18.5, 0.5);
	});
});
