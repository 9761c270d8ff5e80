import type { CircuitState, LinkState, ShedderState } from '@pilotwire/contract';
import { expect } from 'chai';
import { type HouseSeen, houseLine, houseLines } from '../src/view/house-view.ts';

const at = '2026-01-15T18:00:00.000Z';

function circuit(name: string, differs: Partial<CircuitState> = {}): CircuitState {
	return {
		...{ at, owner: 'radiator-actuator', name, kind: 'radiator', phase: 1, powerW: 1500, priority: 1 },
		...{
			wanted: 'comfort',
			inForce: 'comfort',
			reason: 'programme',
			since: at,
			programme: 'comfort',
			control: 'lease',
		},
		...differs,
	};
}

function shedder(differs: Partial<ShedderState> = {}): ShedderState {
	const phase = { phase: 1, loadVA: 3000, limitVA: 4000, headroomVA: 1000, predictedVA: 3000, filterUsed: 0 } as const;
	return { at, mode: 'shedding', phases: [phase], waiting: [], ...differs };
}

function link(differs: Partial<LinkState> = {}): LinkState {
	const counted = { groupsGood: 9, groupsBad: 0, implausible: 0, framesPerMinute: 30 };
	return { at, source: 'serial:/dev/ttyAMA0', connected: true, mode: 'standard', ...counted, ...differs };
}

const seen = (
	circuits: Record<string, CircuitState>,
	differs: Partial<Omit<HouseSeen, 'circuits'>> = {},
): HouseSeen => ({
	shedder: shedder(),
	link: link(),
	...differs,
	circuits: new Map(Object.entries(circuits)),
});

const SHED = circuit('Bathroom', { inForce: 'off', reason: 'shed', priority: 2 });
const waitingForShed = { circuit: 'bathroom', phase: 1, since: at, shed: true, why: 'shed: 500 VA over' } as const;

describe('the house in the terminal', () => {
	const lines = (house: HouseSeen, ageMs = 0, width = 100): string[] => houseLines(house, ageMs, width);

	it('says what heats, and by whose order', () => {
		const text = lines(
			seen({
				salon: circuit('Salon'),
				bedroom: circuit('Bedroom', { wanted: 'eco', inForce: 'eco', reason: 'override', override: { order: 'eco' } }),
			}),
		);
		expect(text).to.include('heating   comfort: Salon; eco, by hand: Bedroom');
	});

	it('says who waits with the reason that the shedder gives', () => {
		const text = lines(seen({ bathroom: SHED }, { shedder: shedder({ waiting: [waitingForShed] }) }));
		expect(text).to.include('waiting   Bathroom (off): shed: 500 VA over');
		expect(text).to.include('heating   -');
	});

	it('says what stands for each reason where the shedder gives none', () => {
		const waiting = (reason: CircuitState['reason']): string =>
			lines(seen({ bathroom: { ...SHED, reason } })).find((line) => line.startsWith('waiting')) ?? '';
		expect(waiting('shed')).to.match(/: shed$/);
		expect(waiting('waits_for_admission')).to.match(/: waits to be admitted$/);
		expect(waiting('fallback')).to.match(/: without the shedder, circuits take turns$/);
		expect(waiting('programme')).to.match(/: the programme says comfort$/);
		expect(waiting('override')).to.match(/: comfort by hand$/);
	});

	it('does not repeat the last words of a shedder that is gone', () => {
		const house = seen(
			{ bathroom: { ...SHED, reason: 'fallback', control: 'fallback' } },
			{ shedder: shedder({ waiting: [waitingForShed] }) },
		);
		const text = lines(house, 12_400);
		expect(text[0]).to.equal('no word from the load-shedder for 12 s; radiators run their fallback');
		expect(text.join('\n')).to.include('without the shedder, circuits take turns').and.not.include('500 VA over');
	});

	it('does not call a radiator waiting that was told to be off', () => {
		const text = lines(seen({ attic: circuit('Attic', { wanted: 'off', inForce: 'off' }), salon: circuit('Salon') }));
		expect(text).to.include('off       Attic');
		expect(text.join('\n')).to.not.include('waiting');
	});

	it('claims nothing of a radiator whose board does not answer, and says a common problem once', () => {
		const away = { reason: 'unreachable', problem: 'I2C_NO_BUS: expected the I2C bus /dev/i2c-1' } as const;
		const text = lines(seen({ salon: circuit('Salon', away), bedroom: circuit('Bedroom', away) }));
		expect(text).to.include('problem   Salon, Bedroom: I2C_NO_BUS: expected the I2C bus /dev/i2c-1');
		expect(text).to.include('heating   -');
	});

	it("shows each phase's load against its limit, and when the breaker opens", () => {
		const [, , calm] = lines(seen({}));
		expect(calm).to.match(/^phase 1 {3}█{23}·{7} {2}3000 of 4000 VA, 1000 VA free$/);
		const over = {
			phase: 2,
			loadVA: 6000,
			limitVA: 4000,
			headroomVA: -2000,
			predictedVA: 6000,
			filterUsed: 0.4,
		} as const;
		const [, , alarm] = lines(seen({}, { shedder: shedder({ phases: [{ ...over, tripInS: 42 }] }) }));
		expect(alarm).to.match(/^phase 2 {3}█+ {2}6000 of 4000 VA, 2000 VA OVER, the breaker opens in 42 s$/);
	});

	it('shortens the bars before it cuts the words that count', () => {
		const calm = shedder().phases[0];
		if (calm === undefined) throw new Error('a phase was expected');
		const phases = [calm, { ...calm, phase: 2, loadVA: 6000, headroomVA: -2000, tripInS: 42 } as const];
		const [, , first = '', second = ''] = lines(seen({}, { shedder: shedder({ phases }) }), 0, 80);
		expect(second).to.match(/the breaker opens in 42 s$/);
		expect(first.lastIndexOf('·')).to.equal(second.lastIndexOf('█'));
	});

	it('takes a house that exports: no bar below zero', () => {
		const phase = { phase: 1, loadVA: 0, limitVA: 4000, headroomVA: 4000, predictedVA: 0, filterUsed: 0 } as const;
		const [, , line] = lines(seen({}, { shedder: shedder({ phases: [phase] }) }));
		expect(line).to.match(/^phase 1 {3}·{30} /);
	});

	it('says that the meter is silent, and the whole of what to do about it', () => {
		const problem = 'PORT_MISSING: expected a serial port at /dev/ttyAMA0, got no such port. Plug the adapter in.';
		const house = seen({}, { shedder: shedder({ mode: 'waiting_for_meter', phases: [] }), link: link({ problem }) });
		const text = lines(house, 0, 60);
		expect(text[0]).to.match(/^\d\d:\d\d:\d\d the meter is silent; radiators run their fallback$/);
		const told = text.slice(1, text.indexOf(''));
		expect(told.length).to.be.greaterThan(1);
		expect(told.map((line) => line.slice(10)).join(' ')).to.equal(problem);
		for (const line of told) expect(line.length).to.be.at.most(60);
	});

	it('waits for the first load, and says so', () => {
		expect(lines(seen({}, { shedder: undefined }))[0]).to.equal('waiting for the first load from the meter');
		const silent = seen({}, { shedder: undefined, link: link({ problem: 'Nothing came.' }) });
		expect(lines(silent)[0]).to.equal('the meter is silent; radiators run their fallback');
	});

	it('says that load shedding is disabled', () => {
		expect(lines(seen({}, { shedder: shedder({ mode: 'disabled' }) }))[0]).to.match(/ load shedding is disabled$/);
	});

	it('never writes beyond the width, names all that heat, and shows where it cut', () => {
		const many = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, circuit(`Radiator ${id}`)]));
		const text = lines(seen({ ...many, bathroom: SHED }), 0, 28);
		for (const line of text) expect(line.length).to.be.at.most(28);
		const told = text.map((line) => line.slice(10)).join(' ');
		expect(told).to.include('comfort: Radiator a, Radiator b, Radiator c, Radiator d');
		expect(text.filter((line) => line.endsWith('…'))).to.have.length(2);
	});

	it('leaves out of a reason what stands before it, and says what is wanted where it is not comfort', () => {
		const why = 'bathroom waits: phase 1 says nothing.';
		const waiting = (state: CircuitState): string =>
			lines(seen({ bathroom: state }, { shedder: shedder({ waiting: [{ ...waitingForShed, why }] }) })).find((line) =>
				line.startsWith('waiting'),
			) ?? '';
		expect(waiting(SHED)).to.equal('waiting   Bathroom (off): phase 1 says nothing.');
		expect(waiting({ ...SHED, wanted: 'eco' })).to.equal('waiting   Bathroom (off, wants eco): phase 1 says nothing.');
	});

	it('says where a peak above the limit may pass', () => {
		const over = {
			phase: 1,
			loadVA: 4500,
			limitVA: 4000,
			headroomVA: -500,
			predictedVA: 4500,
			filterUsed: 0.1,
		} as const;
		const line = (more: object): string =>
			lines(seen({}, { shedder: shedder({ phases: [{ ...over, ...more }] }) })).find((text) =>
				text.startsWith('phase'),
			) ?? '';
		expect(line({ restoreState: 'passing' })).to.match(/ 500 VA OVER \(it may pass\)$/);
		expect(line({ restoreState: 'over', tripInS: 300 })).to.match(/ 500 VA OVER, the breaker opens in 300 s$/);
	});

	it('orders circuits by phase, then by priority', () => {
		const text = lines(
			seen({
				third: circuit('Third', { phase: 2, priority: 1 }),
				second: circuit('Second', { phase: 1, priority: 5 }),
				first: circuit('First', { phase: 1, priority: 2 }),
			}),
		);
		expect(text.join('\n')).to.include('comfort: First, Second, Third');
	});
});

describe('the house in one line', () => {
	it('has the loads, who heats, and the others by their reason', () => {
		const house = seen({
			salon: circuit('Salon'),
			bathroom: SHED,
			bedroom: circuit('Bedroom', { inForce: 'off', reason: 'shed' }),
			attic: circuit('Attic', { wanted: 'off', inForce: 'off' }),
			cellar: circuit('Cellar', { reason: 'unreachable' }),
		});
		expect(houseLine(house, 0).replace(/^[\d:]+ /, '')).to.equal(
			'load shedding | L1 3000/4000 VA | heating: salon | shed: bathroom, bedroom; off: attic; unreachable: cellar',
		);
	});

	it('marks a phase that is over', () => {
		const over = { phase: 3, loadVA: 4100, limitVA: 4000, headroomVA: -100, predictedVA: 4100, filterUsed: 0 } as const;
		expect(houseLine(seen({}, { shedder: shedder({ phases: [over] }) }), 0)).to.include('L3 4100/4000 VA OVER');
	});

	it('leaves out what is not known yet', () => {
		const nothing: HouseSeen = { shedder: undefined, link: undefined, circuits: new Map() };
		expect(houseLine(nothing, 0)).to.equal('waiting for the first load from the meter | heating: -');
	});
});
