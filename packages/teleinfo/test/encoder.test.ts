import { checkGroup, checksum, encodeGroup, encodeInterruption, TicEncodeError, withParity } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { line } from './support.ts';

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

describe('the encoder', () => {
	it('writes groups as meters do', () => {
		expect(text(encodeGroup('historic', 'PAPP', '00680'))).to.equal('\nPAPP 00680 /\r');
		expect(text(encodeGroup('standard', 'SINSTS', '00519'))).to.equal('\nSINSTS\t00519\tU\r');
		expect(text(encodeGroup('standard', 'DATE', '', 'H191203125805'))).to.equal('\nDATE\tH191203125805\t\tF\r');
	});

	it('writes a check character that is a space', () => {
		expect(text(encodeGroup('historic', 'PTEC', 'HP..'))).to.equal('\nPTEC HP..  \r');
		expect(checksum(line('PTEC HP..'))).to.equal(0x20);
	});

	it('writes EOT for an interruption', () => {
		expect(encodeInterruption()).to.deep.equal(Uint8Array.of(4));
	});

	it('sets bit 7 where the number of ones is odd', () => {
		expect(withParity(line('\x02\n\r\t A'))).to.deep.equal(Uint8Array.of(0x82, 0x0a, 0x8d, 0x09, 0xa0, 0x41));
	});

	for (const [what, write] of [
		['a control character', () => encodeGroup('standard', 'MSG1', 'a\tb')],
		['a character of eight bits', () => encodeGroup('standard', 'MSG1', 'délestage')],
		['a date in historic mode', () => encodeGroup('historic', 'PAPP', '00680', 'H191203125805')],
	] as const) {
		it(`throws for ${what}, and says what to do`, () => {
			expect(write).to.throw(TicEncodeError, /expected .*, got .*\. Give the encoder/);
		});
	}
});

describe('checkGroup', () => {
	const wrong: [Parameters<typeof checkGroup>, string][] = [
		[['historic', 'PAPP', '0680'], 'WIDTH'],
		[['historic', 'PAPP', '0068O'], 'FORM'],
		[['standard', 'PAPP ', '00680'], 'LABEL'],
		[['standard', 'NEWLAB', 'x'.repeat(99)], 'WIDTH'],
		[['standard', 'NEWLAB', 'a\x07'], 'FORM'],
		[['standard', 'SINSTS', '00519', 'H191203125805'], 'DATE'],
		[['standard', 'CCASN', '00519'], 'DATE'],
		[['standard', 'CCASN', '00519', 'X191203125805'], 'DATE'],
		[['historic', 'NEWLAB', '1', 'H191203125805'], 'DATE'],
	];
	for (const [group, code] of wrong) {
		it(`refuses ${group.join(' ').slice(0, 40)} with ${code}`, () => {
			expect(checkGroup(...group)?.code).to.equal(code);
		});
	}

	it('has nothing against what a meter could send', () => {
		expect(checkGroup('historic', 'PAPP', '00680')).to.equal(undefined);
		expect(checkGroup('standard', 'NEWLAB-1', ' 12 ')).to.equal(undefined);
		expect(checkGroup('standard', 'ADSC', '01234567891')).to.equal(undefined);
	});
});
