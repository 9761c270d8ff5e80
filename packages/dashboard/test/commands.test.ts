import { expect } from 'chai';
import {
	type Command,
	confirm,
	dismiss,
	EXPIRES_AFTER_MS,
	expire,
	fail,
	give,
	noCommands,
	payloadOf,
} from '../src/core/commands.ts';
import { at, circuit, T0 } from './messages.ts';
import { circuitSetOf } from './payloads.ts';

const eco: Command = { order: 'eco' };
const untilTen: Command = { order: 'eco', untilMs: T0 + 4 * 3_600_000 };
const sent = (command: Command, ids = ['salon']) => give(noCommands, ids, command, T0);
const progressOf = (commands: ReturnType<typeof sent>, id = 'salon') => commands.get(id)?.progress;

describe('an order on its way', () => {
	it("is pending until the radiator's state shows it", () => {
		const pending = sent(eco);
		expect(progressOf(pending)).to.equal('sent');
		const other = confirm(pending, 'salon', circuit({ override: { order: 'off' } }), 0, T0 + 100);
		expect(progressOf(other)).to.equal('sent');
		const shown = confirm(pending, 'salon', circuit({ override: { order: 'eco' } }), 0, T0 + 100);
		expect(progressOf(shown)).to.equal('confirmed');
	});

	it('is confirmed with its own end only, by the clock of the house', () => {
		const ahead = 300_000;
		const ends = (ms: number) => circuit({ override: { order: 'eco', until: at(ms) } });
		const until = (ms: number) => progressOf(confirm(sent(untilTen), 'salon', ends(ms), ahead, T0 + 100));
		expect(until(T0 + 4 * 3_600_000 - ahead)).to.equal('confirmed');
		expect(until(T0 + 4 * 3_600_000)).to.equal('sent');
		expect(progressOf(confirm(sent(eco), 'salon', ends(T0), ahead, T0))).to.equal('sent');
	});

	it('back to auto is confirmed by a state without an override', () => {
		const pending = sent({ order: 'auto' });
		expect(progressOf(confirm(pending, 'salon', circuit({ override: { order: 'eco' } }), 0, T0))).to.equal('sent');
		expect(progressOf(confirm(pending, 'salon', circuit(), 0, T0))).to.equal('confirmed');
	});

	it('says when it was not confirmed in time, and takes a late confirmation all the same', () => {
		expect(progressOf(expire(sent(eco), T0 + 7_999))).to.equal('sent');
		const late = expire(sent(eco), T0 + 8_000);
		expect(progressOf(late)).to.equal('unconfirmed');
		const shown = confirm(late, 'salon', circuit({ override: { order: 'eco' } }), 0, T0 + 9_000);
		expect(progressOf(shown)).to.equal('confirmed');
	});

	it('leaves the screen some time after it was confirmed', () => {
		const shown = confirm(sent(eco), 'salon', circuit({ override: { order: 'eco' } }), 0, T0 + 100);
		expect(expire(shown, T0 + 2_000).size).to.equal(1);
		expect(expire(shown, T0 + 2_600).size).to.equal(0);
	});

	it('is lost with the connection, or refused for the radiators it was for', () => {
		const both = give(sent(eco, ['salon', 'bureau']), ['bureau'], eco, T0);
		const refused = fail(both, 'refused', T0 + 50, ['bureau']);
		expect([progressOf(refused), progressOf(refused, 'bureau')]).to.deep.equal(['sent', 'refused']);
		const lost = fail(refused, 'lost', T0 + 60);
		expect([progressOf(lost), progressOf(lost, 'bureau')]).to.deep.equal(['lost', 'refused']);
		expect(dismiss(lost, 'salon').has('salon')).to.equal(false);
	});

	it('carries its end and an expiry by the clock of the house, as the actuator reads them', () => {
		const payload = payloadOf(untilTen, 300_000, T0);
		expect(payload).to.deep.equal({
			order: 'eco',
			until: at(T0 + 4 * 3_600_000 - 300_000),
			expiresAt: at(T0 - 300_000 + EXPIRES_AFTER_MS),
		});
		expect(circuitSetOf(payload)).to.deep.equal(payload);
		expect(payloadOf({ order: 'auto' }, 0, T0)).to.not.have.property('until');
	});
});
