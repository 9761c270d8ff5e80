import { expect } from 'chai';
import { celsius, House } from './house.ts';

const STEP_S = 30;
const DAYS = 14;
/** 23 litres of wort, its insulated vessel, a heating belt and a fridge. */
const HEAT_CAPACITY_J_PER_K = 96_000;
const LOSS_W_PER_K = 1.4;
const BELT_W = 35;
const FRIDGE_W = 55;
/** The probe stands in a pocket: it follows with this time constant. */
const PROBE_LAG_S = 120;

/** What the yeast gives, W: nothing at first, most on the third day, hardly anything after a week. */
const yeastW = (day: number): number => 18 * Math.exp(-(((day - 2.5) / 1.5) ** 2));
/** A cellar that follows the days. °C. */
const cellarC = (day: number): number => 15 + 4 * Math.sin(2 * Math.PI * day);

interface Fortnight {
	readonly temperatures: number[];
	/** Seconds that each state of each relay lasted. */
	readonly lasted: Readonly<Record<'belt' | 'fridge', { readonly on: number[]; readonly off: number[] }>>;
}

describe('a fermentation of two weeks', function () {
	this.timeout(60_000);

	async function fortnight(thermostat: Record<string, unknown>): Promise<Fortnight> {
		const house = new House();
		let wortC = 19;
		let probeC = 19;
		house.looks.set('wort', () => celsius(Math.round(probeC * 16) / 16));
		await house.start({
			probes: [{ id: 'wort', source: { oneWire: '28-00000a1b2c3d' }, everyS: STEP_S }],
			thermostats: [{ id: 'brew', probe: 'wort', heats: 'belt', cools: 'fridge', mode: 'both', ...thermostat }],
		});
		const temperatures: number[] = [];
		const relays = { belt: { isOn: false, sinceS: 0 }, fridge: { isOn: false, sinceS: 0 } };
		const lasted = {
			belt: { on: [] as number[], off: [] as number[] },
			fridge: { on: [] as number[], off: [] as number[] },
		};
		for (let s = 0; s < DAYS * 86_400; s += STEP_S) {
			for (const id of ['belt', 'fridge'] as const) {
				const isOn = house.told(id) === 'comfort';
				const relay = relays[id];
				if (isOn === relay.isOn) continue;
				lasted[id][relay.isOn ? 'on' : 'off'].push(s - relay.sinceS);
				Object.assign(relay, { isOn, sinceS: s });
				house.circuit(id, isOn ? 'comfort' : 'off');
			}
			const day = s / 86_400;
			const powerW = (relays.belt.isOn ? BELT_W : 0) - (relays.fridge.isOn ? FRIDGE_W : 0) + yeastW(day);
			wortC += ((powerW - (wortC - cellarC(day)) * LOSS_W_PER_K) * STEP_S) / HEAT_CAPACITY_J_PER_K;
			probeC += ((wortC - probeC) * STEP_S) / PROBE_LAG_S;
			temperatures.push(wortC);
			await house.clock.advanceAsync(STEP_S * 1_000);
			house.hub.published.length = 0;
		}
		await house.stop();
		return { temperatures, lasted };
	}

	it('stays at its target, with relays that last', async () => {
		const { temperatures, lasted } = await fortnight({ targetC: 19, hysteresisC: 0.3, minOnS: 180, minOffS: 300 });
		expect(Math.max(...temperatures), 'overshoot').to.be.below(19.5);
		expect(Math.min(...temperatures), 'undershoot').to.be.above(18.5);
		// Least times hold; the last step of each is one tick of the model.
		for (const { on, off } of Object.values(lasted)) {
			expect(Math.min(...on, Infinity)).to.be.at.least(180 - STEP_S);
			expect(Math.min(...off.slice(1), Infinity)).to.be.at.least(300 - STEP_S);
		}
		const switchings = lasted.belt.on.length + lasted.fridge.on.length;
		// 100,000 switchings are a relay's life: at this pace more than ten years.
		expect(switchings / DAYS).to.be.within(1, 25);
		expect(lasted.fridge.on, 'the yeast needs cooling').to.not.be.empty;
		expect(lasted.belt.on, 'the cold nights need heating').to.not.be.empty;
	});
});
