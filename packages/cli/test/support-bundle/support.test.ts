import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { bundle } from '../../src/io/support/bundle.ts';
import { anonymous, blanked } from '../../src/support/anonymous.ts';

const nobody = { secrets: [], accounts: [], hosts: [] };

describe('what is sent to somebody who helps', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);

	/** All texts of a bundle, one after the other. */
	async function packed(log: readonly string[]): Promise<{ names: string[]; text: string }> {
		await bundle(at('bundle.tar.gz'), { config: at('house.yaml'), log });
		execFileSync('tar', ['-xzf', at('bundle.tar.gz'), '-C', directory.path]);
		const names = readdirSync(at('pilotwire-support'));
		return { names, text: names.map((name) => readFileSync(at(`pilotwire-support/${name}`), 'utf8')).join('\n') };
	}

	it('has nothing of secrets, accounts, the meter and the delivery point, and the rest', async () => {
		mkdirSync(at('data/secrets'), { recursive: true });
		writeFileSync(at('data/secrets/broker'), 'machine-secret-of-the-broker\n');
		writeFileSync(at('data/secrets/first-account'), 'name: home\npassword: first-pass-word\n');
		writeFileSync(at('token'), 'influx-token\n');
		const accounts = await Accounts.open({ path: at('data/accounts.db'), log: silentLog, clock: systemClock });
		await accounts.addPerson('camille', 'resident', 'a long enough password');
		await accounts.close();
		writeFileSync(
			at('house.yaml'),
			JSON.stringify({
				dataDir: at('data'),
				mqtt: { url: 'mqtt://127.0.0.1:1', username: 'bridge-user', password: 'p"1w/ord' },
				broker: { accounts: [{ name: 'node-red', password: 'planted-password' }] },
				history: { influxdb: { url: 'http://127.0.0.1:1', tokenFile: at('token') } },
			}),
		);
		const planted = [
			...['machine-secret-of-the-broker', 'first-pass-word', 'influx-token', 'camille', 'bridge-user', 'p"1w/ord'],
			...['node-red', 'planted-password', '041234567890', '12345678901234', 'anna@example.org', 'joe:word', hostname()],
		];
		const log = [
			...['ADCO 041234567890 B', '{"prm":"12345678901234"}', 'Camille signed in', 'token=p%221w%2Ford "p\\"1w/ord"'],
			...[
				'to anna@example.org by mqtt://joe:word@10.0.0.1',
				`on ${hostname()}: at 1768500000000 all was well`,
				...planted.filter((word) => word !== 'joe:word'),
			],
		];
		writeFileSync(at('house.log'), log.join('\n'));
		const { names, text } = await packed([at('house.log')]);
		expect(names).to.include.members([
			'doctor.json',
			'configuration.json',
			'versions.json',
			'services.txt',
			'journal.txt',
		]);
		for (const word of [...planted, 'p%221w%2Ford', 'p\\"1w/ord']) {
			expect(text.toLowerCase().includes(word.toLowerCase()), word).to.equal(false);
		}
		expect(text).to.include('at 1768500000000 all was well');
		expect(text).to.include('"ownAccounts"');
	});

	it('leaves the logs out where nobody knows what in them is private', async () => {
		writeFileSync(at('house.yaml'), 'mqtt: { password: 1234567 }\n');
		writeFileSync(at('house.log'), 'the password is 1234567');
		const { names, text } = await packed([at('house.log')]);
		expect(names).to.include('left-out.txt').and.not.include('configuration.json');
		expect(text).to.not.include('1234567');
	});

	it('takes out what is written like a number of a meter, and nothing else', () => {
		expect(anonymous('a 123456789012 b 12345678901234', nobody)).to.equal('a <12 digits> b <14 digits>');
		expect(anonymous('ADSC\t041234567890\tB', nobody)).to.equal('ADSC\t<12 digits>\tB');
		for (const kept of ['12345678901', '1768500000000', '2026-01-15T18:00:00.000Z'])
			expect(anonymous(kept, nobody)).to.equal(kept);
	});

	it('takes names out where they stand alone, and the longest secret first', () => {
		const hidden = { secrets: ['abcd', 'abcdef', 'x'], accounts: ['home'], hosts: [] };
		expect(anonymous('homely home; abcdef abcd x', hidden)).to.equal('homely <account>; <secret> <secret> x');
	});

	it('blanks a configuration, and tells what stood there', () => {
		const { shown, found } = blanked({
			mqtt: { username: 'u', passwordFile: '/p' },
			broker: { accounts: [{ name: 'n', role: 'viewer', password: 'secret' }] },
			rooms: [{ name: 'Salon' }],
		});
		expect(shown).to.deep.equal({
			mqtt: { username: '<secret>', passwordFile: '/p' },
			broker: { accounts: [{ name: '<account>', role: 'viewer', password: '<secret>' }] },
			rooms: [{ name: 'Salon' }],
		});
		expect(found).to.deep.equal({ secrets: ['secret'], accounts: ['u', 'n'] });
	});
});
