import { noController, ShedderController, Twin, type TwinOptions } from '@pilotwire/house';
import { expect } from 'chai';
import { legalTime } from '../src/legal-time.ts';
import { plainHouse } from './support/houses.ts';
import { coldHouse } from './support/twin-house.ts';

const HOUR_S = 3600;
const legalMinute = (nowMs: number): number => legalTime(nowMs).minuteOfDay;

const shedding = (changes: Partial<TwinOptions> = {}): Twin =>
	new Twin({ house: coldHouse(1), seed: 3, controller: (circuits) => new ShedderController(circuits), ...changes });

describe('the twin', () => {
	it('gives the same figures for the same seed, and others for another', () => {
		const first = shedding()
			.run(3 * HOUR_S)
			.figures();
		expect(
			shedding()
				.run(3 * HOUR_S)
				.figures(),
		).to.deep.equal(first);
		expect(
			shedding({ seed: 4 })
				.run(3 * HOUR_S)
				.figures(),
		).not.to.deep.equal(first);
	});

	it('gives the same figures in one run as in many short ones', () => {
		const whole = shedding().run(HOUR_S).figures();
		const parts = shedding();
		for (let part = 0; part < 60; part++) parts.run(60);
		expect(parts.figures()).to.deep.equal(whole);
	});

	it('costs the shed circuits their warmth and the breaker nothing', () => {
		const none = shedding({ controller: (circuits) => noController(circuits.length) })
			.run(24 * HOUR_S)
			.figures();
		const ours = shedding()
			.run(24 * HOUR_S)
			.figures();
		expect(none.minutesAbove).to.be.greaterThan(60);
		expect(ours.minutesAbove).to.be.lessThan(none.minutesAbove / 4);
		expect(ours.openings).to.equal(0);
		expect(ours.degreeHours).to.be.greaterThan(none.degreeHours);
	});

	for (const [mode, phases] of [
		['historic', 1],
		['standard', 1],
		['historic', 3],
		['standard', 3],
	] as const) {
		it(`hears a ${mode} meter of ${phases} phase(s) at the line's pace, rounded as it rounds`, () => {
			const heard: { phase: number; va: number; limitVA: number; atMs: number }[] = [];
			const listener: TwinOptions['controller'] = (circuits) => ({
				...noController(circuits.length),
				load: (phase, va, limitVA, _amps, atMs) => {
					heard.push({ phase, va, limitVA, atMs });
					return false;
				},
			});
			const twin = new Twin({ house: coldHouse(phases, mode), seed: 3, controller: listener }).run(600);
			const ofOne = heard.filter(({ phase }) => phase === 1);
			const gaps = ofOne.slice(1).map(({ atMs }, index) => atMs - (ofOne[index]?.atMs ?? 0));
			expect(Math.max(...gaps)).to.be.lessThan(3100);
			expect(ofOne.length).to.be.greaterThan(200);
			const [kva, least] = phases === 1 ? [6, 900] : [12, 1200];
			expect(heard[0]?.limitVA).to.equal((kva * 1000) / phases);
			if (mode === 'standard') expect(Math.min(...gaps)).to.be.greaterThan(least);
			expect(heard.at(-1)?.atMs).to.be.at.most(twin.house.elapsedMs);
		});
	}

	it('follows a recorded load to the second', () => {
		const loads = { atS: [Uint32Array.of(0, 90, 100)], watts: [Float64Array.of(500, 3000, 200)] };
		const twin = new Twin({ house: plainHouse({ rooms: [], radiators: [] }), seed: 1, loads });
		const at = (second: number): number => {
			twin.run(second - twin.house.elapsedMs / 1000);
			return Math.round(twin.house.watts[0] ?? 0);
		};
		expect([at(1), at(90), at(91), at(100), at(101)]).to.deep.equal([500, 500, 3000, 3000, 200]);
	});

	it('closes an opened breaker again after the time given', () => {
		const loads = { atS: [Uint32Array.of(0, 400)], watts: [Float64Array.of(12_000, 0)] };
		const twin = new Twin({ house: plainHouse(), seed: 1, loads, closeAfterS: 600 }).run(400);
		expect(twin.house.breaker.open).to.equal(true);
		twin.run(400);
		expect(twin.house.breaker.open).to.equal(false);
		expect(twin.figures().openings).to.equal(1);
	});

	it('tells an opening long after all radiators were off from one with which they have to do', () => {
		const shedAt = (second: number): TwinOptions['controller'] => {
			const controller = noController(1);
			const tick = (nowMs: number): boolean => {
				controller.verdict.shed[0] = nowMs / 1000 >= second ? 1 : 0;
				return true;
			};
			return () => ({ ...controller, tick });
		};
		const loads = { atS: [Uint32Array.of(0, 600)], watts: [Float64Array.of(500, 9_000)] };
		const openings = [1_000, 700, 300].map((second) => {
			const twin = new Twin({ house: plainHouse(), seed: 1, loads, controller: shedAt(second) ?? expect.fail() });
			const { openings: all, openingsWithNoneOn } = twin.run(800).figures();
			return [all, openingsWithNoneOn];
		});
		expect(openings).to.deep.equal([
			[1, 0],
			[1, 0],
			[1, 1],
		]);
	});

	it('tells a wait that somebody could have ended from one for which there was no room', () => {
		const house = plainHouse();
		const waiting: TwinOptions['controller'] = () => {
			const controller = noController(1);
			controller.verdict.shed[0] = 1;
			return { ...controller, tick: () => true };
		};
		const loads = { atS: [Uint32Array.of(0, 600, 1800)], watts: [Float64Array.of(500, 5000, 500)] };
		const { longestWaitS, longestWaitWithRoomS } = new Twin({ house, seed: 1, loads, controller: waiting })
			.run(2400)
			.figures();
		expect(longestWaitS).to.be.closeTo(2400, 2);
		expect(longestWaitWithRoomS).to.be.closeTo(1200, 61);
	});

	it('lets no room pay with its cold for the others, sleeping at eco or not, where there is too little for all', function () {
		this.timeout(60_000);
		const loads = { atS: [Uint32Array.of(0)], watts: [Float64Array.of(2200)] };
		let farthestK = 0;
		shedding({
			loads,
			programme: (index, minute) => (index % 2 === 1 && (minute >= 23 * 60 || minute < 6 * 60) ? 'eco' : 'comfort'),
			onMinute: ({ house, wantedC }) => {
				const minute = legalMinute(house.nowMs);
				// Rooms that wake want 3.5 K more at once: they catch up in the morning.
				if (minute >= 6 * 60 && minute < 10 * 60) return;
				const missing = [...wantedC].map((wanted, index) => Math.max(0, wanted - (house.roomC[index] ?? 0)));
				const mean = missing.reduce((sum, of) => sum + of, 0) / missing.length;
				farthestK = Math.max(farthestK, Math.max(...missing) - mean);
			},
		}).run(48 * HOUR_S);
		expect(farthestK).to.be.lessThan(3.5);
	});

	it('counts a wait from the moment a radiator has less than its programme wants, and no switching of the programme', () => {
		const twin = new Twin({
			house: coldHouse(1),
			seed: 1,
			programme: (_, minute) => (minute < 17 * 60 ? 'comfort' : 'eco'),
		}).run(2 * HOUR_S);
		const { switchingsPerRadiatorDay, longestWaitS } = twin.figures();
		expect(switchingsPerRadiatorDay).to.equal(0);
		expect(longestWaitS).to.equal(0);
	});
});
