// Commissioning on a house whose wiring is not what its configuration says: real services, on virtual time.
import { type CommissioningState, topicName, topics } from '@pilotwire/contract';
import type { HouseDescription } from '@pilotwire/house';
import { expect } from 'chai';
import { houseOf, virtualHouses } from './story.ts';
import type { VirtualHouse } from './virtual-house.ts';

/** Name, phase, power: on wires 1 to 4 of each phase's board. */
const RADIATORS = [
	['salon', 1, 1500],
	['cuisine', 1, 750],
	['entree', 1, 1000],
	['bureau', 1, 500],
	['sejour', 2, 1250],
	['parents', 2, 1000],
	['bain', 2, 750],
	['couloir', 2, 500],
	['enfants', 3, 1000],
	['amis', 3, 1250],
	['jeux', 3, 1500],
	['buanderie', 3, 750],
] as const;

type Radiator = HouseDescription['radiators'][number];

/** A cold three-phase house as it is really wired; `wiring` says what differs from what everybody believes. */
function house(wiring: Record<string, Partial<Radiator>> = {}, more: object = {}): HouseDescription {
	return houseOf({
		name: 'Newly wired',
		rooms: RADIATORS.map(([id, , powerW]) => {
			return { id, name: id, lossWK: powerW / 40, heatCapacityJK: powerW * 2400, startC: 16 };
		}),
		radiators: RADIATORS.map(([id, phase, powerW], at) => {
			return { id, name: id, room: id, phase, powerW, board: 0x1f + phase, wire: (at % 4) + 1, ...wiring[id] };
		}),
		appliances: [1, 2, 3].map((phase) => ({
			...{ id: `standing-${phase}`, name: 'standing', phase: phase as 1, always: true },
			stages: [
				{ powerW: 150, forS: 340 },
				{ powerW: 60, forS: 900 },
			],
		})),
		weather: { meanC: 0, swingK: 0, noiseK: 0 },
		meter: { phases: 3, prefKVA: 12 },
		...more,
	});
}

/** What the configuration says of each radiator. */
function configured(id: string): Record<string, unknown> {
	const at = RADIATORS.findIndex(([name]) => name === id);
	const [, phase, powerW] = RADIATORS[at] as (typeof RADIATORS)[number];
	return { board: 0x1f + phase, wire: (at % 4) + 1, powerW };
}

const name = topicName('home', topics.commissioning, {});
const stateOf = ({ hub }: VirtualHouse): CommissioningState | undefined => {
	const text = hub.retained.get(name);
	return text === undefined ? undefined : (JSON.parse(text) as CommissioningState);
};

function call(virtual: VirtualHouse, method: string, params: object = {}): void {
	const topic = topicName('home', topics.rpc, { service: 'load-shedder', client: 'c0123456789ab' });
	const payload = JSON.stringify({ jsonrpc: '2.0', id: '1', method, params });
	virtual.hub.publish({ name: topic, payload, qos: 1, retain: false });
}

const outcomes = (state: CommissioningState | undefined): Record<string, string> =>
	Object.fromEntries((state?.circuits ?? []).map(({ circuit, outcome }) => [circuit, outcome]));

describe('commissioning a house', function () {
	this.timeout(600_000);
	const open = virtualHouses();

	async function whole(virtual: VirtualHouse): Promise<CommissioningState> {
		await virtual.start();
		await virtual.run(120);
		call(virtual, 'commission');
		await virtual.run(5);
		const began = stateOf(virtual);
		expect(began?.state).to.equal('running');
		const atMostS = (Date.parse(began?.latestEnd ?? '') - Date.parse(began?.startedAt ?? '')) / 1000;
		expect(await virtual.until(() => stateOf(virtual)?.state !== 'running', atMostS + 5), 'its end').to.equal(true);
		const state = stateOf(virtual) as CommissioningState;
		return state;
	}

	it('finds nothing wrong where all is as configured, in about the time it says', async () => {
		const state = await whole(open({ house: house() }));
		expect(state.findings).to.deep.equal([]);
		expect(new Set(Object.values(outcomes(state)))).to.deep.equal(new Set(['fine']));
		expect(Date.parse(state.endedAt ?? '')).to.be.below(Date.parse(state.expectedEnd) + 120_000);
	});

	it('names a dead wire, swapped wires, a wire on another phase and a wrong power', async () => {
		const virtual = open({
			house: house({
				cuisine: { wire: 8 },
				sejour: { wire: 2 },
				parents: { wire: 1 },
				couloir: { powerW: 900 },
				amis: { phase: 1 },
			}),
			radiator: configured,
		});
		const state = await whole(virtual);
		expect(state.findings.map(({ kind, circuits }) => [kind, ...circuits])).to.have.deep.members([
			['swapped', 'sejour', 'parents'],
			['silent', 'cuisine'],
			['power', 'couloir'],
			['phase', 'amis'],
		]);
	});

	it('knows the wires by a three-phase meter that says whole amperes alone', async () => {
		const meter = { phases: 3, prefKVA: 12, mode: 'historic' };
		const state = await whole(open({ house: house({ amis: { phase: 1 } }, { meter }), radiator: configured }));
		expect(state.findings.map(({ kind, circuits }) => [kind, ...circuits])).to.deep.equal([['phase', 'amis']]);
	});

	it('goes well in an evening of a house of one phase, where others cook and little is left', async () => {
		const radiators = ['salon', 'chambre', 'bureau'];
		const description = houseOf({
			name: 'One phase',
			rooms: radiators.map((id) => ({ id, name: id, lossWK: 30, heatCapacityJK: 2_400_000, startC: 16 })),
			radiators: radiators.map((id, at) => {
				return { id, name: id, room: id, phase: 1, powerW: 1_000 + 250 * at, board: 0x20, wire: at + 1 };
			}),
			appliances: [
				{ id: 'hob', name: 'hob', phase: 1, stages: [{ powerW: 1_800, forS: 1_200, onS: 14, offS: 31 }] },
				{ id: 'box', name: 'box', phase: 1, always: true, stages: [{ powerW: 90, forS: 600 }] },
			],
			weather: { meanC: 0, swingK: 0, noiseK: 0 },
			meter: { phases: 1, prefKVA: 6, mode: 'historic' },
			events: [{ atS: 150, appliance: 'hob', forS: 300 }],
		});
		const state = await whole(open({ house: description }));
		expect(state.findings, JSON.stringify(state.circuits)).to.deep.equal([]);
	});

	describe('leaves everything as it was', () => {
		/** A run under way, in a house in which somebody has given two orders. */
		async function under(params: object = {}): Promise<VirtualHouse> {
			const virtual = open({ house: house({}, { meter: { phases: 3, prefKVA: 18 } }) });
			await virtual.start();
			await virtual.run(90);
			virtual.command('salon', 'eco');
			virtual.command('bain', 'off');
			await virtual.run(30);
			call(virtual, 'commission', params);
			await virtual.run(25);
			expect(virtual.circuit('jeux')).to.include({ wanted: 'frost_protection', reason: 'commissioning' });
			expect(virtual.circuit('salon')?.override).to.deep.equal({ order: 'eco' });
			return virtual;
		}

		async function isAsBefore(virtual: VirtualHouse): Promise<void> {
			expect(await virtual.until(() => virtual.allServed, 300), 'all have what they want').to.equal(true);
			// A radiator takes up to 9 s to obey.
			await virtual.run(12);
			for (const { id } of virtual.house.description.radiators) {
				const wanted = { salon: 'eco', bain: 'off' }[id] ?? 'comfort';
				expect(virtual.circuit(id)?.wanted, id).to.equal(wanted);
				expect(virtual.orders()[id], id).to.equal(wanted);
			}
		}

		it('when it is stopped', async () => {
			const virtual = await under();
			call(virtual, 'stopCommissioning', { run: stateOf(virtual)?.run });
			await virtual.run(2);
			expect(stateOf(virtual)).to.include({ state: 'stopped', why: 'it was stopped' });
			expect(virtual.circuit('jeux')?.wanted).to.equal('comfort');
			await isAsBefore(virtual);
		});

		it('when whoever began it is not heard of any more', async () => {
			const virtual = await under({ leaseS: 40 });
			call(virtual, 'keepCommissioning', { run: stateOf(virtual)?.run });
			await virtual.run(30);
			expect(stateOf(virtual)?.state).to.equal('running');
			await virtual.run(15);
			expect(stateOf(virtual)).to.include({ state: 'stopped', why: 'whoever began it went away' });
			await isAsBefore(virtual);
		});

		it('when the load-shedder is killed: nothing is asked for once its lease has ended', async () => {
			const virtual = await under();
			virtual.kill('load-shedder');
			await virtual.run(8);
			for (const id of ['jeux', 'salon']) expect(virtual.circuit(id)).to.include({ reason: 'fallback' });
			expect(virtual.circuit('jeux')?.wanted).to.equal('comfort');
			await virtual.start('load-shedder');
			await virtual.run(2);
			expect(stateOf(virtual)).to.include({ state: 'stopped', why: 'the load-shedder was started again meanwhile' });
			await isAsBefore(virtual);
		});

		it('when the meter falls silent', async () => {
			const virtual = await under();
			virtual.line.faults.silent = true;
			await virtual.run(15);
			expect(stateOf(virtual)).to.include({ state: 'stopped', why: 'the load-shedder hears no load from the meter' });
			virtual.line.faults.silent = false;
			await isAsBefore(virtual);
		});

		it('for a circuit for which somebody gives an order meanwhile', async () => {
			const virtual = await under();
			virtual.command('jeux', 'off');
			await virtual.run(5);
			expect(virtual.circuit('jeux')).to.include({ wanted: 'off', reason: 'override' });
			expect(stateOf(virtual)?.state).to.equal('running');
		});
	});

	it('takes no circuits that are none, and one run at a time', async () => {
		const virtual = open({ house: house() });
		await virtual.start();
		await virtual.run(40);
		call(virtual, 'commission', { circuits: ['cave'] });
		await virtual.run(2);
		expect(stateOf(virtual)).to.equal(undefined);
		call(virtual, 'commission', { circuits: ['salon'] });
		await virtual.run(2);
		const { run, total } = stateOf(virtual) as CommissioningState;
		expect(total).to.equal(1);
		call(virtual, 'commission');
		await virtual.run(2);
		expect(stateOf(virtual)).to.include({ run, state: 'running' });
	});
});
