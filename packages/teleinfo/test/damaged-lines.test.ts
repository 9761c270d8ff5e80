import { encodeFrame, encodeGroup, encodeInterruptedFrame, withParity } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { codesOf, decode, framesOf, groupsOf, join, line } from './support.ts';

const historic = (label: string, data: string) => encodeGroup('historic', label, data);
const standard = (label: string, data: string, date?: string) => encodeGroup('standard', label, data, date);
const labels = (chunks: Uint8Array[]) => groupsOf(decode(chunks)).map(({ label }) => label);

/** The group with another byte at that place, counted from its LF. */
function put(group: Uint8Array, place: number, ...bytes: number[]): Uint8Array {
	return Uint8Array.from([...group.subarray(0, place), ...bytes, ...group.subarray(place + 1)]);
}

const without = (group: Uint8Array, place: number) => put(group, place);
const papp = historic('PAPP', '00680');
const sinsts = standard('SINSTS', '00519');

describe('a line as noise leaves it', () => {
	for (const start of [0x0b, 0x0e, 0x0f, 0x08]) {
		it(`yields the group whose LF was read as 0x${start.toString(16)}, behind a CR`, () => {
			const misread = put(standard('EASF04', '002860327'), 0, start);
			expect(labels([standard('EASF03', '001548023'), misread, sinsts])).to.deep.equal(['EASF03', 'EASF04', 'SINSTS']);
		});
	}

	it('yields the group whose LF was lost, behind a CR', () => {
		expect(labels([papp, without(historic('HHPHC', 'A'), 0)])).to.deep.equal(['PAPP', 'HHPHC']);
	});

	it('does not take the rest of a cut line for a group, nor one without an LF under an unknown label', () => {
		expect(labels([line('PAPP 00680 /\r')])).to.deep.equal([]);
		expect(labels([line('xx'), papp.subarray(1)])).to.deep.equal([]);
		const events = decode([papp, put(historic('ZZTOP', '001'), 0, 0x0b), papp]);
		expect(groupsOf(events)).to.have.length(2);
		expect(codesOf(events)).to.deep.equal(['LABEL']);
	});

	it('yields what follows an LF that was read as STX, and calls neither half complete', () => {
		const groups = [
			{ label: 'ADCO', data: '012345678912' },
			{ label: 'IINST', data: '003' },
			{ label: 'PAPP', data: '00680' },
		];
		const bytes = encodeFrame('historic', groups);
		bytes[bytes.lastIndexOf(0x0a)] = 0x02;
		const events = decode([bytes, encodeFrame('historic', groups)]);
		expect(groupsOf(events)).to.have.length(6);
		expect(framesOf(events).map(({ complete }) => complete)).to.deep.equal([false, false, true]);
	});

	const refused: [string, Uint8Array, string][] = [
		['a flipped bit', line('\nPAPP 00681 /\r'), 'CHECKSUM'],
		['a check character read as DEL', line('\nISOUSC 45 \x7f\r'), 'CHECKSUM'],
		['a lost byte', without(papp, 7), 'CHECKSUM'],
		['the end lost with its check character', line('\nBBRHPJW 00004\r'), 'STRUCTURE'],
		['the beginning lost', line('\n946 ]\r'), 'CHECKSUM'],
		['a stray 0x0C before the CR', put(papp, papp.length - 1, 0x0c, 0x0d), 'CHARACTER'],
		['a tab read as 0x08', put(standard('SMAXSN-1', '03800', 'H241202043910'), 23, 0x08), 'CHARACTER'],
		['a digit that became a space', put(standard('EASD01', '064761712'), 12, 0x20), 'CHECKSUM'],
		['a NUL within', put(papp, 3, 0), 'CHARACTER'],
		['a lost CR', without(papp, papp.length - 1), 'UNFINISHED'],
		['bit 6 flipped in a digit', put(papp, 7, 0x70), 'FORM'],
		['bit 6 flipped in the label', put(historic('IINST1', '001'), 6, 0x71), 'LABEL'],
		['two bits that cancel out in a word', line('\nPTEC IC/. \x20\r'), 'CHECKSUM'],
		['a width that no such label has', historic('PAPP', '0680'), 'WIDTH'],
		['a word that no meter says', historic('PTEC', 'XX..'), 'FORM'],
		['a date that is none', standard('SMAXSN', '05706', 'H191303032158'), 'DATE'],
		['a date where there is none', standard('SINSTS', '00519', 'H191203032158'), 'DATE'],
		['no date where there is one', standard('SMAXSN', '05706'), 'DATE'],
	];
	for (const [what, bytes, code] of refused) {
		it(`is refused with ${what}, and costs no other group`, () => {
			const good = bytes.includes(9) ? sinsts : papp;
			const events = decode([good, bytes, good]);
			expect(codesOf(events)).to.deep.equal([code]);
			expect(groupsOf(events)).to.have.length(2);
		});
	}

	it('says what was expected and what came, in a few words', () => {
		const [error] = decode([line('\nPAPP 00681\x7f/\r')]);
		expect(error).to.deep.equal({
			type: 'error',
			code: 'STRUCTURE',
			expected: 'label, separator, data, separator, check character',
			received: 'PAPP 00681\\x7f/',
		});
	});

	it('opens with NULs and a cut frame without an error, and that frame is not complete', () => {
		const frame = encodeFrame('historic', [{ label: 'ADCO', data: '012345678912' }]);
		const events = decode([line('\0\0\0\x0680 /\r'), papp, line('\x03'), frame]);
		expect(codesOf(events)).to.deep.equal([]);
		expect(framesOf(events).map(({ complete }) => complete)).to.deep.equal([false, true]);
	});

	it('ignores idle NULs and stray control characters between groups', () => {
		expect(labels([papp, line('\0\0\x0c\r\x08'), historic('HHPHC', 'A')])).to.deep.equal(['PAPP', 'HHPHC']);
	});

	it('reports an interruption where EOT follows a CR, and goes on with the next STX', () => {
		const short = encodeFrame('historic', [
			{ label: 'ADIR2', data: '034' },
			{ label: 'ADCO', data: '012345678912' },
			{ label: 'IINST1', data: '010' },
		]);
		const events = decode([encodeInterruptedFrame('historic', [{ label: 'BASE', data: '073260524' }]), short]);
		const types = events.map(({ type }) => type);
		expect(types).to.deep.equal(['mode', 'group', 'interruption', 'group', 'group', 'group', 'frame']);
		expect(framesOf(events)[0]).to.include({ form: 'short', complete: true });
	});

	it('does not take a D that became EOT for an interruption, nor a B that became STX for a frame', () => {
		const adco = put(historic('ADCO', '012345678912'), 2, 0x04);
		const base = put(historic('BASE', '073260524'), 1, 0x02);
		const events = decode([line('\x02'), papp, adco, base, papp, line('\x03')]);
		expect(events.map(({ type }) => type)).to.deep.equal(['mode', 'group', 'error', 'error', 'group', 'frame']);
		expect(framesOf(events)[0]).to.include({ complete: false, errors: 2 });
	});

	it('gives the frame whose ETX was lost, as not complete, and the next one as complete', () => {
		const frame = encodeFrame('historic', [
			{ label: 'ADCO', data: '012345678912' },
			{ label: 'PAPP', data: '00680' },
		]);
		const events = decode([frame.subarray(0, -1), frame]);
		expect(framesOf(events).map(({ complete }) => complete)).to.deep.equal([false, true]);
	});
});

describe('parity', () => {
	const frame = encodeFrame('historic', [
		{ label: 'ADCO', data: '012345678912' },
		{ label: 'PAPP', data: '00680' },
	]);

	it('is stripped where the port delivers it', () => {
		expect(decode([withParity(frame)])).to.deep.equal(decode([frame]));
	});

	it('refuses the group of a byte that does not hold it, even in free text', () => {
		const message = withParity(standard('MSG1', 'PAS DE          MESSAGE         '));
		message[9] = (message[9] ?? 0) ^ 0x40;
		expect(codesOf(decode([message]))).to.deep.equal(['PARITY']);
	});

	it('refuses the one group of a byte with bit 7 where the driver strips it, and no other', () => {
		const broken = put(papp, 2, 0xbf);
		const events = decode([papp, broken, papp]);
		expect(codesOf(events)).to.deep.equal(['PARITY']);
		expect(groupsOf(events)).to.have.length(2);
	});
});

describe('unknown labels', () => {
	it('are reported as groups with their data as it stands, and are not in the reading', () => {
		const known = { label: 'SINSTS', data: '00519' };
		const events = decode([encodeFrame('standard', [known, { label: 'NEWLAB-1', data: ' 12 ab ' }])]);
		expect(groupsOf(events)[1]).to.deep.equal({ mode: 'standard', label: 'NEWLAB-1', data: ' 12 ab ' });
		const [frame] = framesOf(events);
		expect(frame?.complete).to.equal(true);
		expect(frame?.reading).to.deep.equal({
			mode: 'standard',
			phases: 1,
			energyWh: {},
			reactiveEnergyVArh: {},
			apparentPowerVA: 519,
		});
	});

	it('do not decide the mode', () => {
		expect(codesOf(decode([join(standard('NEWLAB', '1'))]))).to.deep.equal(['MODE']);
	});
});
