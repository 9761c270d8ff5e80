import { expect } from 'chai';
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
});
