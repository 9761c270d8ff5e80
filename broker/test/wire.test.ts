import { expect } from 'chai';
import fc from 'fast-check';
import { generate, parser, type Packet as ReferencePacket } from 'mqtt-packet';
import { decode } from '../src/edge/wire/decode.ts';
import * as encode from '../src/edge/wire/encode.ts';
import { Framer } from '../src/edge/wire/framer.ts';
import type { Packet, Qos, Version } from '../src/edge/wire/packets.ts';
import { filterFault, isTooLong, sharedParts, topicFault } from '../src/edge/wire/topics.ts';
import { ConnectRefused, PacketRefused } from '../src/errors.ts';

/** Reads one packet as mqtt-packet wrote it. */
function read(packet: object, version: Version): Packet | PacketRefused {
	return readBytes(generate(packet as ReferencePacket, { protocolVersion: version }), version);
}

function readBytes(bytes: Buffer, version: Version): Packet | PacketRefused {
	const framer = new Framer(1e6);
	// Past the rule that a connection begins with CONNECT.
	framer.push(Buffer.concat([Buffer.from([0x10, 0]), bytes]));
	framer.next();
	const frame = framer.next();
	if (frame === undefined || frame instanceof PacketRefused) throw new Error('no packet');
	return decode(frame.first, frame.body, version);
}

/** Reads bytes of ours with mqtt-packet. */
function reference(bytes: Buffer, version: Version): Record<string, unknown> {
	const reader = parser({ protocolVersion: version });
	let read: unknown;
	reader.on('packet', (packet) => {
		read = packet;
	});
	reader.on('error', (error) => {
		throw error;
	});
	reader.parse(bytes);
	return read as Record<string, unknown>;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const why = (result: Packet | PacketRefused): string => (result instanceof PacketRefused ? result.message : 'taken');

const word = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'abcäé日𪛔-._ 09') });
const topic = fc.array(word, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
const qos = fc.constantFrom<Qos>(0, 1, 2);
const id = fc.integer({ min: 1, max: 65535 });
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const userProperties = fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 4 });
const version = fc.constantFrom<Version>(3, 4, 5);

const said = fc.record(
	{
		payloadFormatIndicator: fc.constantFrom(0, 1),
		messageExpiryInterval: fc.integer({ min: 0, max: 0xffff_ffff }),
		contentType: word,
		responseTopic: topic,
		correlationData: payload,
		userProperties,
	},
	{ requiredKeys: [] },
);

describe('wire', () => {
	describe('against mqtt-packet', () => {
		it('reads CONNECT of all versions (3.1)', () => {
			const connect = fc.record({
				version,
				clientId: word,
				clean: fc.boolean(),
				keepalive: fc.integer({ min: 0, max: 65535 }),
				username: fc.option(word, { nil: undefined }),
				password: payload,
				will: fc.option(fc.record({ topic, payload, qos, retain: fc.boolean() }), { nil: undefined }),
			});
			fc.assert(
				fc.property(connect, ({ version: protocolVersion, username, password, will, ...rest }) => {
					const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT';
					const credentials = username === undefined ? {} : { username, password };
					const packet = { cmd: 'connect', protocolId, protocolVersion, ...rest, ...credentials };
					const got = read(will === undefined ? packet : { ...packet, will }, protocolVersion);
					expect(got).to.deep.include({
						type: 'connect',
						version: protocolVersion,
						clientId: rest.clientId,
						clean: rest.clean,
						keepAlive: rest.keepalive,
						name: username,
						secret: username === undefined ? undefined : password,
						will: will === undefined ? undefined : { ...will, properties: {} },
					});
				}),
			);
		});

		it('reads and writes PUBLISH with all its properties (3.3)', () => {
			fc.assert(
				fc.property(
					version,
					topic,
					payload,
					qos,
					fc.boolean(),
					id,
					said,
					(version, topic, payload, qos, retain, id, said) => {
						const properties = version === 5 ? said : undefined;
						const bytes = encode.publish(topic, payload, { qos, retain, dup: false, messageId: id }, properties);
						const expected = {
							type: 'publish',
							topic,
							payload,
							qos,
							retain,
							dup: false,
							id: qos > 0 ? id : 0,
							properties,
						};
						expect(readBytes(bytes, version)).to.deep.equal(expected);
						const theirs = reference(bytes, version);
						expect(theirs).to.deep.include({ cmd: 'publish', topic, payload, qos, retain });
						if (properties !== undefined)
							expect(generate(theirs as never, { protocolVersion: 5 }).length).to.equal(bytes.length);
					},
				),
			);
		});

		it('reads SUBSCRIBE and UNSUBSCRIBE with options (3.8, 3.10)', () => {
			const subscription = fc.record({
				topic,
				qos,
				nl: fc.boolean(),
				rap: fc.boolean(),
				rh: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
			});
			fc.assert(
				fc.property(id, fc.array(subscription, { minLength: 1, maxLength: 6 }), (messageId, subscriptions) => {
					const properties = { subscriptionIdentifier: 7 };
					const got = read({ cmd: 'subscribe', messageId, subscriptions, properties }, 5);
					const wanted = subscriptions.map(({ topic: filter, ...options }) => ({ filter, ...options }));
					expect(got).to.deep.equal({ type: 'subscribe', id: messageId, wanted, identifier: 7 });
					const filters = subscriptions.map(({ topic: filter }) => filter);
					const gone = read({ cmd: 'unsubscribe', messageId, unsubscriptions: filters }, 4);
					expect(gone).to.deep.equal({ type: 'unsubscribe', id: messageId, filters });
				}),
			);
		});

		it('writes what a broker answers', () => {
			fc.assert(
				fc.property(
					version,
					id,
					fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1 }),
					(version, messageId, granted) => {
						expect(reference(encode.suback(version, messageId, granted), version)).to.deep.include({
							cmd: 'suback',
							messageId,
							granted,
						});
						expect(
							reference(
								encode.unsuback(
									version,
									messageId,
									granted.map(() => 0x11),
								),
								version,
							),
						).to.include({ cmd: 'unsuback', messageId });
						for (const cmd of ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const) {
							expect(reference(encode.ack(cmd, version, messageId), version)).to.include({ cmd, messageId });
							expect(readBytes(encode.ack(cmd, version, messageId), version)).to.deep.equal({
								type: cmd,
								id: messageId,
								reason: 0,
							});
						}
					},
				),
			);
			const properties = { receiveMaximum: 10, assignedClientIdentifier: 'x', serverKeepAlive: 60 };
			expect(reference(encode.connack(5, true, 0, properties), 5)).to.deep.include({
				sessionPresent: true,
				reasonCode: 0,
				properties,
			});
			expect(reference(encode.connack(4, true, 0), 4)).to.deep.include({ sessionPresent: true, returnCode: 0 });
			expect(reference(encode.disconnect(0x8e), 5)).to.deep.include({ cmd: 'disconnect', reasonCode: 0x8e });
			expect(reference(encode.pingresp, 4)).to.include({ cmd: 'pingresp' });
			expect(readBytes(encode.ack('puback', 5, 9, 0x97), 5)).to.deep.equal({ type: 'puback', id: 9, reason: 0x97 });
		});
	});

	describe('strings (1.5.3, 1.5.4)', () => {
		const strings: Record<string, string> = {
			'a NUL': '746F700000',
			'a surrogate': '746FEDA080',
			'U+0001': '746F700170',
			'U+001F': '746F701F70',
			'U+007F': '746F707F70',
			'U+009F': '746FC29F70',
			'an overlong slash': '746FC0AF70',
			'a character cut short': '746F7070F0',
			'U+FFFF': '7474EFBFBF',
		};
		for (const [name, bytes] of Object.entries(strings)) {
			it(`refuses ${name} in topics, filters, ids and names`, () => {
				for (const version of [4, 5] as const) {
					const none = version === 5 ? '00' : '';
					expect(readBytes(hex(`30 ${version === 5 ? '08' : '07'} 0005 ${bytes} ${none}`), version)).to.be.instanceOf(
						PacketRefused,
					);
					expect(
						readBytes(hex(`82 ${version === 5 ? '0b' : '0a'} 0001 ${none} 0005 ${bytes} 00`), version),
					).to.be.instanceOf(PacketRefused);
				}
				expect(readBytes(hex(`10 11 0004 4D515454 04 02 000a 0005 ${bytes}`), 4)).to.be.instanceOf(PacketRefused);
				expect(readBytes(hex(`10 14 0004 4D515454 04 82 000a 0001 70 0005 ${bytes}`), 4)).to.be.instanceOf(
					PacketRefused,
				);
			});
		}

		it('keeps a byte order mark and takes characters beyond the sixteenth plane boundary', () => {
			const bom = readBytes(hex('30 06 0004 EFBBBF61'), 4);
			expect('topic' in bom && bom.topic).to.equal('\ufeffa');
			const far = readBytes(hex('30 07 0005 41F0AA9B94'), 4);
			expect('topic' in far && far.topic).to.equal('A𪛔');
		});

		it('lets line feeds pass in a user property, and no NUL', () => {
			expect(why(readBytes(hex('30 0b 0001 61 07 26 0001 61 0001 0a'), 5))).to.equal('taken');
			expect(why(readBytes(hex('30 0b 0001 61 07 26 0001 61 0001 00'), 5))).to.equal('a NUL in a string');
		});
	});

	describe('what breaks the rules', () => {
		const refused: Record<string, [Version, string, string]> = {
			'PUBLISH of QoS 3 (3.3.1.2)': [4, '36 05 0001 61 0001', 'service 3'],
			'PUBLISH of QoS 0 with DUP (3.3.1.1)': [4, '38 03 0001 61', 'sent again'],
			'PUBLISH with id 0 (2.3.1)': [4, '32 05 0001 61 0000', 'identifier of 0'],
			'PUBLISH without id': [4, '32 03 0001 61', 'cut short'],
			'SUBSCRIBE with flags 0 (3.8.1)': [4, '80 06 0001 0001 61 00', 'flags'],
			'SUBSCRIBE without a filter (3.8.3)': [4, '82 02 0001', 'cut short'],
			'SUBSCRIBE of QoS 3': [4, '82 06 0001 0001 61 03', 'options'],
			'SUBSCRIBE with options in version 4': [4, '82 06 0001 0001 61 04', 'options'],
			'SUBSCRIBE with retain handling 3 (3.8.3.1)': [5, '82 07 0001 00 0001 61 30', 'options'],
			'SUBSCRIBE with reserved options': [5, '82 07 0001 00 0001 61 40', 'options'],
			'SUBSCRIBE with identifier 0 (3.8.2.1.2)': [5, '82 09 0001 02 0b00 0001 61 00', 'subscriptionIdentifier'],
			'no local on a shared subscription (3.8.3.1)': [5, '82 10 0001 00 000a 2473686172652f672f61 04', 'no local'],
			'UNSUBSCRIBE without a filter (3.10.3)': [4, 'A2 02 0001', 'cut short'],
			'PUBREL with flags 0 (3.6.1)': [4, '60 02 0001', 'flags'],
			'PUBACK with more than an id': [4, '40 03 0001 00', 'after the end'],
			'PINGREQ with a body': [4, 'C0 01 00', 'after the end'],
			'DISCONNECT with flags (3.14.1)': [4, 'E1 00', 'flags'],
			'DISCONNECT with a body in version 4': [4, 'E0 01 00', 'after the end'],
			'AUTH in version 4': [4, 'F0 00', 'no client sends'],
			'reserved type 0': [5, '00 00', 'no client sends'],
			'CONNACK from a client': [4, '20 02 0000', 'no client sends'],
			'a property twice (2.2.2.2)': [5, '30 08 0001 61 04 0100 0100', 'twice'],
			'a property of another packet': [5, '30 09 0001 61 05 1100000001', 'no place'],
			'an unknown property': [5, '30 06 0001 61 02 7f00', 'there is not'],
			'PUBACK for a reason it has not (3.4.2.1)': [5, '40 03 0001 11', 'for reason 17'],
			'PUBCOMP for a reason it has not (3.7.2.1)': [5, '70 03 0001 10', 'for reason 16'],
			'properties longer than the packet': [5, '30 05 0001 61 0501', 'cut short'],
			'a property cut by its length': [5, '30 07 0001 61 03 010002', 'cut short'],
			'a number longer than it must be (1.5.5)': [5, '30 05 0001 61 8000', 'longer than'],
			'a payload format of 2 (3.3.2.3.2)': [5, '30 06 0001 61 02 0102', 'payloadFormatIndicator'],
			'receive maximum 0 (3.1.2.11.3)': [5, '10 11 0004 4D515454 05 02 000a 03 210000 0001 61', 'receiveMaximum'],
			'maximum packet size 0 (3.1.2.11.4)': [
				5,
				'10 13 0004 4D515454 05 02 000a 05 2700000000 0001 61',
				'maximumPacketSize',
			],
			'CONNECT with its reserved flag (3.1.2.3)': [4, '10 0d 0004 4D515454 04 03 000a 0001 61', 'reserved flag'],
			'CONNECT with a will of QoS 3': [4, '10 13 0004 4D515454 04 1e 000a 0001 61 0001 61 0001 61', 'will'],
			'CONNECT with flags of a will it has not': [4, '10 0d 0004 4D515454 04 0a 000a 0001 61', 'will'],
			'CONNECT with a password and no name (3.1.2.9)': [
				4,
				'10 10 0004 4D515454 04 42 000a 0001 61 0001 61',
				'without a name',
			],
			'CONNECT with bytes left over': [4, '10 0e 0004 4D515454 04 02 000a 0001 61 00', 'after the end'],
			'CONNECT of another protocol': [4, '10 0d 0004 4D515455 04 02 000a 0001 61', 'another protocol'],
		};
		for (const [name, [version, bytes, reason]] of Object.entries(refused)) {
			it(`refuses ${name}`, () => expect(why(readBytes(hex(bytes), version))).to.contain(reason));
		}

		it('tells a wrong version from an unknown one (3.1.2.2)', () => {
			const of = (level: string): unknown => readBytes(hex(`10 0d 0004 4D515454 ${level} 02 000a 0001 61`), 4);
			expect(of('03')).to.be.instanceOf(ConnectRefused).and.to.have.property('version', 4);
			expect(of('06')).to.be.instanceOf(ConnectRefused).and.to.have.property('version', 5);
		});

		it('never throws and never invents a packet, whatever comes', () => {
			fc.assert(
				fc.property(
					fc.integer({ min: 0, max: 255 }),
					fc.uint8Array({ maxLength: 60 }),
					version,
					(first, body, version) => {
						const got = decode(first, Buffer.from(body), version);
						expect(got instanceof PacketRefused || typeof got.type === 'string').to.equal(true);
					},
				),
				{ numRuns: 5000 },
			);
		});
	});

	it('refuses more filters in one packet than can be worked on at once (3.8, 3.10)', () => {
		for (const [first, filters] of [
			[0x82, '000161 00'],
			[0xa2, '000161'],
		] as const) {
			const body = (count: number): string => `0001 ${filters.repeat(count)}`;
			const packet = (count: number) => decode(first, Buffer.from(body(count).replaceAll(' ', ''), 'hex'), 4);
			expect(packet(10_000)).to.have.property('type');
			expect(packet(10_001)).to.include({ message: 'more than 10000 filters at once', reason: 0x97 });
		}
	});

	describe('topics and filters (4.7)', () => {
		it('takes filters with wildcards in their places, and no others', () => {
			for (const filter of ['a', '#', '+', 'a/#', '+/a', 'a/+/b', '/', '//', '$share/g/#', '$share/g//', '$SYS/#']) {
				expect(filterFault(filter), filter).to.equal(undefined);
			}
			for (const filter of [
				'',
				'a#',
				'a/#/b',
				'a+/b',
				'+a',
				'ab/+e',
				'$share//a',
				'$share/g',
				'$share/g/',
				'$share/+/a',
			]) {
				expect(filterFault(filter), filter).to.be.a('string');
			}
		});

		it('takes topics without wildcards, up to a hundred levels', () => {
			expect([topicFault('a/b'), topicFault('/')]).to.deep.equal([undefined, undefined]);
			for (const topic of ['', '+', 'a/#']) expect(topicFault(topic), topic).to.be.a('string');
			expect([isTooLong('a/'.repeat(99)), isTooLong('a/'.repeat(100))]).to.deep.equal([false, true]);
		});

		it('takes topics and filters of up to 1024 bytes', () => {
			const taken = ['a'.repeat(1024), 'a'.repeat(1025), 'é'.repeat(512), 'é'.repeat(513)].map(
				(one) => !isTooLong(one),
			);
			expect(taken).to.deep.equal([true, false, true, false]);
		});

		it('takes a share apart', () => {
			expect(sharedParts('$share/group/a/+')).to.deep.equal({ group: 'group', filter: 'a/+' });
			expect(sharedParts('share/group/a')).to.equal(undefined);
		});
	});
});
