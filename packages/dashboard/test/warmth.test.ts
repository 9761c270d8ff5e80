import { Calendar } from '@pilotwire/calendar';
import type { HistoryAnswer, ThermostatState } from '@pilotwire/contract';
import { expect } from 'chai';
import {
	byName,
	dayWindow,
	HYSTERESIS,
	minutesOf,
	modesOf,
	pointsFor,
	rowsUnder,
	stretchesOf,
	TARGET,
	within,
} from '../src/core/warmth.ts';
import { at, circuit, heard, T0 } from './messages.ts';

const MINUTE = 60_000;
const texts = (atMs: number[], text: string[], before?: string): Pick<HistoryAnswer, 'lines'> => ({
	lines: [
		{
			...{ kind: 'text', series: 'thermostat.doing', tags: { thermostat: 'brew' }, atMs, text },
			count: atMs.map(() => 1),
			...(before === undefined ? {} : { before: { atMs: -MINUTE, value: before } }),
		},
	],
});
const window = { fromMs: 0, toMs: 60 * MINUTE };
const thermostat = (changes: Partial<ThermostatState> = {}): ThermostatState => ({
	...{ at: at(T0), name: 'Fermentation', probe: 'beer', heats: 'belt', mode: 'heat', targetC: 19, setC: 19 },
	...{ hysteresisC: 0.5, minOnS: 0, minOffS: 0, doing: 'rest', why: 'at_target', since: at(T0), waits: false },
	...changes,
});

describe('what a thermostat may be set to', () => {
	it('is what its circuits can do', () => {
		expect(modesOf({ heats: 'belt' })).to.deep.equal(['off', 'heat']);
		expect(modesOf({ cools: 'fridge' })).to.deep.equal(['off', 'cool']);
		expect(modesOf({ heats: 'belt', cools: 'fridge' })).to.deep.equal(['off', 'heat', 'cool', 'both']);
	});

	it('stays within bounds, and gathers no dust from steps', () => {
		expect(within(0.1 + 0.2, HYSTERESIS)).to.equal(0.3);
		expect(within(200, TARGET)).to.equal(120);
		expect(within(-99, TARGET)).to.equal(-30);
	});
});

describe('the day of a probe', () => {
	it('is a local one, and has a point for each stretch of minutes', () => {
		// The house's day, wherever the screen is: there it is the day before still.
		const calendar = new Calendar('America/Los_Angeles');
		const day = dayWindow(Date.parse('2026-01-16T07:00:00Z'), -1, calendar);
		expect(day).to.deep.equal({ fromMs: calendar.instant('2026-01-14', 0), toMs: calendar.instant('2026-01-15', 0) });
		expect(pointsFor(day, 10)).to.equal(144);
	});

	it('shows what held until the next word, from before its beginning, and never beyond now', () => {
		const stretches = stretchesOf(
			texts([10 * MINUTE, 20 * MINUTE, 21 * MINUTE], ['heat', 'heat', 'rest'], 'rest'),
			window,
			0,
			30 * MINUTE,
		);
		expect(stretches).to.deep.equal([
			{ fromMs: 0, toMs: 10 * MINUTE, what: 'rest' },
			{ fromMs: 10 * MINUTE, toMs: 21 * MINUTE, what: 'heat' },
			{ fromMs: 21 * MINUTE, toMs: 30 * MINUTE, what: 'rest' },
		]);
		expect(stretchesOf({ lines: [] }, window, 0, 0)).to.deep.equal([]);
	});

	it('counts minutes within a part of it', () => {
		const stretches = stretchesOf(texts([10 * MINUTE], ['heat']), window, 5 * MINUTE, 60 * MINUTE);
		const heats = (what: string): boolean => what === 'heat';
		expect(minutesOf(stretches, window, heats)).to.equal(45);
		expect(minutesOf(stretches, { fromMs: 0, toMs: 20 * MINUTE }, heats)).to.equal(5);
	});
});

describe('what runs where a probe is', () => {
	const probe = (name: string, room?: string) => ({ at: at(T0), name, ...(room === undefined ? {} : { room }) });
	const house = heard([
		{ topic: 'probes/beer/state', value: probe('Beer 10') },
		{ topic: 'probes/cellar/state', value: probe('Beer 9', 'cellar') },
		{ topic: 'thermostats/brew/state', value: thermostat({ cools: 'fridge' }) },
		{ topic: 'circuits/heater/state', value: circuit({ room: 'cellar' }) },
		{ topic: 'circuits/salon/state', value: circuit() },
	]);

	it('is its thermostat with its circuits, or what heats its room', () => {
		expect(rowsUnder(house, 'beer')).to.deep.equal({ thermostats: ['brew'], circuits: ['belt', 'fridge'] });
		expect(rowsUnder(house, 'cellar')).to.deep.equal({ thermostats: [], circuits: ['heater'] });
		expect(rowsUnder(house, 'gone')).to.deep.equal({ thermostats: [], circuits: [] });
	});

	it('is listed as people count', () => {
		expect(byName(house.probes).map(([id]) => id)).to.deep.equal(['cellar', 'beer']);
	});

	it('leaves the screen once the bus no longer has it', () => {
		expect(heard([{ topic: 'thermostats/brew/state' }], house).thermostats.size).to.equal(0);
	});
});
