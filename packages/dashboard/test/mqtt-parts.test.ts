import { Buffer as NodeBuffer } from 'node:buffer';
import { expect } from 'chai';
import fc from 'fast-check';
import { ByteList } from '../src/mqtt-parts/byte-list.ts';
import { Buffer } from '../src/mqtt-parts/bytes.ts';
import { Emitter } from '../src/mqtt-parts/emitter.ts';
import { LRUCache } from '../src/mqtt-parts/lru-cache.ts';
import { Readable, Writable } from '../src/mqtt-parts/streams.ts';

const nextMicrotask = (): Promise<void> => Promise.resolve();

describe('what stands in for parts of the MQTT client', () => {
	it('hands the next bytes on once the ones before have been dealt with, in their order', () => {
		const writable = new Writable();
		const seen: number[] = [];
		const open: (() => void)[] = [];
		writable._write = (bytes, _encoding, done) => {
			seen.push(...bytes);
			open.push(done);
		};
		for (const byte of [1, 2, 3]) writable.write(Uint8Array.of(byte));
		expect(seen).to.deep.equal([1]);
		open.shift()?.();
		expect(seen).to.deep.equal([1, 2]);
		open.shift()?.();
		open.shift()?.();
		writable.write(Uint8Array.of(4));
		expect(seen).to.deep.equal([1, 2, 3, 4]);
	});

	it('gives what is stored one at a time, and says its end once, after the last', async () => {
		const readable = new Readable();
		const stored = ['first', 'second'];
		let ends = 0;
		readable.on('end', () => {
			ends += 1;
		});
		readable._read = () => readable.push(stored.shift() ?? null);
		expect([readable.read(), readable.read()]).to.deep.equal(['first', 'second']);
		await nextMicrotask();
		expect(ends).to.equal(0);
		expect([readable.read(), readable.read()]).to.deep.equal([null, null]);
		await nextMicrotask();
		expect(ends).to.equal(1);
	});

	it('forgets the topic alias used longest ago, and names it last', () => {
		const aliases = new LRUCache<number, string>({ max: 2 });
		aliases.set(1, 'a').set(2, 'b');
		expect(aliases.get(1)).to.equal('a');
		expect(aliases.keys()).to.deep.equal([1, 2]);
		aliases.set(3, 'c');
		expect([aliases.get(2), aliases.get(1), aliases.size]).to.deep.equal([undefined, 'a', 2]);
	});

	it('reads what has arrived in pieces as Node reads it in one', () => {
		const pieces = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 6 });
		fc.assert(
			fc.property(pieces, fc.nat(12), fc.nat(40), (arrived, gone, at) => {
				const list = new ByteList();
				for (const piece of arrived) list.append(piece);
				const whole = NodeBuffer.concat(arrived).subarray(gone);
				list.consume(gone);
				expect(list.length).to.equal(whole.length);
				expect([...list.slice(at, at + 4)]).to.deep.equal([...whole.subarray(at, at + 4)]);
				expect(list.toString('utf8', at, at + 4)).to.equal(whole.subarray(at, at + 4).toString('utf8'));
				for (const [method, length] of [
					['readUInt8', 1] as const,
					['readUInt16BE', 2] as const,
					['readUInt32BE', 4] as const,
				]) {
					if (at + length > whole.length) expect(() => list[method](at), method).to.throw(RangeError);
					else expect(list[method](at), method).to.equal(whole[method](at));
				}
			}),
		);
	});

	it("writes numbers and measures texts as Node's Buffers do", () => {
		fc.assert(
			fc.property(fc.nat(0xff_ff_ff_ff), fc.string({ unit: 'grapheme' }), (number, text) => {
				const bytes = Buffer.alloc(6).subarray(1) as Buffer;
				bytes.writeUInt32BE(number, 0);
				bytes.writeUInt8(number & 0xff, 4);
				expect([...bytes]).to.deep.equal([
					...NodeBuffer.from([number >>> 24, number >>> 16, number >>> 8, number, number]),
				]);
				expect(Buffer.byteLength(text)).to.equal(NodeBuffer.byteLength(text));
			}),
		);
		expect(Buffer.from([1, 2, 3]).subarray(1)).to.be.instanceOf(Buffer);
	});

	it('tells listeners in their order, one time or every time, and no longer once they are removed', () => {
		// As the client does it: the methods alone, in a class whose constructor knows nothing of them.
		const mixed = Object.create(Emitter.prototype) as Emitter;
		const told: string[] = [];
		const [first, second, gone] = ['first', 'second', 'gone'].map((who) => (...what: unknown[]) => {
			told.push([who, ...what].join(' '));
		}) as [() => void, () => void, () => void];
		mixed.once('close', first).on('close', second).once('close', gone).removeListener('close', gone);
		mixed.emit('close', 1, 2);
		mixed.emit('close');
		expect(told).to.deep.equal(['first 1 2', 'second 1 2', 'second']);
	});
});
