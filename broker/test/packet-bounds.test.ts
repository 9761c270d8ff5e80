import { expect } from 'chai';
import fc from 'fast-check';
import { PacketBounds } from '../src/edge/packet-bounds.ts';

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

/** The verdict on a stream cut into pieces of the given sizes. */
function verdict(bytes: Buffer, sizes: readonly number[], limit = 300): string | undefined {
	const bounds = new PacketBounds(limit);
	let at = 0;
	for (const size of [...sizes, bytes.length]) {
		const fault = bounds.take(bytes.subarray(at, at + size));
		if (fault !== undefined) return fault.message;
		at += size;
	}
	return undefined;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 100 });
const bodies = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 });

describe('packet bounds', () => {
	it('takes any packets within the bound, cut anywhere', () => {
		fc.assert(
			fc.property(bodies, sizes, (lengths, cuts) => {
				const bytes = Buffer.concat([packet(1, 20), ...lengths.map((length) => packet(3, length))]);
				expect(verdict(bytes, cuts)).to.equal(undefined);
			}),
		);
	});

	it('refuses one byte over the bound once its length is there, wherever it stands', () => {
		fc.assert(
			fc.property(bodies, sizes, (lengths, cuts) => {
				const giant = packet(3, 301).subarray(0, 3);
				const bytes = Buffer.concat([packet(1, 20), ...lengths.map((length) => packet(3, length)), giant]);
				expect(verdict(bytes, cuts)).to.equal('a packet of 301 bytes, at most 300 are taken');
			}),
		);
	});

	it('refuses whatever begins with another packet than CONNECT', () => {
		for (let type = 0; type < 16; type += 1) {
			expect(verdict(packet(type, 5), []) === undefined, `type ${type}`).to.equal(type === 1);
		}
	});

	it('refuses a length of more than four bytes, and takes the largest of four', () => {
		const longest = Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]);
		expect(verdict(longest, [], 268_435_455)).to.equal(undefined);
		expect(verdict(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]), [], 1e12)).to.contain('four bytes');
	});
});
