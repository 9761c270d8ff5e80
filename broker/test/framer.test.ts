import { expect } from 'chai';
import fc from 'fast-check';
import { type Frame, Framer } from '../src/edge/wire/framer.ts';
import { PacketRefused } from '../src/errors.ts';

/** A packet with a body of so many bytes, all of them looking like a giant's header. */
function packet(type: number, bodyBytes: number): Buffer {
	const length: number[] = [];
	let rest = bodyBytes;
	do {
		length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
		rest = Math.floor(rest / 128);
	} while (rest > 0);
	return Buffer.concat([Buffer.from([type << 4, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

/** What comes of a stream cut into pieces of the given sizes. */
function cut(bytes: Buffer, sizes: readonly number[], limit = 300): { frames: Frame[]; fault: string | undefined } {
	const framer = new Framer(limit);
	const frames: Frame[] = [];
	let at = 0;
	for (const size of [...sizes, bytes.length]) {
		framer.push(bytes.subarray(at, at + size));
		at += size;
		for (let next = framer.next(); next !== undefined; next = framer.next()) {
			if (next instanceof PacketRefused) return { frames, fault: next.message };
			frames.push(next);
		}
	}
	return { frames, fault: undefined };
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 100 });
const bodies = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 });

describe('framer', () => {
	it('gives back any packets within the bound, cut anywhere', () => {
		fc.assert(
			fc.property(bodies, sizes, (lengths, cuts) => {
				const bytes = Buffer.concat([packet(1, 20), ...lengths.map((length) => packet(3, length))]);
				const { frames, fault } = cut(bytes, cuts);
				expect(fault).to.equal(undefined);
				expect(frames.map(({ first, body }) => [first >> 4, body.length])).to.deep.equal([
					[1, 20],
					...lengths.map((length) => [3, length]),
				]);
				expect(frames.every(({ body }) => body.every((byte) => byte === 0xff))).to.equal(true);
			}),
		);
	});

	it('refuses one byte over the bound once its length is there, wherever it stands', () => {
		fc.assert(
			fc.property(bodies, sizes, (lengths, cuts) => {
				const giant = packet(3, 301).subarray(0, 3);
				const bytes = Buffer.concat([packet(1, 20), ...lengths.map((length) => packet(3, length)), giant]);
				expect(cut(bytes, cuts).fault).to.equal('a packet of 301 bytes, at most 300 are taken');
			}),
		);
	});

	it('refuses whatever begins with another packet than CONNECT', () => {
		for (let type = 0; type < 16; type += 1) {
			expect(cut(packet(type, 5), []).fault === undefined, `type ${type}`).to.equal(type === 1);
		}
	});

	it('refuses a length of more than four bytes, and takes the largest of four', () => {
		const longest = Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]);
		expect(cut(longest, [], 268_435_455).fault).to.equal(undefined);
		expect(cut(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]), [], 1e12).fault).to.contain('four bytes');
	});

	it('takes a packet that comes byte by byte', () => {
		const bytes = Buffer.concat([packet(1, 300), packet(3, 299)]);
		const { frames } = cut(bytes, Array(bytes.length).fill(1));
		expect(frames.map(({ body }) => body)).to.deep.equal([Buffer.alloc(300, 0xff), Buffer.alloc(299, 0xff)]);
	});
});
