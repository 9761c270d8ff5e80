import { encodeGroup, TicDecoder, type TicEvent } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { codesOf, decode, groupsOf, join, line } from './support.ts';

const papp = encodeGroup('historic', 'PAPP', '00680');
const sinsts = encodeGroup('standard', 'SINSTS', '00519');
const types = (events: readonly TicEvent[]) => events.map(({ type }) => type);

describe('the mode', () => {
	it('is found by the first right group', () => {
		expect(decode([papp])[0]).to.deep.equal({ type: 'mode', mode: 'historic' });
		expect(decode([sinsts])[0]).to.deep.equal({ type: 'mode', mode: 'standard' });
	});

	it('changes behind three right groups of the other one in a row', () => {
		const events = decode([papp, sinsts, sinsts, sinsts, sinsts]);
		expect(types(events)).to.deep.equal(['mode', 'group', 'error', 'error', 'mode', 'group', 'group']);
		expect(codesOf(events)).to.deep.equal(['MODE', 'MODE']);
	});

	it('changes back, for detection never stops', () => {
		const events = decode([papp, ...Array(3).fill(sinsts), ...Array(3).fill(papp)]);
		expect(events.flatMap((event) => (event.type === 'mode' ? [event.mode] : []))).to.deep.equal([
			'historic',
			'standard',
			'historic',
		]);
	});

	it('does not change for groups of the other one here and there', () => {
		const events = decode(Array(5).fill(join(papp, sinsts, sinsts)));
		expect(groupsOf(events)).to.have.length(5);
		expect(events.filter(({ type }) => type === 'mode')).to.have.length(1);
	});

	it('stays where it is fixed', () => {
		const events = decode(Array(5).fill(sinsts), 'historic');
		expect(new Set(codesOf(events))).to.deep.equal(new Set(['MODE']));
		expect(groupsOf(decode([papp], 'historic'))).to.have.length(1);
	});

	it('does not mix groups of both modes in one frame', () => {
		const events = decode([line('\x02'), papp, sinsts, sinsts, sinsts, line('\x03')]);
		const frame = events.at(-1);
		expect(frame?.type === 'frame' && frame.groups.map(({ label }) => label)).to.deep.equal(['SINSTS']);
		expect(frame?.type === 'frame' && frame.complete).to.equal(false);
	});

	it('is forgotten by reset, with the line and the frame', () => {
		const events: TicEvent[] = [];
		const decoder = new TicDecoder({ onEvent: (event) => events.push(event) });
		decoder.push(join(line('\x02'), papp, line('\nPAPP 006')));
		expect(decoder.mode).to.equal('historic');
		decoder.reset();
		expect(decoder.mode).to.equal(undefined);
		decoder.push(join(line('80 /\r\x03'), line('\x02'), sinsts));
		expect(types(events)).to.deep.equal(['mode', 'group', 'mode', 'group']);
	});
});
