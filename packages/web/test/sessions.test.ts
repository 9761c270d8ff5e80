import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { type EndReason, Sessions } from '../src/core/sessions.ts';

const hour = 3_600_000;
const limits = { idleMs: 10 * hour, totalMs: 48 * hour, perPerson: 3 };
const alice = { kind: 'person', name: 'alice', role: 'admin' } as const;

describe('Sessions', () => {
	let clock: VirtualClock;
	let sessions: Sessions;
	const ended: [string, EndReason][] = [];
	beforeEach(() => {
		ended.length = 0;
		clock = new VirtualClock();
		sessions = new Sessions(clock, limits);
		sessions.onEnd(({ person }, reason) => ended.push([person.name, reason]));
	});

	it('end when unused, and not before', () => {
		const { id, session } = sessions.open(alice, '1');
		clock.advance(10 * hour - 1);
		expect(sessions.find(id)).to.equal(session);
		clock.advance(1);
		expect(sessions.find(id)).to.equal(undefined);
		expect(ended).to.deep.equal([['alice', 'expired']]);
	});

	it('end after their whole time however much they are used', () => {
		const { session } = sessions.open(alice, '1');
		for (let hours = 1; hours < 48; hours += 1) {
			clock.advance(hour);
			sessions.touch(session);
			sessions.sweep();
		}
		expect(sessions.lives(session)).to.equal(true);
		clock.advance(hour);
		sessions.sweep();
		expect(ended).to.deep.equal([['alice', 'expired']]);
	});

	it('outlive a step of the wall clock', () => {
		const { id } = sessions.open(alice, '1');
		clock.stepWall(400 * 24 * hour);
		sessions.sweep();
		expect(sessions.find(id)).to.not.equal(undefined);
	});

	it('go on after a restart with the age they have', () => {
		const { id } = sessions.open(alice, '1');
		clock.advance(4 * hour);
		const kept = sessions.stored();
		const later = new VirtualClock(clock.wallMs() + 5 * hour);
		const next = new Sessions(later, limits);
		next.restore(kept);
		expect(next.find(id)?.person).to.deep.equal(alice);
		later.advance(hour);
		expect(next.find(id)).to.equal(undefined);
		const tooLate = new Sessions(new VirtualClock(clock.wallMs() + 6 * hour), limits);
		tooLate.restore(kept);
		expect(tooLate.count).to.equal(0);
	});

	it('go on after a restart with a clock that is behind', () => {
		const { id } = sessions.open(alice, '1');
		const early = new Sessions(new VirtualClock(0), limits);
		early.restore(sessions.stored());
		expect(early.find(id)).to.not.equal(undefined);
	});

	it('of one person are bounded: the one used longest ago goes', () => {
		const opened = [1, 2, 3].map(() => {
			clock.advance(1000);
			return sessions.open(alice, '1');
		});
		const robin = sessions.open({ kind: 'person', name: 'robin', role: 'viewer' }, '1');
		clock.advance(1000);
		if (opened[0] !== undefined) sessions.touch(opened[0].session);
		sessions.open(alice, '1');
		expect(opened.map(({ id }) => sessions.find(id) !== undefined)).to.deep.equal([true, false, true]);
		expect(sessions.find(robin.id)).to.equal(robin.session);
		expect(ended).to.deep.equal([['alice', 'displaced']]);
	});
});
