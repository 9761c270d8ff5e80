import { checkGroup, encodeFrame, encodeGroup, type TicMode, withParity } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import fc from 'fast-check';
import { anyGroupOf, anyGroups, decode, framesOf, groupsOf, labelsOf, plainly } from './support.ts';

const modes: readonly TicMode[] = ['historic', 'standard'];

describe('what the encoder writes', () => {
	for (const mode of modes) {
		it(`comes back as it was, every label of ${mode} mode`, () => {
			for (const rule of labelsOf(mode)) {
				fc.assert(
					fc.property(anyGroupOf(mode, rule), (group) => {
						const bytes = encodeGroup(mode, group.label, group.data, group.date);
						expect(groupsOf(decode([bytes])).map(plainly)).to.deep.equal([group]);
						expect(checkGroup(mode, group.label, group.data, group.date)).to.equal(undefined);
					}),
					{ numRuns: 30 },
				);
			}
		});
	}

	it('comes back as whole frames', () => {
		fc.assert(
			fc.property(anyGroups, ({ mode, groups }) => {
				const events = decode([encodeFrame(mode, groups)]);
				expect(events.map(({ type }) => type)).to.deep.equal(['mode', ...groups.map(() => 'group'), 'frame']);
				const [frame] = framesOf(events);
				expect(frame).to.include({ mode, complete: true, errors: 0 });
				expect(frame?.groups.map(plainly)).to.deep.equal(groups);
			}),
		);
	});

	it('gives the same events in any chunks', () => {
		const cuts = fc.array(fc.nat(1500), { maxLength: 40 });
		fc.assert(
			fc.property(anyGroups, cuts, fc.boolean(), ({ mode, groups }, places, parity) => {
				const frame = encodeFrame(mode, groups);
				const bytes = parity ? withParity(frame) : frame;
				const whole = decode([bytes]);
				expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).to.deep.equal(whole);
				const borders = [0, ...places.map((place) => place % bytes.length).sort((a, b) => a - b), bytes.length];
				const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
				expect(decode(chunks)).to.deep.equal(whole);
			}),
		);
	});

	it('gives the same events in any chunks when it is damaged', () => {
		const damage = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 20 });
		fc.assert(
			fc.property(anyGroups, damage, fc.integer({ min: 1, max: 40 }), ({ mode, groups }, blows, size) => {
				const bytes = encodeFrame(mode, [...groups, ...groups]);
				for (const [place, value] of blows) bytes[place % bytes.length] = value;
				const chunks = [];
				for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
				expect(decode(chunks)).to.deep.equal(decode([bytes]));
			}),
		);
	});

	it('comes back as it was however often a label repeats, with the same data or other', () => {
		const anyRepeats = fc
			.constantFrom(...modes.flatMap((mode) => labelsOf(mode).map((rule) => ({ mode, rule }))))
			.chain(({ mode, rule }) => fc.array(anyGroupOf(mode, rule), { minLength: 2, maxLength: 3 }))
			.chain((groups) => fc.array(fc.constantFrom(...groups), { minLength: 4, maxLength: 12 }));
		fc.assert(
			fc.property(anyRepeats, (groups) => {
				const bytes = groups.map(({ mode, label, data, date }) => encodeGroup(mode, label, data, date));
				expect(groupsOf(decode(bytes)).map(plainly)).to.deep.equal(groups);
			}),
		);
	});

	it('is out the moment its CR arrives', () => {
		const frame = encodeFrame('historic', [
			{ label: 'IINST', data: '012' },
			{ label: 'PAPP', data: '02760' },
		]);
		const untilCr = frame.subarray(0, frame.indexOf(13));
		expect(groupsOf(decode([untilCr]))).to.deep.equal([]);
		expect(groupsOf(decode([frame.subarray(0, untilCr.length + 1)]))).to.deep.equal([
			{ mode: 'historic', label: 'IINST', data: '012' },
		]);
	});
});
