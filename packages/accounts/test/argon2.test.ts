import { readdirSync, readFileSync } from 'node:fs';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { PasswordHasher } from '../src/io/argon2.ts';

/** Of each thread of this process, its niceness: proc(5), field 19 of stat. */
function niceness(): number[] {
	return readdirSync('/proc/self/task').map((thread) => {
		const fields = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').replace(/^.*\) /s, '');
		return Number(fields.split(' ')[16]);
	});
}

describe('the thread that hashes passwords', function () {
	this.timeout(20_000);
	let clock: VirtualClock;
	let hasher: PasswordHasher;
	beforeEach(() => {
		clock = new VirtualClock();
		hasher = new PasswordHasher(clock);
	});
	afterEach(async () => {
		await hasher.close();
		expect(clock.pending).to.equal(0);
	});

	it('gives way to the others, alone', async function () {
		if (process.platform !== 'linux') this.skip();
		expect(Math.max(...niceness())).to.equal(0);
		await hasher.hash('a good password');
		expect(niceness().filter((nice) => nice > 0)).to.have.length(1);
	});

	it('goes when it has had nothing to do for a while, and is there again when it is needed', async () => {
		const known = await hasher.hash('a good password');
		expect(clock.pending).to.equal(1);
		clock.advance(30_000);
		expect(clock.pending).to.equal(0);
		expect(await hasher.verify(known, 'a good password', '')).to.equal(true);
		expect(await hasher.verify(known, 'another password', '')).to.equal(false);
	});

	it('fails what it was asked where it can say nothing of it, and goes on', async () => {
		const failure = await hasher.verify('no hash', 'a good password', '').catch((error: unknown) => error);
		expect(failure).to.have.property('code', 'PASSWORD_NOT_HASHED');
		expect(await hasher.hash('a good password')).to.match(/^\$argon2id\$/);
	});

	it('leaves nobody waiting when it is closed', async () => {
		const asked = ['one', 'two', 'three'].map((word) => hasher.hash(word).catch((error: unknown) => error));
		await hasher.close();
		for (const failure of await Promise.all(asked)) expect(failure).to.have.property('code', 'PASSWORD_NOT_HASHED');
	});
});
