import { expect } from 'chai';
import { asOld, emptyHouse, firstMeter, firstMeterId, trueAtMs } from '../src/core/house.ts';
import { at, circuit, heard, load, T0 } from './messages.ts';

describe('what the bus has said', () => {
	it('keeps the newest word of each topic', () => {
		const house = heard([
			{ topic: 'meter/main/load/state', value: load(T0, [1_000]) },
			{ topic: 'meter/main/load/state', value: load(T0 + 1_000, [1_200]), heardMs: T0 + 1_000 },
			{ topic: 'circuits/salon/state', value: circuit() },
		]);
		expect(firstMeter(house.loads)?.value.phases[0]?.apparentPowerVA).to.equal(1_200);
		expect(house.circuits.get('salon')?.value.name).to.equal('Salon');
	});

	it('shows the first of several meters', () => {
		const house = heard([
			{ topic: 'meter/workshop/load/state', value: load(T0, [500]) },
			{ topic: 'meter/main/load/state', value: load(T0, [1_000]) },
		]);
		expect(firstMeterId(house.loads)).to.equal('main');
		expect(firstMeter(house.loads)?.value.phases[0]?.apparentPowerVA).to.equal(1_000);
		expect(firstMeterId(new Map())).to.equal(undefined);
	});

	it('forgets a circuit whose state was cleared', () => {
		const house = heard([{ topic: 'circuits/salon/state', value: circuit() }, { topic: 'circuits/salon/state' }]);
		expect(house.circuits.size).to.equal(0);
	});

	it('is not changed by what is malformed, nor by topics of another house or of nobody', () => {
		const before = heard([{ topic: 'circuits/salon/state', value: circuit() }]);
		for (const [topic, value] of [
			['circuits/salon/state', '{"at":'],
			['circuits/salon/state', { name: 'x' }],
			['../other/circuits/salon/state', circuit()],
			['nothing/known', circuit()],
		] as const) {
			expect(heard([{ topic, value }], before)).to.equal(before);
		}
	});

	it('learns the difference of the clocks from the least delay of live loads, never from a kept copy', () => {
		const ahead = 300_000;
		const kept = heard([{ topic: 'meter/main/load/state', value: load(T0, [1]), retained: true, heardMs: T0 + 9e6 }]);
		expect(kept.clockAheadMs).to.equal(undefined);
		const house = heard(
			[
				{ topic: 'meter/main/load/state', value: load(T0, [1]), heardMs: T0 + ahead + 900 },
				{ topic: 'meter/main/load/state', value: load(T0 + 1_000, [1]), heardMs: T0 + 1_000 + ahead + 40 },
				{ topic: 'meter/main/load/state', value: load(T0 + 2_000, [1]), heardMs: T0 + 2_000 + ahead + 5_000 },
			],
			kept,
		);
		expect(house.clockAheadMs).to.equal(ahead + 40);
		expect(trueAtMs(house, at(T0))).to.equal(T0 + ahead + 40);
	});

	it('keeps what is known over a new connection, but not as live', () => {
		const house = asOld(heard([{ topic: 'meter/main/load/state', value: load(T0, [1_000]) }]));
		expect(firstMeter(house.loads)).to.include({ live: false });
		expect(house.clockAheadMs).to.equal(undefined);
		expect(asOld(emptyHouse).shedder).to.equal(undefined);
	});
});
