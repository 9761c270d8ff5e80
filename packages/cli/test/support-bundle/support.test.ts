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
		writeFileSync(at('data/secrets/alerts-vapid'), 'public: BPublicKeyOfTheHouse\nprivate: PrivateKeyOfTheHouse\n');
		const phone = {
			endpoint: 'https://push.example.org/abc',
			keys: { auth: 'AuthOfThePhone16', p256dh: 'KeyOfThePhone-1234' },
		};
		writeFileSync(
			at('data/secrets/alerts-phones'),
			JSON.stringify([{ id: 'phone-0', name: 'Telephone of Zoe', ...phone }]),
		);
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
				alerts: {
					url: 'https://the-duponts.example.org',
					ntfy: { topic: 'a-topic-to-read-along', token: 'tk_of_ntfy' },
					email: { host: 'smtp.example.org', username: 'post-box', password: 'post-pass', to: ['anna@example.org'] },
					webhooks: [{ url: 'https://hooks.example.org/T01/secret-of-the-hook', secret: 'whsec_c2lnbnM=' }],
				},
				bridge: { url: 'mqtts://hub.example.org', house: 'the-mill', password: 'bridge-pass' },
			}),
		);
		const planted = [
			...['machine-secret-of-the-broker', 'first-pass-word', 'influx-token', 'camille', 'bridge-user', 'p"1w/ord'],
			...['node-red', 'planted-password', '041234567890', '12345678901234', 'anna@example.org', 'joe:word', hostname()],
			...['a-topic-to-read-along', 'tk_of_ntfy', 'post-box', 'post-pass', '/T01/secret-of-the-hook', 'whsec_c2lnbnM='],
			...['the-duponts.example.org', 'hub.example.org', 'the-mill', 'bridge-pass', 'PrivateKeyOfTheHouse'],
			...['https://push.example.org/abc', 'AuthOfThePhone16', 'KeyOfThePhone-1234', 'Telephone of Zoe'],
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

	it('takes out a number of a group that was refused, and one as people write it', () => {
		for (const group of [
			'got PRM\\x0901234567890123\\x09B',
			'got PRN\\x0901234567890123\\x09B',
			'{"msg":"got ADSC\\\\x090412345678\\\\x09N"}',
			'ADSC 0412345x7890 N',
			'PRM: 01 234 567 890 123',
			'"prm":"01.234.567.890.123"',
		]) {
			expect(anonymous(group, nobody), group).to.not.match(/\d{4}|234/);
		}
		for (const kept of ['a PRM of 14 digits', 'LABEL PRM refused 17 times', 'SINSTS\\x0901234\\x09F'])
			expect(anonymous(kept, nobody)).to.equal(kept);
	});

	it('takes out what others write into a log of networks and passwords', () => {
		const line = `wlan0 ssid="Livebox 12AB" psk=a-word, bssid=b8:27:eb:12:34:56 {"password":"other","at":1}`;
		expect(anonymous(line, nobody)).to.equal(
			'wlan0 ssid=<secret> psk=<secret>, bssid=<secret> {"password":"<secret>","at":1}',
		);
		expect(anonymous('from b8:27:eb:12:34:56', nobody)).to.equal('from <address>');
		for (const kept of ['the password: ask for it', '"passwordFile":"/etc/pilotwire/broker"', 'at 12:34:56, a:b'])
			expect(anonymous(kept, nobody)).to.equal(kept);
	});

	it('takes names out where they stand alone, and the longest secret first', () => {
		const hidden = { secrets: ['abcd', 'abcdef', 'x'], accounts: ['home'], hosts: [] };
		expect(anonymous('homely home; abcdef abcd x', hidden)).to.equal('homely <account>; <secret> <secret> x');
	});

	it('takes what lets others read or write alerts for a secret', () => {
		const { shown, found } = blanked({
			alerts: {
				ntfy: { server: 'https://ntfy.sh', topic: 'house-x7k2', token: 'tk_1' },
				webhooks: [{ id: 'chat', url: 'https://chat.example/hooks/abc', secret: 'whsec_1' }],
				email: { host: 'mail.example', passwordFile: '/p' },
			},
			switches: [{ output: { topic: 'zigbee2mqtt/plug' } }],
		});
		expect(shown).to.deep.equal({
			alerts: {
				ntfy: { server: 'https://ntfy.sh', topic: '<secret>', token: '<secret>' },
				webhooks: [{ id: 'chat', url: '<secret>', secret: '<secret>' }],
				email: { host: 'mail.example', passwordFile: '/p' },
			},
			switches: [{ output: { topic: 'zigbee2mqtt/plug' } }],
		});
		expect(found.secrets).to.include.members(['house-x7k2', 'tk_1', 'https://chat.example/hooks/abc', 'whsec_1']);
	});

	it('takes out long words of addresses, what signs a call, and machines on the internet', () => {
		const clean = (text: string): string => anonymous(text, nobody);
		expect(clean('POST https://fcm.googleapis.com/fcm/send/dGhpcyBpcyBhIHRva2Vu:x 410')).to.equal(
			'POST https://fcm.googleapis.com/fcm/send/<secret> 410',
		);
		expect(clean('Authorization: Bearer abcdefgh1234')).to.equal('Authorization: Bearer <secret>');
		expect(clean('from 82.64.10.20 and [2a01:e0a:1:2::3]:443')).to.equal('from <address> and [<address>]:443');
		for (const kept of [
			'192.168.1.4:1883',
			'127.0.5.1',
			'10.0.0.7',
			'172.20.1.1',
			'fe80::1',
			'http://10.0.0.7:8086/ping',
		])
			expect(clean(kept)).to.equal(kept);
		for (const kept of [
			'2026-01-15T18:00:00.000Z',
			'18:00:00',
			'version 1.2.3',
			'https://docs.example.org/reference/errors',
		])
			expect(clean(kept)).to.equal(kept);
	});

	it('blanks a configuration, and tells what stood there', () => {
		const { shown, found } = blanked({
			mqtt: { username: 'u', passwordFile: '/p' },
			broker: { accounts: [{ name: 'n', role: 'viewer', password: 'secret' }] },
			rooms: [{ name: 'Salon' }],
		});
		expect(shown).to.deep.equal({
			mqtt: { username: '<account>', passwordFile: '/p' },
			broker: { accounts: [{ name: '<account>', role: 'viewer', password: '<secret>' }] },
			rooms: [{ name: 'Salon' }],
		});
		expect(found).to.deep.equal({ secrets: ['secret'], accounts: ['u', 'n'], hosts: [] });
	});
});
