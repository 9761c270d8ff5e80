import { encodeFrame, TicDecoder, type TicEvent } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import fc from 'fast-check';
import { anyGroups, decode, line } from './support.ts';

const INPUTS = 1_000_000;

/** The same sequence of numbers every time: a failure can be repeated. */
function sequence(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) % below;
	};
}

/** Damages a copy of the frame in up to eight places: bits, bytes, losses. */
function mutate(frame: Uint8Array, next: (below: number) => number): Uint8Array {
	const from = next(frame.length);
	const bytes = frame.slice(from, from + 1 + next(120));
	for (let blow = next(8); blow >= 0; blow--) {
		const place = next(bytes.length);
		const kind = next(3);
		if (kind === 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << next(8));
		else if (kind === 1) bytes[place] = next(256);
		else bytes.copyWithin(place, place + 1 + next(4));
	}
	return bytes;
}

/** Control characters and separators more often than chance would have it. */
function noise(next: (below: number) => number): Uint8Array {
	const often = [0, 2, 3, 4, 9, 10, 13, 32, 0x8d, 0x82, 0xff];
	return Uint8Array.from({ length: next(60) }, () => (next(2) === 0 ? (often[next(often.length)] ?? 0) : next(256)));
}

describe('hostile input', () => {
	it(`does not make the decoder throw, in ${INPUTS} random and damaged inputs`, function () {
		this.timeout(60_000);
		const next = sequence(0x7e1e_1f0);
		const frames = fc.sample(anyGroups, { numRuns: 60, seed: 7 }).map(({ mode, groups }) => encodeFrame(mode, groups));
		let longest = 0;
		let most = 0;
		const onEvent = (event: TicEvent) => {
			if (event.type === 'error') longest = Math.max(longest, event.received.length, event.expected.length);
			if (event.type === 'frame') most = Math.max(most, event.groups.length);
		};
		const decoder = new TicDecoder({ onEvent });
		for (let input = 0; input < INPUTS; input++) {
			decoder.push(input % 4 === 0 ? noise(next) : mutate(frames[input % frames.length] ?? line(''), next));
		}
		expect(longest).to.be.within(1, 200);
		expect(most).to.be.within(1, 128);
	});

	it('keeps nothing of an endless line, and says once that it is too long', () => {
		const endless = new Uint8Array(65_536).fill(0x41);
		const events: TicEvent[] = [];
		const decoder = new TicDecoder({ onEvent: (event) => events.push(event) });
		decoder.push(line('\x02\n'));
		const before = process.memoryUsage().arrayBuffers;
		for (let chunk = 0; chunk < 200; chunk++) decoder.push(endless);
		expect(process.memoryUsage().arrayBuffers - before).to.be.below(65_536);
		expect(events).to.have.length(1);
		const received = `${'A'.repeat(40)}…`;
		expect(events[0]).to.deep.equal({ type: 'error', code: 'TOO_LONG', expected: 'a CR', received });
		decoder.push(line('\nPAPP 00680 /\r'));
		expect(events.slice(1).map(({ type }) => type)).to.deep.equal(['mode', 'group']);
	});

	it('keeps 128 groups at most of a frame that never ends', () => {
		const group = line('\nPAPP 00680 /\r');
		const events = decode([line('\x02'), ...Array<Uint8Array>(5000).fill(group), line('\x03')]);
		const frame = events.at(-1);
		expect(events.filter(({ type }) => type === 'group')).to.have.length(5000);
		expect(frame?.type === 'frame' && [frame.groups.length, frame.complete]).to.deep.equal([128, false]);
	});

	it('of noise lets nothing pass as a group of a label that we know', () => {
		const next = sequence(99);
		let accepted = 0;
		const decoder = new TicDecoder({ onEvent: ({ type }) => (accepted += type === 'group' ? 1 : 0) });
		for (let input = 0; input < 50_000; input++) decoder.push(noise(next));
		expect(accepted).to.equal(0);
	});
});
