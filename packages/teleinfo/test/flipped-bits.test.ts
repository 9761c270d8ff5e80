import { encodeFrame, encodeGroup, withParity } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import fc from 'fast-check';
import { type AnyGroup, anyGroup, anyGroupOf, anyGroups, decode, groupsOf, labelsOf, plainly } from './support.ts';

const freeText = new Set(['NGTF', 'LTARF', 'MSG1', 'MSG2']);

/** Whether the bit is bit 6 of a character of free text that stays printable: what no sum and no form can see. */
function isInvisible(group: AnyGroup, bytes: Uint8Array, place: number, bit: number): boolean {
	const start = 1 + group.label.length + 1;
	const inText = freeText.has(group.label) && place >= start && place < start + group.data.length;
	const flipped = (bytes[place] ?? 0) ^ (1 << bit);
	return bit === 6 && inText && flipped >= 0x20 && flipped < 0x7f;
}

/** Flips each bit of a group in turn and hands over what the decoder makes of it, behind a right group. */
function forEachFlip(
	group: AnyGroup,
	bits: number,
	dress: (bytes: Uint8Array) => Uint8Array,
	check: (said: AnyGroup[], invisible: boolean, place: number, bit: number) => void,
): void {
	const clean = encodeGroup(group.mode, group.label, group.data, group.date);
	const before =
		group.mode === 'historic' ? encodeGroup('historic', 'IMAX', '060') : encodeGroup('standard', 'VTIC', '02');
	for (let place = 0; place < clean.length; place++) {
		for (let bit = 0; bit < bits; bit++) {
			const bytes = dress(Uint8Array.from([...before, ...clean, ...before]));
			const at = before.length + place;
			bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
			const said = groupsOf(decode([bytes])).map(plainly);
			const own = said.filter(({ label }) => label !== 'IMAX' && label !== 'VTIC');
			check(own, isInvisible(group, clean, place, bit), place, bit);
		}
	}
}

describe('one flipped bit', () => {
	for (const mode of ['historic', 'standard'] as const) {
		it(`is refused in every label of ${mode} mode, but for bit 6 in free text, which is accepted`, () => {
			for (const rule of labelsOf(mode)) {
				if (rule.label === 'IMAX' || rule.label === 'VTIC') continue;
				fc.assert(
					fc.property(anyGroupOf(mode, rule), (group) => {
						forEachFlip(
							group,
							7,
							(bytes) => bytes,
							(said, invisible, place, bit) => {
								const what = `${rule.label} '${group.data}', byte ${place}, bit ${bit}`;
								if (invisible) expect(said, what).to.have.length(1).and.to.not.deep.equal([group]);
								// The LF is not part of what the group says: misread, it loses nothing.
								else if (place === 0)
									expect(
										said.filter((one) => !same(one, group)),
										what,
									).to.deep.equal([]);
								else expect(said, what).to.deep.equal([]);
							},
						);
					}),
					{ numRuns: 3 },
				);
			}
		});
	}

	it('is refused everywhere, in free text too, where the port delivers parity', () => {
		fc.assert(
			fc.property(fc.oneof(anyGroup('historic'), anyGroup('standard')), (group) => {
				fc.pre(group.label !== 'IMAX' && group.label !== 'VTIC');
				forEachFlip(group, 8, withParity, (said, _invisible, place, bit) => {
					const wrong = place === 0 ? said.filter((one) => !same(one, group)) : said;
					expect(wrong, `${group.label}, byte ${place}, bit ${bit}`).to.deep.equal([]);
				});
			}),
			{ numRuns: 60 },
		);
	});

	it('costs the other groups of the frame nothing', () => {
		fc.assert(
			fc.property(anyGroups, fc.nat(), fc.integer({ min: 0, max: 5 }), ({ mode, groups }, at, bit) => {
				const frame = encodeFrame(mode, groups);
				const place = 1 + (at % (frame.length - 2));
				frame[place] = (frame[place] ?? 0) ^ (1 << bit);
				const said = groupsOf(decode([frame], mode)).map(plainly);
				// A lost CR or a new one can cost the group on either side of it.
				expect(said.length).to.be.at.least(groups.length - 2);
				for (const one of said) expect(groups).to.deep.include(one);
			}),
			{ numRuns: 500 },
		);
	});
});

function same(one: AnyGroup, other: AnyGroup): boolean {
	return one.label === other.label && one.data === other.data && one.date === other.date;
}
