import { expect } from 'chai';
import { Channel } from '../src/channels/channel.ts';
import type { ChannelClient } from '../src/channels/client.ts';
import { Guesses } from '../src/channels/guesses.ts';

/** A connection from an address. */
const from = (source: string): ChannelClient => ({ source, isRemote: true }) as ChannelClient;

describe("Guesses at a channel's password", () => {
	let guesses: Guesses;
	let channel: Channel;

	/** Tries on ever new connections, ten times on each, as fast as it can; how often the password was looked at. */
	const guess = (source: string, times: number, nowMs: number): number => {
		let looked = 0;
		let client = from(source);
		for (let time = 0; time < times; time += 1) {
			if (time % 10 === 0) client = from(source);
			if (guesses.waitMs(client, channel, nowMs) > 0) continue;
			looked += 1;
			guesses.tried(client, channel, false, nowMs);
		}
		return looked;
	};

	beforeEach(() => {
		guesses = new Guesses();
		channel = new Channel('attic', 'open sesame');
		channel.tries.trust('192.0.2.1');
	});

	it('are held down, from an address too that has had it right before', () => {
		expect(guess('192.0.2.1', 1_000, 0)).to.equal(30);
		let looked = 0;
		for (let nowMs = 0; nowMs < 60_000; nowMs += 100) looked += guess('192.0.2.1', 10, nowMs);
		expect(looked).to.be.within(11, 12);
	});

	it('of strangers shut no one out who has had it right before, nor the other way round', () => {
		for (let stranger = 0; stranger < 100; stranger += 1) guess(`198.51.100.${stranger}`, 10, 0);
		const member = from('192.0.2.1');
		expect(guesses.waitMs(from('203.0.113.1'), channel, 0)).to.be.greaterThan(0);
		expect(guesses.waitMs(member, channel, 0)).to.equal(0);
		channel = new Channel('cellar', 'another');
		channel.tries.trust('192.0.2.1');
		guess('192.0.2.1', 1_000, 0);
		expect(guesses.waitMs(from('203.0.113.1'), channel, 0)).to.equal(0);
	});

	it('that were wrong are forgiven with time', () => {
		guess('192.0.2.1', 1_000, 0);
		expect(guesses.waitMs(from('192.0.2.1'), channel, 4_999)).to.be.greaterThan(0);
		expect(guesses.waitMs(from('192.0.2.1'), channel, 5_000)).to.equal(0);
	});
});
