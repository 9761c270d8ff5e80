import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { LinePacer } from '../src/core/line-pacer.ts';

function paced(baud: number, length: number, restMs: number) {
	const clock = new VirtualClock();
	const sent: { atMs: number; bytes: number[] }[] = [];
	const composedMs: number[] = [];
	let heard = true;
	const pacer = new LinePacer({
		clock,
		baud,
		next: () => {
			composedMs.push(clock.monotonicMs());
			return { bytes: Uint8Array.from({ length }, (_, at) => at), restMs };
		},
		send: (bytes) => sent.push({ atMs: clock.monotonicMs(), bytes: [...bytes] }),
		isHeard: () => heard,
	});
	pacer.start();
	const count = (): number => sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
	const hearing = (isHeard: boolean): void => {
		heard = isHeard;
		if (isHeard) pacer.hear();
	};
	return { clock, sent, composedMs, pacer, count, hearing };
}

describe('the line pacer', () => {
	for (const baud of [1200, 9600]) {
		it(`sends ${baud / 10} bytes a second at ${baud} bd`, () => {
			const { clock, count } = paced(baud, 48, 0);
			clock.advance(1000);
			expect(count()).to.be.closeTo(baud / 10, 5);
			clock.advance(9000);
			expect(count()).to.be.closeTo(baud, 5);
		});
	}

	it('sends no byte before its stop bit', () => {
		const { clock, sent } = paced(9600, 40, 0);
		clock.advance(1000);
		let before = 0;
		for (const { atMs, bytes } of sent) {
			before += bytes.length;
			expect(atMs).to.be.at.least((before * 10_000) / 9600 - 0.01);
		}
	});

	it('rests between parts and composes each when its first bit leaves', () => {
		const { clock, composedMs } = paced(1200, 12, 25);
		clock.advance(400);
		expect(composedMs).to.have.length(4);
		for (const [at, ms] of composedMs.entries()) expect(ms).to.be.closeTo(at * 125, 0.01);
	});

	it('loses to a late listener what has left before', () => {
		const { clock, sent, hearing } = paced(1200, 60, 0);
		hearing(false);
		clock.advance(750);
		sent.length = 0;
		hearing(true);
		expect(sent.splice(0).flatMap(({ bytes }) => bytes)).to.deep.equal(range(0, 30));
		clock.advance(260);
		expect(sent.flatMap(({ bytes }) => bytes)).to.deep.equal([...range(30, 60), 0]);
	});

	it('takes nothing from those who hear when another begins to', () => {
		const { clock, sent, hearing } = paced(9600, 60, 25);
		for (let ms = 0; ms < 1000; ms++) {
			clock.advance(0.7);
			hearing(true);
		}
		const bytes = sent.flatMap((part) => part.bytes);
		expect(bytes.length).to.be.closeTo((700 / 87.5) * 60, 2);
		expect(bytes).to.deep.equal(bytes.map((_, at) => at % 60));
	});

	it('wakes once a part while nobody hears', () => {
		const { clock, sent, hearing } = paced(1200, 60, 0);
		hearing(false);
		clock.advance(500);
		const before = sent.length;
		clock.advance(5000);
		expect(sent.length - before).to.equal(10);
	});

	it('does not pour out what it could not send while it was held up', () => {
		const { clock, count, pacer } = paced(1200, 60, 0);
		pacer.stop();
		clock.advance(600_000);
		pacer.hear();
		clock.advance(1000);
		expect(count()).to.be.below(200);
	});

	it('leaves no timer when stopped', () => {
		const { clock, pacer } = paced(1200, 60, 0);
		clock.advance(100);
		pacer.stop();
		expect(clock.pending).to.equal(0);
	});
});

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from }, (_, at) => from + at);
}
