import { expect } from 'chai';
import fc from 'fast-check';
import { type AttemptLevels, sightOf } from '../src/commissioning/attempt.ts';
import type { PhaseLoad, TrialCircuit } from '../src/commissioning/circuit.ts';
import { findingsOf } from '../src/commissioning/findings.ts';
import { beginRun, stepRun, trialOrders } from '../src/commissioning/run.ts';
import type { RunState } from '../src/commissioning/state.ts';
import { lengthMs } from '../src/commissioning/timing.ts';
import { verdict } from '../src/commissioning/turns.ts';
import { type Attempt, verdictOf } from '../src/commissioning/verdict.ts';

type Order = TrialCircuit['inForce'];

/** How a circuit is really wired; what isn't said is as configured. */
interface Truth {
	readonly phase?: number;
	readonly powerVA?: number;
	/** The circuit that this wire really drives. */
	readonly drives?: string;
	/** What it obeys when it is told an order. */
	readonly hears?: (order: Order) => Order;
	/** Its thermostat lets it draw; chopping ones some of the time. */
	readonly wants?: (second: number) => boolean;
}

const LIMIT_VA = 6_000;
const SECOND_MS = 1_000;

function radiator(id: string, more: Partial<TrialCircuit> = {}): TrialCircuit {
	return {
		...{ id, name: id, kind: 'radiator', phase: 1, powerVA: 1_000, board: '1-20', wire: 1 },
		...{ inForce: 'comfort', reachable: true, controllable: true, frostGuard: false, byHand: 'null' },
		...{ minOnS: 0, minOffS: 0 },
		...more,
	};
}

/** A house in which what is asked for is in force at the next second, and the meter says it a second later. */
class World {
	state: RunState;
	second = 0;
	readonly circuits: TrialCircuit[];
	/** The most that were told to draw at once. */
	mostDrawing = 0;
	/** What else the phases carry, VA. */
	others: (phase: number, second: number) => number = () => 150;
	stepVA = 10;
	admits: (id: string, second: number) => boolean = () => true;
	readonly #truths: Readonly<Record<string, Truth>>;
	readonly #phases: readonly number[];

	constructor(
		circuits: readonly TrialCircuit[],
		truths: Readonly<Record<string, Truth>> = {},
		phases = [1, 2, 3],
		targets = circuits.map(({ id }) => id),
	) {
		this.circuits = [...circuits];
		this.#truths = truths;
		this.#phases = phases;
		this.state = beginRun(circuits, targets, new Map(), 0);
	}

	run(seconds: number, watch?: () => void): this {
		for (let until = this.second + seconds; this.second < until && this.state.ended === undefined; ) {
			this.#tick();
			watch?.();
		}
		return this;
	}

	end(): this {
		return this.run(20_000);
	}

	hear(circuit: TrialCircuit): void {
		this.circuits[this.circuits.findIndex(({ id }) => id === circuit.id)] = circuit;
		this.state = stepRun(this.state, { kind: 'circuit', circuit }, this.second * SECOND_MS);
	}

	clear(id: string): void {
		this.circuits.splice(0, this.circuits.length, ...this.circuits.filter((one) => one.id !== id));
		this.state = stepRun(this.state, { kind: 'gone', id }, this.second * SECOND_MS);
	}

	get outcomes(): Record<string, string | undefined> {
		return Object.fromEntries(this.circuits.map(({ id }) => [id, verdict(this.state, id)?.outcome]));
	}

	get kinds(): string[][] {
		return findingsOf(this.state).map(({ kind, circuits }) => [kind, ...circuits]);
	}

	loadVA(phase: number): number {
		const drawn = this.circuits.map((circuit) => {
			const driven = this.#truths[circuit.id]?.drives ?? circuit.id;
			const own = this.circuits.find(({ id }) => id === driven);
			const truth = this.#truths[driven] ?? {};
			if (own === undefined || (truth.phase ?? own.phase) !== phase) return 0;
			const heard = truth.hears?.(circuit.inForce) ?? circuit.inForce;
			const draws = heard === 'comfort' && (truth.wants?.(this.second) ?? true);
			return draws ? (truth.powerVA ?? own.powerVA) : 0;
		});
		return drawn.reduce((sum, va) => sum + va, this.others(phase, this.second));
	}

	#tick(): void {
		this.second += 1;
		const orders = trialOrders(this.state);
		this.mostDrawing = Math.max(this.mostDrawing, Object.values(orders).filter((order) => order === 'comfort').length);
		for (const circuit of [...this.circuits]) {
			const asked = orders[circuit.id] ?? 'comfort';
			if (asked === circuit.inForce || (asked === 'comfort' && !this.admits(circuit.id, this.second))) continue;
			this.hear({ ...circuit, inForce: asked });
		}
		for (const phase of this.#phases) {
			const loadVA = Math.round(this.loadVA(phase) / this.stepVA) * this.stepVA;
			const load: PhaseLoad = { phase, loadVA, limitVA: LIMIT_VA, stepVA: this.stepVA, atMs: this.second * SECOND_MS };
			this.state = stepRun(this.state, { kind: 'load', load }, load.atMs);
		}
		this.state = stepRun(this.state, { kind: 'tick' }, this.second * SECOND_MS);
	}
}

const three = [
	radiator('salon', { powerVA: 1_500 }),
	radiator('chambre', { wire: 2 }),
	radiator('bureau', { phase: 2, powerVA: 500, board: '1-21' }),
];

describe('a commissioning run', () => {
	it('holds everything, tells one at a time to draw, and finds nothing wrong where nothing is', () => {
		const world = new World(three).run(12);
		expect(trialOrders(world.state)).to.deep.equal({
			salon: 'frost_protection',
			chambre: 'frost_protection',
			bureau: 'frost_protection',
		});
		world.end();
		expect(world.outcomes).to.deep.equal({ salon: 'fine', chambre: 'fine', bureau: 'fine' });
		expect(world.mostDrawing).to.equal(1);
		expect(world.kinds).to.deep.equal([]);
		expect(trialOrders(world.state)).to.deep.equal({});
		expect(world.second * SECOND_MS).to.be.at.most(lengthMs(three).expectedMs);
	});

	it('tells a circuit that draws nothing, and tries it again before it says so', () => {
		const world = new World(three, { chambre: { wants: () => false } }).end();
		expect(world.kinds).to.deep.equal([['silent', 'chambre']]);
		expect(verdict(world.state, 'chambre')?.tries).to.equal(2);
		expect(findingsOf(world.state)[0]?.action).to.include('its thermostat satisfied');
	});

	it('tells a circuit fine that was satisfied at first and draws later', () => {
		const world = new World(three, { salon: { wants: (second) => second > 120 } }).end();
		expect(world.outcomes.salon).to.equal('fine');
	});

	it('sees a thermostat that chops', () => {
		const world = new World(three, { salon: { wants: (second) => second % 40 < 15 } }).end();
		expect(world.outcomes.salon).to.equal('fine');
	});

	it('names another phase, another power, and several phases at once', () => {
		const circuits = [...three, radiator('entree', { wire: 4, powerVA: 750 })];
		const truths = { salon: { phase: 3 }, chambre: { powerVA: 1_900 }, entree: { drives: 'both' } };
		const world = new World(circuits, truths);
		const drawn = (id: string): boolean => world.circuits.find((one) => one.id === id)?.inForce === 'comfort';
		world.others = (phase) => (phase !== 3 && drawn('entree') ? 900 : 100);
		world.end();
		expect(world.outcomes).to.deep.equal({
			salon: 'phase',
			chambre: 'power',
			bureau: 'fine',
			entree: 'several_phases',
		});
		const power = findingsOf(world.state).find(({ kind }) => kind === 'power');
		expect(power?.yaml).to.equal('radiators:\n  - id: chambre\n    powerW: 1900');
	});

	it('says of two that show what the other should that they could be swapped', () => {
		const world = new World(three, { salon: { drives: 'chambre' }, chambre: { drives: 'salon' } }).end();
		expect(world.kinds).to.deep.equal([['swapped', 'salon', 'chambre']]);
		expect(findingsOf(world.state)[0]?.yaml).to.equal(
			'radiators:\n  - id: salon\n    board: 0x20\n    wire: 2\n  - id: chambre\n    board: 0x20\n    wire: 1',
		);
	});

	it('says of a board all of whose radiators draw on another phase that its configuration is wrong', () => {
		const world = new World(three, { salon: { phase: 2 }, chambre: { phase: 2 } }).end();
		expect(world.kinds).to.deep.equal([['board_phase', 'salon', 'chambre']]);
		expect(findingsOf(world.state)[0]?.yaml).to.include('address: 0x20\n      phase: 2');
	});

	it('says of one that shows both powers, beside a silent one, that both could hang on one wire', () => {
		const truths = { salon: { powerVA: 2_500 }, chambre: { wants: () => false } };
		expect(new World(three, truths).end().kinds).to.deep.equal([['together', 'salon', 'chambre']]);
	});

	it('names a half wave that does not reach a radiator', () => {
		const noPositive = (order: Order): Order => (order === 'off' ? 'comfort' : order);
		const noNegative = (order: Order): Order => (order === 'frost_protection' ? 'comfort' : order);
		const world = new World(three, { salon: { hears: noPositive }, chambre: { hears: noNegative } }).end();
		expect(world.outcomes).to.deep.equal({ salon: 'off_heats', chambre: 'frost_heats', bureau: 'fine' });
	});

	it('names a plug that works the wrong way round', () => {
		const plug = radiator('plug', { kind: 'switch', board: undefined, wire: undefined });
		const hears = (order: Order): Order => (order === 'comfort' ? 'off' : 'comfort');
		expect(new World([plug], { plug: { hears } }).end().outcomes.plug).to.equal('inverted');
	});

	describe('in a room that is warm enough, where thermostats chop', () => {
		const salon = radiator('salon', { powerVA: 1_500 });
		const sight = (kind: 'draws' | 'off_heats', powerVA: number, more: object = {}): Attempt => ({
			sight: { kind, phase: 1, powerVA, steady: true, alsoPhases: [], ...more },
			stepVA: 10,
		});
		const [nothing, disturbed] = (['nothing', 'disturbed'] as const).map((kind) => ({ sight: { kind }, stepVA: 10 }));
		const outcome = (...attempts: (Attempt | undefined)[]): string =>
			verdictOf(
				salon,
				attempts.filter((attempt) => attempt !== undefined),
			).outcome;
		const [fits, byEdges, late] = [{}, { byEdges: true }, { steady: false }].map((more) => sight('draws', 1_490, more));

		it('calls none fine that fits once and draws nothing at another time: no signal may reach it', () => {
			expect(outcome(fits)).to.equal('fine');
			expect(outcome(disturbed, fits)).to.equal('fine');
			expect(outcome(nothing, fits)).to.equal('unsettled');
			expect(outcome(nothing, byEdges, disturbed, byEdges)).to.equal('unsettled');
			expect(outcome(sight('off_heats', 1_500), fits)).to.equal('unsettled');
			expect(outcome(nothing, fits, disturbed, fits)).to.equal('fine');
		});

		it('knows another phase by its own power, seen twice, though others were switched in between', () => {
			const [elsewhere, lateElsewhere] = [{}, { steady: false }].map((more) =>
				sight('draws', 1_490, { phase: 2, ...more }),
			);
			expect(outcome(elsewhere, disturbed, disturbed, elsewhere)).to.equal('phase');
			expect(outcome(lateElsewhere, elsewhere, disturbed, disturbed)).to.equal('phase');
			expect(outcome(lateElsewhere, disturbed, disturbed, lateElsewhere)).to.equal('unsettled');
			const other = sight('draws', 1_000, { phase: 2 });
			expect(outcome(other, disturbed, disturbed, other)).to.equal('unsettled');
		});

		it('accuses nobody of what was seen on two phases at once but twice, nor who shows its own power', () => {
			const both = sight('draws', 1_490, { alsoPhases: [3] });
			expect(outcome(both, both)).to.equal('unsettled');
			expect(outcome(both, both, both)).to.equal('several_phases');
			expect(outcome(both, fits)).to.equal('fine');
			expect(outcome(sight('draws', 250), late, byEdges, byEdges)).to.equal('fine');
		});

		it('says that two could be swapped where one of them is sure', () => {
			const seen = (powerVA: number): Attempt => sight('draws', powerVA);
			const found = (ofSalon: Attempt[], ofChambre: Attempt[]) => {
				const { state } = new World(three);
				const attempts = new Map([
					['salon', ofSalon],
					['chambre', ofChambre],
					['bureau', [sight('draws', 500, { phase: 2 })]],
				]);
				return findingsOf({ ...state, attempts }).map(({ kind, circuits }) => [kind, ...circuits]);
			};
			expect(found([seen(1_010), seen(990)], [seen(1_490)])).to.deep.equal([['swapped', 'salon', 'chambre']]);
			expect(found([seen(1_010)], [seen(1_490), seen(1_500)])).to.deep.equal([['swapped', 'salon', 'chambre']]);
			const unsure = found([seen(1_010)], [seen(1_490)]);
			expect(unsure).to.deep.equal([
				['unsettled', 'salon'],
				['unsettled', 'chambre'],
			]);
		});
	});

	it('is not misled by what else is switched on and off', () => {
		const world = new World(three);
		world.others = (phase, second) => 100 + (phase === 1 && second % 97 < 31 ? 2_000 : 0) + (second % 53 < 9 ? 60 : 0);
		world.end();
		expect(world.kinds.filter(([kind]) => kind !== 'unsettled')).to.deep.equal([]);
		// What draws on another phase is seen all the same.
		expect(world.outcomes.bureau).to.equal('fine');
	});

	it('knows a circuit by a meter that says whole amperes', () => {
		const world = new World(three, { salon: { phase: 2 } });
		world.stepVA = 230;
		world.end();
		expect(world.outcomes).to.deep.equal({ salon: 'phase', chambre: 'fine', bureau: 'fine' });
	});

	it('tells nobody to draw whom one of the phases could not carry, and says what it waits for', () => {
		const world = new World(three);
		world.others = (phase) => (phase === 3 ? 5_000 : 0);
		world.run(60);
		expect(world.state.turn?.waitsFor).to.include('headroom: 1500 VA, and phase 3 carries 5000 of 6000 VA');
		world.end();
		expect(world.outcomes).to.deep.equal({ salon: 'not_tested', chambre: 'not_tested', bureau: 'fine' });
	});

	it('lets a circuit go at once when a phase goes over its limit', () => {
		const world = new World(three).run(50);
		expect(world.state.turn?.step).to.equal('comfort');
		world.others = () => 5_500;
		world.run(1);
		expect(Object.values(trialOrders(world.state))).to.not.include('comfort');
	});

	it('gives back a circuit for which somebody gives another order meanwhile', () => {
		const world = new World(three).run(30);
		world.hear(radiator('chambre', { byHand: '{"order":"off"}' }));
		expect(trialOrders(world.state)).to.have.keys('salon', 'bureau');
		world.end();
		expect(world.outcomes.chambre).to.equal('not_tested');
	});

	it('gives a room its heat back that has become cold', () => {
		const world = new World([radiator('salon', { roomC: 18 }), ...three.slice(1)]).run(30);
		world.hear(radiator('salon', { roomC: 15.9 }));
		expect(trialOrders(world.state)).to.not.have.property('salon');
	});

	it('goes on with the next when the circuit on trial is cleared, at whatever step', () => {
		for (const seconds of [5, 25, 45, 60, 75]) {
			const world = new World(three).run(seconds);
			const id = world.state.turn?.id ?? '';
			world.clear(id);
			world.end();
			const others = three.filter((one) => one.id !== id).map((one) => [one.id, 'fine']);
			expect(world.outcomes).to.deep.equal(Object.fromEntries(others));
			expect(world.second * SECOND_MS).to.be.at.most(lengthMs(three).expectedMs + 20_000);
		}
	});

	it('tries a circuit once that was named twice', () => {
		const world = new World(three, {}, [1, 2, 3], ['bureau', 'bureau']);
		expect(world.state.targets).to.deep.equal(['bureau']);
	});

	it('never takes a fall for what a circuit draws', () => {
		const [held, comfort, early] = [1_000, 1_900, 900].map((va) => new Map([[1, va]]));
		const levels = { before: held, comfort, early, off: undefined, after: held, stepVA: 10 } as AttemptLevels;
		expect(sightOf(levels, 300)).to.include({ kind: 'draws', powerVA: 900 });
	});

	it('says that an output does not answer, or that it was not admitted', () => {
		const away = new World([radiator('salon', { reachable: false })]).end();
		expect(verdict(away.state, 'salon')).to.include({ outcome: 'not_tested', failed: 'its output does not answer' });
		const held = new World([radiator('salon')]);
		held.admits = () => false;
		held.run(30).hear({ ...(held.circuits[0] as TrialCircuit), inForce: 'off' });
		held.end();
		expect(verdict(held.state, 'salon')?.failed).to.equal('it was not admitted in time');
	});

	it('tries only those asked for, and holds the others', () => {
		const world = new World(three, {}, [1, 2, 3], ['bureau']);
		const told = new Set<string>();
		world.run(20_000, () => {
			for (const [id, order] of Object.entries(trialOrders(world.state))) if (order === 'comfort') told.add(id);
		});
		expect([...told]).to.deep.equal(['bureau']);
		expect(verdict(world.state, 'bureau')?.outcome).to.equal('fine');
	});

	it('asks for nothing any more once it is stopped, at whatever moment', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 300 }), (seconds) => {
				const world = new World(three).run(seconds);
				const state = stepRun(world.state, { kind: 'stop', why: 'it was stopped' }, world.second * SECOND_MS);
				expect(trialOrders(state)).to.deep.equal({});
				expect(state.ended).to.not.equal(undefined);
			}),
			{ numRuns: 50 },
		);
	});

	const anyHouse = fc
		.array(
			fc.record({
				phase: fc.integer({ min: 1, max: 3 }),
				powerVA: fc.integer({ min: 300, max: 2_500 }),
				kind: fc.constantFrom('radiator' as const, 'water_heater' as const, 'switch' as const),
				truth: fc.record(
					{
						phase: fc.integer({ min: 1, max: 3 }),
						powerVA: fc.integer({ min: 0, max: 2_500 }),
						onS: fc.integer({ min: 0, max: 40 }),
					},
					{ requiredKeys: [] },
				),
			}),
			{ minLength: 1, maxLength: 6 },
		)
		.map((list) => ({
			circuits: list.map(({ truth: _, ...one }, at) => radiator(`c${at}`, { ...one, wire: at + 1 })),
			truths: Object.fromEntries(
				list.map(({ truth: { onS, ...truth } }, at): [string, Truth] => [
					`c${at}`,
					onS === undefined ? truth : { ...truth, wants: (second) => second % 40 < onS },
				]),
			),
		}));

	it('ends in the time it says, with one drawing at most, and never raised without headroom, in any house', () => {
		fc.assert(
			fc.property(
				anyHouse,
				fc.integer({ min: 0, max: 6_000 }),
				fc.integer({ min: 7, max: 200 }),
				(house, peakVA, everyS) => {
					const world = new World(house.circuits, house.truths);
					world.others = (phase, second) => (phase === 1 && second % everyS < everyS / 3 ? peakVA : 100);
					const { atMostMs } = lengthMs(house.circuits);
					let before: string | undefined;
					world.run(20_000, () => {
						const { turn, phases } = world.state;
						const raised = turn?.step === 'raising' && before !== turn.id;
						if (raised) {
							const { powerVA } = house.circuits.find(({ id }) => id === turn.id) as TrialCircuit;
							for (const { loadVA, limitVA } of phases.values()) expect(loadVA + powerVA).to.be.at.most(limitVA);
						}
						before = turn?.step === 'raising' ? turn.id : undefined;
					});
					expect(world.second * SECOND_MS).to.be.at.most(atMostMs + SECOND_MS);
					expect(world.mostDrawing).to.be.at.most(1);
					for (const { id } of house.circuits) expect(verdict(world.state, id)?.outcome).to.be.a('string');
				},
			),
			{ numRuns: 60 },
		);
	});

	it('accuses nobody in a steady house where all is as configured, and finds each that is on another phase', () => {
		fc.assert(
			fc.property(anyHouse, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (house, moved) => {
				const phaseOf = ({ phase }: TrialCircuit): number => (phase % 3) + 1;
				const truths = Object.fromEntries(
					house.circuits.map((circuit, at): [string, Truth] => [
						circuit.id,
						moved[at] === true ? { phase: phaseOf(circuit) } : {},
					]),
				);
				const world = new World(house.circuits, truths).end();
				for (const [at, { id }] of house.circuits.entries()) {
					expect(world.outcomes[id]).to.equal(moved[at] === true ? 'phase' : 'fine');
				}
			}),
			{ numRuns: 60 },
		);
	});
});
