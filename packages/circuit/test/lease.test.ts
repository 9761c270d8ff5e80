import { expect } from 'chai';
import fc from 'fast-check';
import { type Lease, NO_LEASE, receiveShedSet, type ShedSet, viewLease } from '../src/lease.ts';
import { anyOrder } from './arbitraries.ts';

const SET: ShedSet = {
	session: 'a',
	sequence: 5,
	leaseS: 30,
	shed: ['salon'],
	admitted: { bureau: 'comfort' },
	trial: { salon: 'off' },
};
const NOTHING = { admitted: new Map(), trial: new Map() };

/** Feeds sets one after another; gives the verdicts and the lease that results. */
function feed(...arrivals: [set: Partial<ShedSet>, nowMs: number, retained?: boolean][]) {
	let lease: Lease = NO_LEASE;
	const verdicts = arrivals.map(([set, nowMs, retained = false]) => {
		const received = receiveShedSet(lease, { ...SET, ...set }, retained, nowMs);
		lease = received.lease;
		return received.verdict;
	});
	return { lease, verdicts };
}

describe('the lease', () => {
	it('is fallback with nothing admitted before anything was heard', () => {
		const view = viewLease(NO_LEASE, 0);
		expect(view).to.deep.equal({ control: 'fallback', shed: new Set(), ...NOTHING, untilMs: undefined });
	});

	it('holds from arrival for as long as the set says, and not a moment longer', () => {
		const { lease, verdicts } = feed([{}, 1_000]);
		expect(verdicts).to.deep.equal(['renewed']);
		expect(viewLease(lease, 30_999)).to.deep.equal({
			control: 'lease',
			shed: new Set(['salon']),
			admitted: new Map([['bureau', 'comfort']]),
			trial: new Map([['salon', 'off']]),
			untilMs: 31_000,
		});
		const ended = viewLease(lease, 31_000);
		expect(ended).to.deep.equal({ control: 'fallback', shed: new Set(), ...NOTHING, untilMs: undefined });
	});

	it('holds for no more than a minute, whatever the set says', () => {
		const { lease } = feed([{ leaseS: 600 }, 0]);
		expect(viewLease(lease, 59_999).control).to.equal('lease');
		expect(viewLease(lease, 60_000).control).to.equal('fallback');
	});

	it('refuses what the same session said before, and takes a new session', () => {
		const { verdicts, lease } = feed(
			[{}, 0],
			[{ sequence: 4 }, 1],
			[{ sequence: 5 }, 2],
			[{ sequence: 6, shed: [] }, 3],
			[{ session: 'b', sequence: 0, shed: ['bureau'] }, 4],
			[{ session: 'a', sequence: 7 }, 5],
		);
		expect(verdicts).to.deep.equal([
			'renewed',
			'refused_older',
			'refused_older',
			'renewed',
			'renewed',
			'refused_superseded',
		]);
		expect(viewLease(lease, 6).shed).to.deep.equal(new Set(['bureau']));
	});

	it('takes a former session again once the lease of its successor has run out', () => {
		const { verdicts } = feed([{}, 0], [{ session: 'b', leaseS: 1 }, 1], [{ session: 'a', sequence: 6 }, 2_000]);
		expect(verdicts).to.deep.equal(['renewed', 'renewed', 'renewed']);
	});

	it('gives control up at once with a lease of 0', () => {
		const { lease, verdicts } = feed([{}, 0], [{ sequence: 6, leaseS: 0 }, 10], [{ sequence: 5 }, 20]);
		expect(verdicts).to.deep.equal(['renewed', 'given_up', 'refused_older']);
		expect(viewLease(lease, 20).control).to.equal('fallback');
		expect(viewLease(lease, 20).shed.size).to.equal(0);
	});

	it('lets a retained copy add its sheds to the fallback, for the time of its own lease', () => {
		const { lease } = feed([{}, 0, true]);
		expect(viewLease(lease, 29_999)).to.deep.equal({
			control: 'fallback',
			shed: new Set(['salon']),
			...NOTHING,
			untilMs: 30_000,
		});
		expect(viewLease(lease, 30_000).shed.size).to.equal(0);
	});

	it('takes the live message that a retained copy was made of, but none before it', () => {
		expect(feed([{}, 0, true], [{ sequence: 4 }, 1]).verdicts[1]).to.equal('refused_older');
		expect(feed([{}, 0, true], [{}, 1]).verdicts[1]).to.equal('renewed');
	});

	it('forgets a retained copy once a live set came', () => {
		const { lease } = feed([{}, 0, true], [{ sequence: 6, leaseS: 1, shed: [] }, 1]);
		expect(viewLease(lease, 2_000).shed.size).to.equal(0);
	});

	it('never lets a retained copy touch a live lease', () => {
		const { lease, verdicts } = feed([{}, 0], [{ sequence: 9, shed: ['cave'] }, 1, true]);
		expect(verdicts[1]).to.equal('refused_retained');
		expect(viewLease(lease, 2).shed).to.deep.equal(new Set(['salon']));
	});

	it('ends even when time goes back', () => {
		const { lease } = feed([{}, 1_000], [{ sequence: 4 }, 40_000]);
		expect(viewLease(lease, 2_000).control).to.equal('fallback');
	});

	it('grants nothing through retained copies, whatever comes', () => {
		const arrival = fc.record({
			session: fc.constantFrom('a', 'b', 'c'),
			sequence: fc.nat(5),
			leaseS: fc.nat(20),
			shed: fc.subarray(['x', 'y', 'z']),
			admitted: fc.dictionary(fc.constantFrom('x', 'y'), anyOrder),
		});
		fc.assert(
			fc.property(fc.array(fc.tuple(arrival, fc.boolean(), fc.integer({ min: -5_000, max: 15_000 }))), (arrivals) => {
				let lease = NO_LEASE;
				let nowMs = 0;
				let latestMs = Number.NEGATIVE_INFINITY;
				let liveEndMs = Number.NEGATIVE_INFINITY;
				for (const [set, retained, laterMs] of arrivals) {
					nowMs += laterMs;
					latestMs = Math.max(latestMs, nowMs);
					const before = viewLease(lease, nowMs);
					const received = receiveShedSet(lease, set, retained, nowMs);
					lease = received.lease;
					if (!retained && !received.verdict.startsWith('refused')) liveEndMs = latestMs + set.leaseS * 1000;
					const view = viewLease(lease, nowMs);
					expect(view.control).to.equal(latestMs < liveEndMs ? 'lease' : 'fallback');
					if (view.control === 'fallback') expect(view.admitted.size).to.equal(0);
					if (retained && before.control === 'lease') expect(view).to.deep.equal(before);
				}
			}),
		);
	});
});
