import type { CircuitState, ProbeState } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { expect } from 'chai';
import { CircuitNews } from '../src/circuit-news.ts';

const MINUTE_MS = 60_000;
const WALL_MS = Date.UTC(2026, 0, 12);

const said = (temperatureC: number, minute: number): ProbeState => {
	return { at: instantOf(WALL_MS + minute * MINUTE_MS), name: 'p', room: 'salon', temperatureC };
};
const moment = (minute: number) => ({ monotonicMs: minute * MINUTE_MS, wallMs: WALL_MS + minute * MINUTE_MS });
const salon: CircuitState = {
	...{ at: instantOf(WALL_MS), owner: 'o', name: 'Salon', kind: 'radiator', phase: 1, room: 'salon', powerW: 1_000 },
	...{ priority: 1, wanted: 'comfort', inForce: 'comfort', reason: 'programme', since: instantOf(WALL_MS) },
	...{ programme: 'comfort', control: 'lease' },
};

describe("a circuit's news", () => {
	let news: CircuitNews;
	const roomC = (): number | undefined => news.known('salon')?.roomC;

	beforeEach(() => {
		news = new CircuitNews();
		news.circuit('salon', salon);
	});

	it('tell the coldest of the probes of its room', () => {
		news.probe('a', said(19, 0), false, moment(0));
		expect(news.probe('b', said(18, 0), false, moment(0)).map((event) => event.roomC)).to.deep.equal([18]);
		expect(news.probeGone('b').map((event) => event.roomC)).to.deep.equal([19]);
	});

	it('forget a probe that was silent for 90 minutes, and none that says the same again', () => {
		news.probe('a', said(18, 0), false, moment(0));
		news.probe('a', said(18, 60), false, moment(60));
		expect(news.expired(moment(149).monotonicMs)).to.deep.equal([]);
		expect(roomC()).to.equal(18);
		expect(news.expired(moment(151).monotonicMs).map((event) => event.id)).to.deep.equal(['salon']);
		expect(roomC()).to.equal(undefined);
		expect(news.expired(moment(152).monotonicMs)).to.deep.equal([]);
	});

	it('take a stored figure to be as old as it says', () => {
		expect(news.probe('a', said(18, 0), true, moment(100))).to.deep.equal([]);
		expect(roomC()).to.equal(undefined);
		news.probe('a', said(18, 0), true, moment(60));
		expect(roomC()).to.equal(18);
		expect(news.expired(moment(91).monotonicMs)).to.have.length(1);
	});

	it('tell whether its output answers', () => {
		expect(news.known('salon')?.reachable).to.equal(true);
		expect(news.circuit('salon', { ...salon, reason: 'unreachable' }).reachable).to.equal(false);
	});
});
