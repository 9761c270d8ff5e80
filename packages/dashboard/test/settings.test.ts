import type { CommissioningState, HouseSections } from '@pilotwire/contract';
import { expect } from 'chai';
import { accountFault, readAccounts } from '../src/core/accounts.ts';
import { corrected, correctionsOf, findingText, triedText } from '../src/core/commissioning.ts';
import { doneSteps } from '../src/core/guide.ts';
import { emptyHouse } from '../src/core/house.ts';
import { changesIn, draftOf, entryOf, faultsOf, idFor, newEntry, otherFaults } from '../src/core/house-parts.ts';
import { settingsPartOf } from '../src/core/settings.ts';
import { translatorOf } from '../src/i18n/index.ts';
import '../src/i18n/commissioning.ts';

const none: HouseSections = { rooms: [], boards: [], radiators: [], switches: [], relays: [] };

describe('the parts of the settings', () => {
	it('are named in the address', () => {
		expect(settingsPartOf('#/settings/house')).to.equal('house');
		expect(settingsPartOf('#/settings/attic')).to.equal(undefined);
		expect(settingsPartOf('#/settings')).to.equal(undefined);
		expect(settingsPartOf('#/now/house')).to.equal(undefined);
	});
});

describe('a refusal about accounts', () => {
	it('has its sentence, also where the code is not known', () => {
		expect(accountFault('LAST_ADMIN')).to.equal('accounts.fault.last');
		expect(accountFault('CONSTRUCTOR')).to.equal('accounts.fault.other');
	});

	it('is what a list that is none comes to', () => {
		expect(readAccounts({ accounts: 3 })).to.equal(undefined);
		const said = { outsideBroker: false, accounts: [{ kind: 'person', name: 'a', role: 'admin', createdMs: 1 }] };
		expect(readAccounts(said)).to.deep.equal(said);
	});
});

describe('an entry of the configuration as fields', () => {
	const salon = { id: 'salon', wire: 1, powerW: 1500, programme: 'eco' };

	it('says what the file leaves to its rules, and leaves it to them', () => {
		const draft = draftOf('radiators', salon);
		expect(draft).to.include({ board: '32', wire: '1', priority: '1', orders: '6', shedOrder: 'off', name: '' });
		expect(entryOf('radiators', salon, draft)).to.deep.equal(salon);
	});

	it('changes what was typed, keeps what has no field, and takes out what was emptied', () => {
		const draft = { ...draftOf('radiators', salon), powerW: '1 540,5', board: '33', orders: '4' };
		expect(entryOf('radiators', salon, draft)).to.deep.equal({ ...salon, powerW: 1540.5, board: 33, orders: 4 });
		const named = { ...salon, name: 'Salon', priority: 2 };
		expect(entryOf('radiators', named, { ...draftOf('radiators', named), name: ' ', priority: '1' })).to.deep.equal({
			...salon,
			priority: 1,
		});
	});

	it('leaves to the house what is no number', () => {
		const draft = { ...draftOf('radiators', salon), powerW: 'much' };
		expect(entryOf('radiators', salon, draft)['powerW']).to.equal('much');
	});

	it('goes into settings within settings', () => {
		const draft = { ...draftOf('switches', {}), 'output.topic': 'plug/set' };
		expect(entryOf('switches', { output: { on: 'ON' } }, draft)).to.deep.include({
			output: { on: 'ON', topic: 'plug/set' },
		});
		const both = { feedback: { topic: 'plug' } };
		expect(entryOf('switches', both, { ...draftOf('switches', both), 'feedback.topic': '' })).to.deep.equal({});
		expect(entryOf('relays', {}, { ...draftOf('relays', {}), activeLow: 'true', line: '17' })).to.deep.equal({
			...{ activeLow: true, line: 17 },
		});
	});

	it('gets an id from its name, of its own', () => {
		expect(idFor('Sèche-serviettes', [])).to.equal('seche-serviettes');
		expect(idFor('Salle d’eau', ['salle-d-eau'])).to.equal('salle-d-eau-2');
		expect(idFor('???', [])).to.equal('circuit');
		expect(idFor('All', [])).to.equal('circuit');
		expect(idFor('œ'.repeat(80), [])).to.match(/^[a-z0-9-]{1,64}$/);
	});

	it('is begun with what is free', () => {
		const all = {
			...none,
			boards: [{ phase: 1 }],
			radiators: [
				{ id: 'a', wire: 1 },
				{ id: 'b', wire: 3 },
			],
		};
		expect(newEntry('radiators', all)).to.deep.equal({ board: 0x20, wire: 2 });
		expect(newEntry('boards', all)).to.deep.equal({ address: 0x21, phase: 1 });
	});

	it('has its faults beside its fields; those of nobody stand by themselves', () => {
		const fault = (path: string) => ({ path, expected: 'this', received: 'that' });
		const all = { ...none, radiators: [salon, salon], boards: [{}] };
		const faults = [
			'radiators[1].wire',
			'radiators[1].id',
			'radiators[1].programme',
			'boards.modules[0].phase',
			'shedder.meter',
		].map(fault);
		expect([...faultsOf(faults, 'radiators', 1).keys()]).to.deep.equal(['wire', 'name', '']);
		expect(faultsOf(faults, 'radiators', 0).size).to.equal(0);
		expect([...faultsOf(faults, 'boards', 0).keys()]).to.deep.equal(['phase']);
		expect(otherFaults(faults, all).map(({ path }) => path)).to.deep.equal(['shedder.meter']);
	});

	it('counts as one change, however much of it is another', () => {
		const before = { ...none, radiators: [salon] };
		expect(changesIn(before, before)).to.equal(0);
		expect(changesIn(before, { ...none, radiators: [{ ...salon, powerW: 1, wire: 2 }] })).to.equal(1);
		expect(changesIn(before, { ...none, rooms: [{ id: 'a' }] })).to.equal(2);
	});
});

describe('a commissioning run', () => {
	const t = translatorOf('en');
	const at = '2026-01-15T18:05:00.000Z';
	const tried = (circuit: string, wire: number, more: object) => ({
		...{ circuit, name: circuit, board: 'simulator-21', wire, phase: 1, powerW: 1000 },
		...{ outcome: 'fine', settled: true, tries: 1, text: '', ...more },
	});
	const stateWith = (circuits: object[], findings: object[]): CommissioningState => {
		const times = { at, startedAt: at, expectedEnd: at, latestEnd: at };
		const state = { ...times, run: 'r', state: 'done', total: 2, settled: 2, circuits, findings };
		return state as unknown as CommissioningState;
	};
	const finding = (kind: string, ...circuits: string[]) => ({ kind, circuits, text: '', action: '' });
	const sections: HouseSections = {
		...none,
		boards: [{ address: 0x20 }, { address: 0x21, phase: 1 }],
		radiators: [
			{ id: 'a', board: 0x21, wire: 1, powerW: 1000 },
			{ id: 'b', board: 0x21, wire: 2, powerW: 1000 },
		],
		switches: [{ id: 'plug', powerW: 1000 }],
	};

	it('has a sentence for every outcome and every finding, in both languages', () => {
		const outcomes = ['fine', 'power', 'phase', 'several_phases', 'silent', 'off_heats', 'frost_heats', 'inverted'];
		for (const translate of [t, translatorOf('fr')]) {
			for (const outcome of [...outcomes, 'unsettled', 'not_tested']) {
				for (const board of ['simulator-21', undefined]) {
					for (const seen of [{ seenVA: 500, seenPhase: 2 }, {}]) {
						const one = tried('a', 1, { outcome, board, ...seen });
						const state = stateWith([one], [finding(outcome, 'a')]);
						const [only] = state.circuits;
						const [found] = state.findings;
						if (only === undefined || found === undefined) throw new Error('nothing was tried');
						const texts = [triedText(only, translate), ...Object.values(findingText(found, state, translate))];
						expect(texts.join(' '), outcome).to.not.match(/commissioning\.|\{/);
					}
				}
			}
			const pair = stateWith([tried('a', 1, { seenPhase: 2 }), tried('b', 2, { seenPhase: 2 })], []);
			for (const kind of ['swapped', 'together', 'board_phase'] as const) {
				const { text, action } = findingText({ ...finding(kind, 'a', 'b'), kind }, pair, translate);
				expect(`${text} ${action}`, kind).to.not.match(/commissioning\.|\{|\?/);
			}
		}
	});

	it('corrects what needs no screwdriver: powers, phases of plugs and boards, swapped wires', () => {
		const power = stateWith([tried('a', 1, { seenVA: 750, seenPhase: 1 })], [finding('power', 'a')]);
		expect(corrected(sections, correctionsOf(power)).radiators[0]).to.deep.equal({
			...{ id: 'a', board: 0x21, wire: 1, powerW: 750 },
		});
		const plug = tried('plug', 1, { board: undefined, wire: undefined, seenVA: 1000, seenPhase: 3 });
		const phase = stateWith([plug], [finding('phase', 'plug')]);
		expect(corrected(sections, correctionsOf(phase)).switches).to.deep.equal([{ id: 'plug', powerW: 1000, phase: 3 }]);
		const both = [tried('a', 1, { seenVA: 1, seenPhase: 2 }), tried('b', 2, { seenVA: 1, seenPhase: 2 })];
		const board = correctionsOf(stateWith(both, [finding('board_phase', 'a', 'b')]));
		expect(corrected(sections, board).boards).to.deep.equal([{ address: 0x20 }, { address: 0x21, phase: 2 }]);
		const swap = correctionsOf(stateWith(both, [finding('swapped', 'a', 'b')]));
		expect(corrected(sections, swap).radiators.map(({ wire }) => wire)).to.deep.equal([2, 1]);
	});

	it("leaves alone what needs a hand: a radiator's phase, silent wires, circuits that the file has not", () => {
		const state = stateWith(
			[tried('a', 1, { seenVA: 1000, seenPhase: 2 }), tried('gone', 3, { seenVA: 500, seenPhase: 1 })],
			[finding('phase', 'a'), finding('silent', 'a'), finding('power', 'gone'), finding('power', 'nobody')],
		);
		const corrections = correctionsOf(state);
		expect(corrections.map(({ kind }) => kind)).to.deep.equal(['power']);
		expect(corrected(sections, corrections)).to.deep.equal(sections);
	});
});

describe('the first steps', () => {
	it('are done when the house says so, and not before', () => {
		const before = doneSteps({ house: emptyHouse, run: undefined, people: undefined, isInstalled: false });
		expect([...before]).to.deep.equal([]);
		const some = doneSteps({ house: emptyHouse, run: undefined, people: 2, isInstalled: true });
		expect([...some]).to.deep.equal(['people', 'install']);
	});
});
