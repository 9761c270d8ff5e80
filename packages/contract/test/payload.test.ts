import { expect } from 'chai';
import fc from 'fast-check';
import { decodePayload, encodePayload, MAX_PAYLOAD_BYTES, type Topic, topics } from '../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a payload', () => {
	it('is a plain word where a word says it all', () => {
		expect(decodePayload(topics.circuitSet, bytes('eco'))).to.deep.equal({ ok: true, payload: 'eco' });
		expect(encodePayload(topics.circuitSet, 'comfort_-1')).to.equal('comfort_-1');
	});

	it('is JSON where a word does not', () => {
		const set = { order: 'comfort', until: '2026-01-31T22:00:00Z' };
		expect(decodePayload(topics.circuitSet, bytes(` ${JSON.stringify(set)}`))).to.deep.equal({
			ok: true,
			payload: set,
		});
	});

	it('is refused with what was expected and what came', () => {
		const cases = [
			['warm', 'expected an order'],
			['{"order":"eco"', 'JSON'],
			['{"order":"eco","forever":true}', 'forever'],
			['{"order":"eco","until":"tomorrow"}', 'until: expected ISO 8601'],
			['', 'expected an order'],
		] as const;
		for (const [text, expected] of cases) {
			const decoded = decodePayload(topics.circuitSet, bytes(text));
			expect(decoded.ok, text).to.equal(false);
			if (!decoded.ok) expect(decoded).to.include({ received: text }).and.property('expected').include(expected);
		}
	});

	it('names the field that is wrong', () => {
		const shed = {
			at: '2026-01-31T22:00:00.000Z',
			session: 's',
			sequence: -1,
			leaseS: 6,
			shed: ['salon'],
			admitted: {},
		};
		const decoded = decodePayload(topics.shed, bytes(JSON.stringify(shed)));
		expect(decoded.ok).to.equal(false);
		if (!decoded.ok) expect(decoded.expected).to.match(/^sequence: /);
	});

	it('is refused where its moment reads like one and is none', () => {
		const at = (moment: string) => decodePayload(topics.tariff, bytes(`{"at":"${moment}","source":"meter"}`)).ok;
		expect(at('2026-01-31T22:00:00.000Z')).to.equal(true);
		expect(at('2026-99-31T22:00:00.000Z')).to.equal(false);
		expect(at('2026-01-31T99:00:00.000Z')).to.equal(false);
		expect(at('0000-01-31T22:00:00.000Z'), 'years that no calendar here goes back to').to.equal(false);
	});

	it('is refused unread when it is too long or not UTF-8', () => {
		const long = decodePayload(topics.circuitSet, new Uint8Array(MAX_PAYLOAD_BYTES + 1));
		expect(long).to.deep.equal({ ok: false, expected: 'at most 262144 bytes', received: '262145 bytes' });
		expect(decodePayload(topics.circuitSet, Uint8Array.of(0xc3, 0x28))).to.include({ ok: false, expected: 'UTF-8' });
	});

	it('never throws, and is never taken for what it is not, whatever comes', () => {
		const table: readonly Topic<string, unknown>[] = Object.values(topics);
		fc.assert(
			fc.property(fc.constantFrom(...table), fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (topic, payload) => {
				const decoded = decodePayload(topic, payload);
				if (decoded.ok) expect(topic.schema.safeParse(decoded.payload).success).to.equal(true);
				else expect(decoded.received.length).to.be.lessThan(130);
			}),
			{ numRuns: 2_000 },
		);
	});
});
