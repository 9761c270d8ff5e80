import { expect } from 'chai';
import fc from 'fast-check';
import { generate, type IConnectPacket } from 'mqtt-packet';
import { clientIdOf, MAX_CONNECT_BYTES, readConnect, rewriteConnect } from '../src/core/connect-packet.ts';

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const credentials = fc.record({ username: text, password: text });
const will = fc.record({
	topic: text,
	payload: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
	qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
	retain: fc.boolean(),
});
const connect = fc.record(
	{
		cmd: fc.constant('connect' as const),
		clientId: text,
		protocolId: fc.constant('MQTT' as const),
		protocolVersion: fc.constantFrom(4 as const, 5 as const),
		clean: fc.boolean(),
		keepalive: fc.nat(65_535),
		will,
		username: text,
	},
	{ requiredKeys: ['cmd', 'clientId', 'protocolId', 'protocolVersion', 'clean', 'keepalive'] },
);

function packetOf(bytes: Buffer | undefined): IConnectPacket {
	const read = readConnect(bytes ?? Buffer.alloc(0));
	if (read.kind !== 'connect') throw new Error(`not a CONNECT: ${JSON.stringify(read)}`);
	return read.packet;
}

describe('CONNECT of a browser', () => {
	it('is rewritten in its credentials and its client id alone', () => {
		fc.assert(
			fc.property(connect, credentials, (given, theirs) => {
				const before = packetOf(generate(given as IConnectPacket));
				const after = packetOf(rewriteConnect(before, theirs, '0123abcd'));
				expect(after.username).to.equal(theirs.username);
				expect(after.password?.toString()).to.equal(theirs.password);
				expect(after.clientId).to.match(/^browser-0123abcd-[A-Za-z0-9_-]{1,32}$/);
				const { protocolId, protocolVersion, clean, keepalive } = before;
				expect(after).to.deep.include({ protocolId, protocolVersion, clean, keepalive });
				expect(after.will).to.deep.equal(before.will);
				expect(after.properties).to.deep.equal(before.properties);
			}),
		);
	});

	it('is found however it is cut, with what follows it left alone', () => {
		const rest = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes));
		fc.assert(
			fc.property(connect, rest, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (given, after, cut) => {
				const bytes = generate(given as IConnectPacket);
				const part = bytes.subarray(0, Math.floor(bytes.length * cut));
				expect(readConnect(part).kind).to.equal('incomplete');
				const read = readConnect(Buffer.concat([bytes, after]));
				expect(read.kind === 'connect' && read.rest.equals(after)).to.equal(true);
			}),
		);
	});

	it('never throws, whatever the bytes', () => {
		const body = fc.uint8Array({ maxLength: 127 });
		fc.assert(
			fc.property(body, (bytes) => {
				const whole = Buffer.concat([Buffer.from([0x10, bytes.length]), bytes]);
				const read = readConnect(whole);
				if (read.kind === 'connect') rewriteConnect(read.packet, { username: 'a', password: 'b' }, '0123abcd');
				readConnect(Buffer.from(bytes));
			}),
			{ numRuns: 2000 },
		);
		const header = Buffer.from([0x10, 12 + 6, 0, 4, 77, 81, 84, 84, 4, 0b0000_0110, 0, 0, 0, 1, 97, 0, 0, 0, 0, 0]);
		const read = readConnect(header);
		expect(read.kind === 'connect' ? rewriteConnect(read.packet, { username: 'a', password: 'b' }, 'x') : 0).to.equal(
			undefined,
		);
	});

	it('is refused by its announced length, before the bytes come', () => {
		const announced = (bytes: number) =>
			Buffer.from([0x10, (bytes & 0x7f) | 0x80, ((bytes >> 7) & 0x7f) | 0x80, bytes >> 14]);
		expect(readConnect(announced(MAX_CONNECT_BYTES)).kind).to.equal('incomplete');
		expect(readConnect(announced(MAX_CONNECT_BYTES + 1)).kind).to.equal('too_large');
		expect(readConnect(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80])).kind).to.equal('not_connect');
	});

	it('takes no name but its own, and tells pages with odd names apart', () => {
		expect(clientIdOf('0123abcd', 'meter-reader-1')).to.equal('browser-0123abcd-meter-reader-1');
		const odd = ['a/b', 'a b', 'x'.repeat(33), `${'x'.repeat(33)}y`, '', ''].map((asked) => clientIdOf('t', asked));
		expect(new Set(odd).size).to.equal(odd.length);
	});
});
