import { expect } from 'chai';
import { byPhase, explain, heats, waitingGroups, waitingList } from '../src/core/reasons.ts';
import { at, circuit, heard, shedder, T0 } from './messages.ts';

const salon = circuit({ wanted: 'comfort', inForce: 'off', reason: 'waits_for_admission' });
const waits = (circuitId: string, nextMs?: number) => ({
	circuit: circuitId,
	phase: 1 as const,
	since: at(T0 - 60_000),
	shed: false,
	...(nextMs === undefined ? {} : { nextChance: at(nextMs) }),
	why: '',
});

describe('why a radiator does what it does', () => {
	it('names the figures where there is no room', () => {
		const house = heard([{ topic: 'shedder/state', value: shedder(T0, { waiting: [waits('salon', T0 + 9_000)] }) }]);
		expect(explain(house, 'salon', salon)).to.deep.equal({
			why: 'room',
			phase: 1,
			needsVA: 1_000,
			freeVA: 500,
			nextMs: T0 + 9_000,
		});
	});

	it('calls it a turn where there is room and a chance soon, and says no figures that would contradict it', () => {
		const roomy = { ...salon, powerW: 400 };
		const said = (nextMs: number) =>
			heard([{ topic: 'shedder/state', value: shedder(T0, { waiting: [waits('salon', nextMs)] }) }]);
		expect(explain(said(T0 + 9_000), 'salon', roomy)).to.include({ why: 'turn' });
		expect(explain(said(T0 + 900_000), 'salon', roomy)).to.include({ why: 'room', freeVA: undefined });
	});

	it("takes the shedder's own word for it, and its figures where it names want of room or no word", () => {
		const said = (reason?: string) => {
			const waiting = [{ ...waits('salon', T0 + 9_000), reason }] as never;
			return explain(heard([{ topic: 'shedder/state', value: shedder(T0, { waiting }) }]), 'salon', salon).why;
		};
		const words = ['others_first', 'too_soon', 'measuring', 'may_rise', 'no_load', 'paused', 'no_headroom', undefined];
		const whys = ['turn', 'rest', 'measuring', 'may_rise', 'no_load', 'paused', 'room', 'room'];
		expect(words.map(said)).to.deep.equal(whys);
	});

	it('puts steps on the way to one end together', () => {
		const bureau = { ...salon, name: 'Bureau', wire: 2 };
		const waiting = [
			{ ...waits('salon'), reason: 'others_first' },
			{ ...waits('bureau'), reason: 'too_soon' },
		] as never;
		const list = waitingList(
			heard([
				{ topic: 'circuits/salon/state', value: salon },
				{ topic: 'circuits/bureau/state', value: bureau },
				{ topic: 'shedder/state', value: shedder(T0, { waiting }) },
			]),
		);
		expect(waitingGroups(list).map(({ why, members }) => [why, members.length])).to.deep.equal([['turn', 2]]);
	});

	it('says until when an order holds', () => {
		const until = circuit({ reason: 'override', override: { order: 'eco', until: at(T0 + 60_000) } });
		expect(explain(heard([]), 'salon', until)).to.deep.equal({ why: 'override', untilMs: T0 + 60_000 });
		expect(explain(heard([]), 'salon', circuit({ reason: 'override', override: { order: 'eco' } }))).to.deep.equal({
			why: 'override',
			untilMs: undefined,
		});
	});

	it('lists what waits, longest first, and puts what waits for the same thing together', () => {
		const house = heard([
			{ topic: 'circuits/salon/state', value: salon },
			{ topic: 'circuits/bureau/state', value: { ...salon, name: 'Bureau', wire: 2, since: at(T0 - 90_000) } },
			{ topic: 'circuits/bain/state', value: { ...salon, name: 'Bain', wire: 3, reason: 'shed' } },
			{ topic: 'circuits/entree/state', value: circuit({ name: 'Entrée', wire: 4 }) },
			{ topic: 'shedder/state', value: shedder(T0, { waiting: [waits('salon', T0 + 9_000)] }) },
		]);
		const list = waitingList(house);
		expect(list.map(({ id }) => id)).to.deep.equal(['bureau', 'salon', 'bain']);
		const groups = waitingGroups(list).map(({ why, members, nextMs }) => [why, members.length, nextMs]);
		expect(groups).to.deep.equal([
			['room', 2, T0 + 9_000],
			['shed', 1, undefined],
		]);
	});

	it('shows radiators as the board is wired, by phase', () => {
		const house = heard([
			{ topic: 'circuits/a/state', value: circuit({ phase: 2, board: '1-21', wire: 1 }) },
			{ topic: 'circuits/b/state', value: circuit({ wire: 2 }) },
			{ topic: 'circuits/c/state', value: circuit({ wire: 1 }) },
		]);
		expect(byPhase(house).map(([phase, of]) => [phase, of.map(([id]) => id)])).to.deep.equal([
			[1, ['c', 'b']],
			[2, ['a']],
		]);
	});

	it('counts the finer steps of comfort as heating', () => {
		expect(
			['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'off'].map((inForce) => heats({ inForce } as never)),
		).to.deep.equal([true, true, true, false, false]);
	});
});
