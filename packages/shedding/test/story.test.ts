import { decide, emptyState, shedSet, snapshot } from '@pilotwire/shedding';
import { expect } from 'chai';
import { House, type Radiator } from './house.ts';

const living: Radiator = { id: 'living', powerW: 1500, priority: 1 };
const bedroom: Radiator = { id: 'bedroom', powerW: 1000, priority: 2 };
const office: Radiator = { id: 'office', powerW: 1000, priority: 2 };
const hall: Radiator = { id: 'hall', powerW: 500, priority: 3 };

describe('an evening: the oven, the kettle and the water heater start together', () => {
	const appliances = (second: number): number => (second > 60 && second <= 240 ? 5000 : 300);
	const house = new House(6000, appliances, [living, bedroom, office, hall]).run(60);

	it('does nothing while the load is within the limit', () => {
		expect(house.actions).to.deep.equal([]);
	});

	it('sheds enough at once, the least important first, and none that the last one made needless', () => {
		house.run(1);
		expect(house.kinds()).to.deep.equal(['shed hall', 'shed bedroom', 'shed living']);
		expect(house.predictedVA()).to.be.at.most(6000);
	});

	it('says why in a sentence with its figures', () => {
		expect(house.actions[0]?.sentence).to.equal('hall waits (500 VA counted): phase 1 would draw 8970 VA of 6000 VA.');
		expect(house.actions[0]?.figures).to.include({ limitVA: 6000, predictedVA: 8970, powerVA: 500 });
	});

	it('sheds nothing more while the sheds are on their way', () => {
		house.run(30);
		expect(house.actions).to.have.length(3);
		expect(Math.max(...house.loads.slice(-25))).to.be.at.most(6000);
	});

	it('brings them back one by one, the most important first, once the headroom lasted', () => {
		house.run(120);
		expect(house.heating()).to.deep.equal(['office']);
		house.run(300);
		const back = house.actions.filter((action) => action.kind === 'restore');
		expect(back.map((action) => action.id)).to.deep.equal(['living', 'bedroom', 'hall']);
		for (const [index, action] of back.entries()) {
			expect(action.second - (back[index - 1]?.second ?? 0)).to.be.at.least(3);
		}
		expect(Math.max(...house.loads.slice(70))).to.be.at.most(6000);
		expect(house.heating()).to.have.length(4);
	});

	it('then stays still', () => {
		const before = house.actions.length;
		house.run(3600);
		expect(house.actions).to.have.length(before);
	});
});

describe('shedding', () => {
	it('takes one circuit that is enough rather than several of the same priority', () => {
		const small = (id: string): Radiator => ({ id, powerW: 500, priority: 2 });
		const house = new House(4000, (second) => (second > 60 ? 1700 : 0), [
			small('a'),
			small('b'),
			{ id: 'big', powerW: 1500, priority: 2 },
			small('c'),
		]).run(63);
		expect(shedSet(house.state).shed).to.deep.equal(['big']);
	});

	it('counts a load at the limit as within it', () => {
		const house = new House(3000, () => 1500, [living]).run(120);
		expect(house.actions).to.deep.equal([]);
	});

	it('never touches a protected circuit', () => {
		const house = new House(3000, () => 4000, [{ ...living, controllable: false }, bedroom]).run(60);
		expect(shedSet(house.state).shed).to.deep.equal(['bedroom']);
	});

	it('sheds others once a shed did not show, and says so', () => {
		const house = new House(3000, (second) => (second > 60 ? 1200 : 0), [{ ...hall, deaf: true }, living]).run(63);
		expect(shedSet(house.state).shed).to.deep.equal(['hall']);
		house.run(9);
		expect(shedSet(house.state).shed).to.deep.equal(['hall']);
		house.run(2);
		expect(house.kinds()).to.deep.equal(['shed hall', 'unseen hall', 'shed living']);
		expect(house.actions[1]?.reason).to.equal('not_obeyed');
	});

	it('does not count a satisfied radiator as gone', () => {
		const satisfied = { ...hall, thermostat: () => false };
		const house = new House(3000, (second) => (second > 60 ? 1600 : 0), [satisfied, living]).run(80);
		expect(house.kinds()).to.deep.equal(['shed hall', 'unseen hall', 'shed living']);
		expect(house.actions[1]?.reason).to.equal('not_drawing');
	});

	it('takes the one whose turn it is among equals', () => {
		const peaks = (second: number): number => (second % 900 < 60 ? 2000 : 0);
		const house = new House(3500, peaks, [bedroom, office]).run(3600);
		const shed = house.actions.filter((action) => action.kind === 'shed').map((action) => action.id);
		expect(shed).to.deep.equal(['bedroom', 'office', 'bedroom', 'office', 'bedroom'].slice(0, shed.length));
		expect(shed.length).to.be.at.least(3);
	});

	it('keeps a minimum time on unless nothing else is enough', () => {
		const state = [
			{ kind: 'circuit', id: 'young', phase: 1, powerW: 1000, priority: 9, inForce: 'off' },
			{ kind: 'circuit', id: 'old', phase: 1, powerW: 1000, priority: 1, inForce: 'comfort' },
			{ kind: 'circuit', id: 'young', phase: 1, powerW: 1000, priority: 9, inForce: 'comfort' },
		] as const;
		let house = emptyState({ briefS: 0 });
		for (const event of state)
			house = decide(house, { ...event, wanted: 'comfort', controllable: true, minOnS: 300 }, 0).state;
		const load = (apparentPowerVA: number) => ({ kind: 'load', phase: 1, limitVA: 3000, apparentPowerVA }) as const;
		const mild = decide(house, load(3500), 100_000);
		expect(mild.actions.map((action) => action.id)).to.deep.equal(['old']);
		const danger = decide(house, load(4500), 100_000);
		expect(danger.actions.map((action) => action.id)).to.deep.equal(['old', 'young']);
	});

	it('believes the meter that says over although its figure does not', () => {
		const house = new House(3000, () => 1000, [bedroom]).run(60);
		house.send({ kind: 'load', phase: 1, apparentPowerVA: 2900, limitVA: 3000, sureOver: true });
		expect(house.actions.map((action) => action.reason)).to.deep.equal(['meter_alert']);
	});
});

describe('a house that feeds in', () => {
	it('is not over, whatever the alert for its current says, until it draws', () => {
		const house = new House(3000, () => 1000, [bedroom]).run(60);
		const load = { kind: 'load', phase: 1, limitVA: 3000, sureOver: true } as const;
		house.send({ ...load, apparentPowerVA: 0 });
		expect(house.actions).to.deep.equal([]);
		house.send({ ...load, apparentPowerVA: 2900 });
		expect(house.actions.map((action) => action.reason)).to.deep.equal(['meter_alert']);
	});
});

describe('restoring', () => {
	it('lets circuits in within seconds of each other where the headroom has room for all of them', () => {
		const off = (radiator: Radiator): Radiator => ({ ...radiator, inForce: 'off' });
		const house = new House(12_000, () => 300, [off(living), off(bedroom), off(office), off(hall)]).run(45);
		expect(house.kinds()).to.deep.equal(['admit living', 'admit bedroom', 'admit office', 'admit hall']);
		const seconds = house.actions.map((action) => action.second);
		for (const [index, second] of seconds.entries()) expect(second - (seconds[index - 1] ?? 0)).to.be.at.least(3);
	});

	it('does not take the rise of an oven for that of a circuit in flight', () => {
		const off = (radiator: Radiator): Radiator => ({ ...radiator, inForce: 'off', delayS: 8 });
		const oven = (second: number): number => (second >= 31 ? 2000 : 300);
		const house = new House(4500, oven, [off(living), off(bedroom)]).run(300);
		expect(house.kinds().filter((kind) => kind.startsWith('shed') || kind.startsWith('withdraw'))).to.deep.equal([]);
		expect(Math.max(...house.loads)).to.be.at.most(4500);
	});

	it('waits for the meter after each where one had to go again at once', () => {
		const off = (radiator: Radiator): Radiator => ({ ...radiator, inForce: 'off' });
		const oven = (second: number): number => (second > 50 && second < 70 ? 11_000 : 300);
		const house = new House(12_000, oven, [off(living), off(bedroom), off(office), off(hall)]).run(600);
		const back = house.actions.filter((action) => action.kind === 'restore').map((action) => action.second);
		expect(back).to.have.length.at.least(2);
		for (const [index, second] of back.entries()) expect(second - (back[index - 1] ?? 0)).to.be.at.least(10);
	});

	it('lets circuits in one by one after a restart with an empty memory', () => {
		const off = (radiator: Radiator): Radiator => ({ ...radiator, inForce: 'off' });
		const house = new House(6600, () => 300, [off(living), off(bedroom), off(office), off(hall)]).run(29);
		expect(house.actions).to.deep.equal([]);
		house.run(90);
		expect(house.kinds()).to.deep.equal(['admit living', 'admit bedroom', 'admit office', 'admit hall']);
		expect(shedSet(house.state)).to.deep.equal({ shed: [], admitted: {} });
	});

	it('takes back an admission that was not carried out when the load rises', () => {
		let state = emptyState();
		const circuit = { kind: 'circuit', id: 'a', phase: 1, powerW: 1000, priority: 1, controllable: true } as const;
		state = decide(state, { ...circuit, wanted: 'comfort', inForce: 'off' }, 0).state;
		const load = { kind: 'load', phase: 1, limitVA: 3000 } as const;
		for (let second = 0; second <= 40; second++) {
			state = decide(state, { ...load, apparentPowerVA: 500 }, second * 1000).state;
		}
		expect(shedSet(state).admitted).to.deep.equal({ a: 'comfort' });
		const { actions, state: after } = decide(state, { ...load, apparentPowerVA: 3100 }, 41_000);
		expect(actions.map((action) => action.kind)).to.deep.equal(['withdraw']);
		expect(shedSet(after).admitted).to.deep.equal({});
	});

	it('is more patient with a circuit that had to go again at once', () => {
		const oven = (second: number): number => (second % 120 < 60 ? 2500 : 500);
		const house = new House(3500, oven, [living]).run(3600);
		expect(house.switchings.length).to.be.at.most(14);
	});

	it('lets one that heats at eco have comfort, although what it draws itself leaves no room for more', () => {
		const house = new House(3000, () => 300, [{ ...living, powerW: 2000, inForce: 'eco' }]).run(200);
		expect(house.kinds()).to.deep.equal(['rotate living', 'restore living']);
		expect(house.switchings.map(({ to }) => to)).to.deep.equal(['off', 'comfort']);
	});

	it('brings a whole house from eco to comfort in the morning without waiting for the longest wait', () => {
		const morning = [living, bedroom, office, hall].map((radiator) => ({ ...radiator, inForce: 'eco' as const }));
		const house = new House(4600, () => 300, morning).run(1500);
		expect(house.heating()).to.have.length(4);
		expect(Math.max(...house.loads)).to.be.at.most(4600);
	});

	it('gives each its turn before its longest wait', () => {
		const settings = { maxWaitS: 1200 };
		const house = new House(4000, () => 2200, [bedroom, { ...office, inForce: 'off' }], settings).run(4 * 3600);
		const waits = house.switchings.filter((switching) => switching.to === 'comfort');
		expect(waits.length).to.be.within(15, 18);
		for (const [index, { second }] of waits.entries()) {
			expect(second - (waits[index - 1]?.second ?? 0)).to.be.at.most(1200);
		}
		expect(Math.max(...house.loads)).to.be.at.most(4000);
		expect(house.actions.find((action) => action.kind === 'rotate')?.sentence).to.equal(
			'bedroom gives its place: office has waited for 13 min and has its turn before its longest wait is over.',
		);
	});

	it('gives the longest wait the place of one that draws, although its room seemed too warm to heat', () => {
		const settings = { maxWaitS: 1200 };
		const house = new House(3000, () => 1200, [bedroom, { ...office, inForce: 'off' }], settings);
		// From comfort to eco: its room should stay warm for an hour or two, and doesn't.
		house.want('bedroom', 'eco');
		house.run(1300);
		const turn = house.switchings.find(({ id, to }) => id === 'office' && to === 'comfort');
		expect(turn?.second).to.be.at.most(1200);
	});

	it('gives the place of a warmer room to one that lost more comfort, and tells both', () => {
		const settings = { maxWaitS: 7200 };
		const house = new House(3000, () => 1200, [bedroom, { ...office, inForce: 'off' }], settings).run(3600);
		expect(house.actions.find((action) => action.kind === 'rotate')?.sentence).to.equal(
			'bedroom gives its place: office misses 1.5 °C and comes before it, which misses 0.0 °C and had 53 min.',
		);
	});

	it('lets the more important have its place again after a turn', () => {
		const house = new House(4000, () => 2200, [
			{ ...living, powerW: 1000 },
			{ ...hall, powerW: 1000, inForce: 'off' },
		]).run(3 * 3600);
		const on = house.switchings.filter((switching) => switching.to === 'comfort');
		const [first, second] = on;
		expect(first?.id).to.equal('hall');
		expect(second?.id).to.equal('living');
		expect((second?.second ?? 0) - (first?.second ?? 0)).to.be.within(1200, 1500);
	});
});

describe('beside a charger that never fits', () => {
	const car: Radiator = { id: 'car', powerW: 7400, inForce: 'off' };

	it('those that fit come back all the same, although it has waited its longest', () => {
		const oven = (second: number): number => (second > 1400 && second <= 1460 ? 5000 : 300);
		const house = new House(6000, oven, [car, living]).run(1700);
		expect(house.kinds()).to.deep.equal(['shed living', 'restore living']);
	});

	it('those that fit have their turns all the same', () => {
		const house = new House(3000, () => 1000, [
			car,
			{ ...living, inForce: 'off', wanted: 'off' },
			{ ...hall, powerW: 1500, priority: 6 },
		]).run(1400);
		house.want('living', 'comfort');
		house.run(200);
		expect(house.kinds()).to.deep.equal(
			['rotate hall', 'restore living'].map((kind) => kind.replace('restore', 'admit')),
		);
	});
});

describe('a room under its guard temperature', () => {
	const waits: Radiator = { ...living, inForce: 'off' };

	it('gives its place to nobody, however long that one waits', () => {
		const house = new House(3000, () => 1000, [waits, { ...hall, powerW: 1500, frostGuard: true }]).run(3600);
		expect(house.actions).to.deep.equal([]);
	});

	it('holds nobody off who fits beside it', () => {
		const house = new House(3000, () => 1000, [waits, { ...hall, powerW: 1200, frostGuard: true }, office]).run(3000);
		expect(house.heating()).to.include('hall');
		expect(house.actions.filter(({ id }) => id === 'hall')).to.deep.equal([]);
	});

	it('gives it to another such room', () => {
		const house = new House(3000, () => 1000, [
			{ ...waits, frostGuard: true },
			{ ...hall, powerW: 1500, frostGuard: true },
		]).run(1800);
		expect(house.kinds()).to.include('rotate hall');
	});
});

describe('without a meter', () => {
	it('decides nothing, says so, and measures anew when it comes back', () => {
		const house = new House(3000, () => 1000, [living, { ...office, inForce: 'off' }]).run(10);
		house.run(30, false);
		expect(house.kinds()).to.deep.equal(['silence']);
		expect(snapshot(house.state).phases[0]?.restoreState).to.equal('silent');
		expect(snapshot(house.state).waiting[0]?.reason).to.equal('no_load');
		house.run(1);
		expect(snapshot(house.state).phases[0]?.restoreState).to.equal('measuring');
	});

	it('takes back what was admitted and not carried out', () => {
		let state = emptyState();
		const circuit = { kind: 'circuit', id: 'a', phase: 1, powerW: 1000, priority: 1, controllable: true } as const;
		state = decide(state, { ...circuit, wanted: 'comfort', inForce: 'off' }, 0).state;
		for (let second = 0; second <= 40; second++) {
			state = decide(state, { kind: 'load', phase: 1, limitVA: 3000, apparentPowerVA: 500 }, second * 1000).state;
		}
		const { state: after } = decide(state, { kind: 'silence' }, 41_000);
		expect(shedSet(after).admitted).to.deep.equal({});
	});

	it('decides nothing while paused', () => {
		const house = new House(3000, () => 3000, [living]);
		house.send({ kind: 'paused' });
		house.run(60);
		expect(house.actions).to.deep.equal([]);
		house.send({ kind: 'resumed' });
		house.run(1);
		expect(house.kinds()).to.deep.equal(['shed living']);
	});
});
