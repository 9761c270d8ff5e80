import { expect } from 'chai';
import { eventReason } from '../src/core/event-reasons.ts';

/** As the shedder writes them (packages/shedding, explain.ts), each with the figures that a screen says. */
const sentences = [
	['over_limit', 'salon waits (1 VA counted): phase 2 would draw 2 VA of 3 VA.', [2, 3]],
	['meter_alert', 'salon waits (1 VA counted): the meter says that phase 2 is over its 3 VA.', [3]],
	['longest_wait', 'salon gives its place: bureau has waited for 8 min, near its longest wait.', [8]],
	[
		'greater_need',
		'salon gives its place: bureau misses 1.2 °C and comes before it, which misses 1.1 °C and had 9 min.',
		[1.2, 1.1, 9],
	],
	[
		'own_place',
		'salon waits (1 VA counted): it draws at a lower order than it wants, and what it draws leaves no room for more.',
		[],
	],
	['headroom', 'salon comes back (1 VA): phase 2 draws 4 VA of 3 VA, lately 5 VA give or take 6 VA.', [4, 3, 5, 6]],
	['rotation', 'salon may heat (1 VA): it is its turn after 8 min, and phase 2 draws 4 VA of 3 VA.', [8, 4, 3]],
	[
		'rotation_failed',
		'salon must wait again before it heated: the place freed on phase 2 did not last (4 VA of 3 VA).',
		[4, 3],
	],
	['not_obeyed', 'the shed of salon does not show on the meter: its order was not in force after 10 s.', [10]],
	['not_drawing', 'the shed of salon does not show on the meter: it freed 7 VA of 1 VA in 10 s.', [7, 1, 10]],
	['silence', 'salon must wait again before it heated: phase 2 says nothing.', []],
	['silence', 'phase 2 says nothing, so nothing is decided there.', []],
	['paused', 'salon must wait again before it heated: decisions are paused.', []],
	['wants_less', 'salon is no longer held: it no longer wants to heat.', []],
	['protected', 'salon is no longer held: it is protected from shedding.', []],
	['asked', 'Load shedding is paused for at most 15 minutes: it was asked for.', []],
	['asked', 'The pause of load shedding is over: it was asked for.', []],
	['carries', 'The pause of load shedding is over: phase 2 carries 7000 of 6000 VA.', [7_000, 6_000]],
	['time_over', 'The pause of load shedding is over: its time has come.', []],
] as const;

describe("the shedder's reasons", () => {
	for (const [reason, text, figures] of sentences) {
		it(`are read out of its sentence: ${text}`, () => {
			const said = eventReason(text);
			expect(said?.reason).to.equal(reason);
			expect(said?.figures.map(({ value }) => value)).to.deep.equal(figures);
		});
	}

	it('name whom it was for, and keep the unit', () => {
		const said = eventReason(sentences[3][1]);
		expect(said?.who).to.equal('bureau');
		expect(said?.figures.map(({ unit }) => unit)).to.deep.equal(['°C', '°C', 'min']);
	});

	it('are unknown in a sentence of another form', () => {
		expect(eventReason('salon waits (1000 VA counted): something new.')).to.equal(undefined);
	});
});
