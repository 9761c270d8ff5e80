import { expect } from 'chai';
import { SignInThrottle } from '../src/index.ts';

describe('sign-in throttle', () => {
	const attempt = (throttle: SignInThrottle, name: string, address: string, right: boolean, nowMs: number): number => {
		const waitMs = throttle.begin(name, address, nowMs);
		if (waitMs === 0) throttle.end(name, address, right, nowMs);
		return waitMs;
	};
	const guess = (throttle: SignInThrottle, times: number, name: string, address: string, nowMs = 0): number[] =>
		Array.from({ length: times }, () => attempt(throttle, name, address, false, nowMs));

	it('lets a few wrong passwords pass, then makes each wait twice as long as the last, up to a bound', () => {
		const throttle = new SignInThrottle();
		expect(guess(throttle, 6, 'home', '192.0.2.1')).to.deep.equal([0, 0, 0, 0, 0, 1000]);
		let nowMs = 0;
		const waits: number[] = [];
		for (let round = 0; round < 14; round += 1) {
			const waitMs = throttle.begin('home', '192.0.2.1', nowMs);
			waits.push(waitMs);
			expect(throttle.begin('home', '192.0.2.1', nowMs + waitMs - 1), 'a moment too early').to.equal(1);
			nowMs += waitMs;
			expect(attempt(throttle, 'home', '192.0.2.1', false, nowMs)).to.equal(0);
		}
		expect(waits.slice(0, 5)).to.deep.equal([1000, 2000, 4000, 8000, 16_000]);
		expect(waits.at(-1)).to.equal(15 * 60_000);
	});

	it('forgives after the right password, and forgets after a while', () => {
		const throttle = new SignInThrottle();
		guess(throttle, 4, 'home', '192.0.2.1');
		expect(attempt(throttle, 'home', '192.0.2.1', true, 0)).to.equal(0);
		expect(guess(throttle, 6, 'home', '192.0.2.1')).to.deep.equal([0, 0, 0, 0, 0, 1000]);
		expect(guess(throttle, 6, 'home', '192.0.2.1', 31 * 60_000)).to.deep.equal([0, 0, 0, 0, 0, 1000]);
	});

	it("never locks the owner out for another address's guesses", () => {
		const throttle = new SignInThrottle();
		for (let index = 0; index < 200; index += 1) guess(throttle, 20, 'home', `198.51.100.${index}`);
		expect(attempt(throttle, 'home', '192.0.2.1', true, 0)).to.equal(0);
	});

	it('slows down an address that tries many names, also where one account of its own is right', () => {
		const throttle = new SignInThrottle();
		let looked = 0;
		for (let index = 0; index < 200; index += 1) {
			if (attempt(throttle, 'mine', '192.0.2.1', true, 0) > 0) break;
			if (attempt(throttle, `name-${index}`, '192.0.2.1', false, 0) === 0) looked += 1;
		}
		expect(looked).to.equal(60);
	});

	it('counts guesses that are sent together', () => {
		const throttle = new SignInThrottle();
		const waits = Array.from({ length: 20 }, () => throttle.begin('home', '192.0.2.1', 0));
		expect(waits.filter((waitMs) => waitMs === 0)).to.have.length(5);
		for (let index = 0; index < 5; index += 1) throttle.end('home', '192.0.2.1', false, 0);
		expect(throttle.begin('home', '192.0.2.1', 0)).to.equal(1000);
		expect(throttle.begin('home', '192.0.2.1', 1000)).to.equal(0);
		expect(throttle.begin('home', '192.0.2.1', 1000), 'the second at once').to.equal(1000);
	});

	it('lets fifty people of one household in at once', () => {
		const throttle = new SignInThrottle();
		for (let index = 0; index < 50; index += 1) expect(throttle.begin(`p${index}`, '192.0.2.1', 0)).to.equal(0);
		for (let index = 0; index < 50; index += 1) throttle.end(`p${index}`, '192.0.2.1', true, 0);
		expect(throttle.size).to.equal(0);
	});

	it('takes an attempt back that was not looked at', () => {
		const throttle = new SignInThrottle();
		for (let index = 0; index < 20; index += 1) {
			expect(throttle.begin('home', '192.0.2.1', 0)).to.equal(0);
			throttle.end('home', '192.0.2.1', undefined, 0);
		}
	});

	for (const [one, other, same] of [
		['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
		['2001:db8:1:2::1', '2001:0DB8:0001:0002::9', true],
		['2001:db8:1:2::1', '2001:db8:1:3::1', false],
		['2001:db8::1', '2001:db8:0:0:1::', true],
		['::1', '::2', true],
		['::ffff:192.0.2.1', '192.0.2.1', true],
		['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
		['fe80::1%eth0', 'fe80::2%eth0', true],
	] as const) {
		it(`takes ${one} and ${other} for ${same ? 'one network' : 'two'}`, () => {
			const throttle = new SignInThrottle();
			guess(throttle, 6, 'home', one);
			expect(throttle.begin('home', other, 0) > 0).to.equal(same);
		});
	}

	it('remembers no more than a bound, whatever is thrown at it', () => {
		const throttle = new SignInThrottle();
		for (let index = 0; index < 20_000; index += 1) {
			attempt(throttle, `n${index}`, `10.${index >> 8}.${index & 255}.1`, false, index);
		}
		expect(throttle.size).to.be.at.most(5000);
	});
});
