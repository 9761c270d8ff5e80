import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts, hashSecret } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { need } from '@pilotwire/test/parts';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { noTerminalLeft, Terminal, terminals } from '@pilotwire/test/terminal';
import { expect } from 'chai';
import { endOf } from '../src/end.ts';
import { accountProgram } from './support/account-command.ts';

describe('pilotwire account', function () {
	this.timeout(120_000);
	const folder = temporaryDirectory();
	noProcessLeft();
	noTerminalLeft();
	const { log } = console;
	afterEach(() => {
		console.log = log;
	});

	/** In this process: what it prints, and the exit code that an error means. */
	const account = async (...given: string[]): Promise<{ code: number; text: string }> => {
		const lines: string[] = [];
		console.log = (line: string) => lines.push(line);
		try {
			await accountProgram().parseAsync(['account', ...given, '--set', `dataDir=${folder.path}`], { from: 'user' });
			return { code: 0, text: lines.join('\n') };
		} catch (error) {
			const { text = '', exitCode } = endOf(error);
			return { code: exitCode, text };
		} finally {
			console.log = log;
		}
	};
	/** In another process, which reads standard input. */
	const piped = async (input: string, ...given: string[]): Promise<{ code: number | null; text: string }> => {
		const script = 'packages/cli/test/support/account-process.ts';
		const child = startProcess([script, 'account', ...given, '--set', `dataDir=${folder.path}`]);
		child.write(input);
		child.endInput();
		const { code } = await child.ended;
		return { code, text: child.text() };
	};
	/** At a terminal of its own. */
	const atTerminal = (...given: string[]): Terminal => {
		const fromSource = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'];
		const script = 'packages/cli/test/support/account-process.ts';
		const args = ['account', ...given, '--set', `dataDir=${folder.path}`];
		return new Terminal([process.execPath, ...fromSource, script, ...args]);
	};
	const house = async <T>(ask: (accounts: Accounts) => Promise<T>): Promise<T> => {
		const path = join(folder.path, 'accounts.db');
		const accounts = await Accounts.open({ path, log: silentLog, clock: systemClock });
		try {
			return await ask(accounts);
		} finally {
			await accounts.close();
		}
	};

	it('adds a person with a password from standard input, which another process then knows', async () => {
		expect((await piped('a good password\n', 'add', 'camille', '--role', 'viewer')).code).to.equal(0);
		expect(await house((accounts) => accounts.signIn('camille', 'a good password', '192.0.2.1'))).to.deep.equal({
			kind: 'signed_in',
			person: { kind: 'person', name: 'camille', role: 'viewer' },
		});
	});

	it('changes a password, and takes none where there is none', async () => {
		await house((accounts) => accounts.addPerson('camille', 'viewer', 'a good password'));
		expect((await piped('another password\n', 'passwd', 'camille')).code).to.equal(0);
		expect((await house((all) => all.signIn('camille', 'another password', ''))).kind).to.equal('signed_in');
		const { code, text } = await piped('', 'passwd', 'camille');
		expect(code).to.equal(64);
		expect(text).to.contain('PASSWORD_MISSING');
	});

	describe('at a terminal', () => {
		before(function () {
			need(this, terminals);
		});
		const signsIn = async (password: string): Promise<boolean> =>
			(await house((accounts) => accounts.signIn('camille', password, ''))).kind === 'signed_in';

		it('asks for the password twice and shows neither', async () => {
			const terminal = atTerminal('add', 'camille');
			await terminal.until('Password for camille: ');
			terminal.type('a good password\r');
			await terminal.until('Once more: ');
			terminal.type('a good password\r');
			expect(await terminal.ended, terminal.shown).to.equal(0);
			expect(terminal.shown).to.equal('Password for camille: \nOnce more: \ncamille may sign in as resident.\n');
			expect(await signsIn('a good password')).to.equal(true);
		});

		it('shows nothing of what is pasted before it asks for it', async () => {
			await house((accounts) => accounts.addPerson('camille', 'viewer', 'a good password'));
			const terminal = atTerminal('passwd', 'camille');
			await terminal.until('Password for camille: ');
			// The key that takes the last letter back is no letter.
			terminal.type('another passworde\x7f\ranother password\r');
			expect(await terminal.ended, terminal.shown).to.equal(0);
			expect(terminal.shown).to.not.contain('another');
			expect(await signsIn('another password')).to.equal(true);
		});

		it('changes nothing where the two differ, where none is given, and at Ctrl-C', async () => {
			await house((accounts) => accounts.addPerson('camille', 'viewer', 'a good password'));
			for (const [keys, code, said] of [
				['another password\ranother passwort\r', 64, 'got two that differ'],
				['\x04', 64, 'got none. Try again'],
				['another password\r\x03', 130, 'Password for camille: \n'],
				['short\rshort\r', 64, 'PASSWORD_REFUSED'],
			] as const) {
				const terminal = atTerminal('passwd', 'camille');
				await terminal.until('Password for camille: ');
				terminal.type(keys);
				expect(await terminal.ended, terminal.shown).to.equal(code);
				expect(terminal.shown).to.contain(said);
			}
			expect(await signsIn('a good password')).to.equal(true);
		});
	});

	it('changes roles, lists and removes', async () => {
		await house((accounts) => accounts.addPerson('camille', 'viewer', 'a good password'));
		expect((await account('role', 'camille', 'resident')).code).to.equal(0);
		expect((await account('list')).text).to.match(/^camille {2}resident {2}\d{4}-\d\d-\d\d$/m);
		expect((await account('remove', 'camille')).code).to.equal(0);
		expect(await house((accounts) => accounts.list())).to.deep.equal([]);
	});

	it('prints the secret of a new device, and nothing else', async () => {
		const { text } = await account('token', 'probe');
		expect(text).to.match(/^[\w-]{43}$/);
		const probe = await house((accounts) => accounts.authenticateMachine('probe', text));
		expect(probe).to.deep.equal({ kind: 'device', name: 'probe' });
	});

	it('gives a device its type and another secret', async () => {
		const first = (await account('token', 'cellar', '--type', 'box')).text;
		const second = (await account('rotate', 'cellar')).text;
		expect(second)
			.to.match(/^[\w-]{43}$/)
			.and.not.equal(first);
		expect((await account('list')).text).to.match(/^cellar +device +\S+ +box$/m);
		await house(async (accounts) => {
			expect(await accounts.authenticateMachine('cellar', first)).to.equal(undefined);
			expect(await accounts.authenticateMachine('cellar', second)).to.not.equal(undefined);
		});
	});

	it('makes, lists and takes back the tokens of programs', async () => {
		const { text: secret } = await account('api-token', 'add', 'controller', '--role', 'viewer');
		expect(secret).to.match(/^pwa1\.[\w-]{43}$/);
		expect((await account('api-token', 'list')).text).to.match(/^controller {2}viewer {2}\d{4}-\d\d-\d\d$/);
		expect((await account('api-token', 'remove', 'controller')).code).to.equal(0);
		expect((await account('api-token', 'list')).text).to.equal('');
		expect((await account('api-token', 'remove', 'controller')).text).to.include('API_TOKEN_UNKNOWN');
	});

	it('gives whole houses, and who looks after them, their accounts', async () => {
		const { text: secret } = await account('token', 'dupont-box', '--kind', 'home', '--house', 'dupont');
		expect(secret).to.match(/^[\w-]{43}$/);
		expect((await account('token', 'martin', '--kind', 'home')).code).to.equal(0);
		await account('token', 'fitter', '--kind', 'integrator', '--house', 'dupont', '--house', 'martin');
		expect((await account('houses', 'fitter', 'martin', 'roux')).text).to.equal('fitter may command martin, roux.');
		const { text } = await account('list');
		expect(text).to.match(/^dupont-box +home +\S+ +dupont$/m);
		expect(text).to.match(/^martin +home +\S+ +martin$/m);
		expect(text).to.match(/^fitter +integrator +\S+ +martin +roux$/m);
		const home = await house((accounts) => accounts.authenticateMachine('dupont-box', secret));
		expect(home).to.deep.equal({ kind: 'home', name: 'dupont-box', house: 'dupont' });
		for (const [expected, given] of [
			['HOUSE_NOT_ONE', ['token', 'both', '--kind', 'home', '--house', 'dupont', '--house', 'martin']],
			['HOUSE_NAME_REFUSED', ['token', 'wide', '--kind', 'home', '--house', '+']],
			['HOUSE_NAME_REFUSED', ['houses', 'fitter', 'all']],
			['ACCOUNT_UNKNOWN', ['houses', 'martin', 'roux']],
		] as const) {
			const refused = await account(...given);
			expect(refused.code, refused.text).to.equal(64);
			expect(refused.text).to.contain(expected);
		}
	});

	it('writes users, rights and configuration for EMQX, with what it knows of secrets', async () => {
		expect((await account('export')).text).to.contain('EXPORT_FOR_NOBODY');
		const { text: secret } = await account('token', 'dupont', '--kind', 'home');
		await house((accounts) => accounts.addPerson('lou', 'resident', 'a good password'));
		const { code, text } = await account('export', '--emqx', join(folder.path, 'emqx'));
		expect(code, text).to.equal(0);
		expect(text).to.match(/by hand.*: lou$/m);
		const read = (name: string): string => readFileSync(join(folder.path, 'emqx', name), 'utf8');
		const users = JSON.parse(read('pilotwire-users.json')) as { user_id: string }[];
		const password_hash = hashSecret(secret).toString('hex');
		expect(users).to.deep.include({ user_id: 'dupont', password_hash, salt: '', is_superuser: false });
		expect(users.map(({ user_id }) => user_id))
			.to.include('telemetry')
			.and.not.include('lou');
		const rights = read('pilotwire-acl.conf').trimEnd().split('\n');
		expect(rights).to.include('{allow, {username, "dupont"}, publish, ["pilotwire/dupont/#"]}.');
		expect(rights).to.include('{allow, {username, "dupont"}, subscribe, ["pilotwire/dupont/#"]}.');
		expect(rights.at(-1)).to.equal('{deny, all}.');
		// As EMQX 5.8.9 takes it: test/outside/exported-emqx.test.ts.
		const lines = read('pilotwire.hocon')
			.split('\n')
			.map((line) => line.trim());
		expect(lines).to.include.members([
			...['backend = built_in_database', 'password_hash_algorithm { name = sha256, salt_position = disable }'],
			...['bootstrap_file = "/etc/emqx/pilotwire-users.json"', 'bootstrap_type = hash', 'no_match = deny'],
			'{ type = file, enable = true, path = "/etc/emqx/pilotwire-acl.conf" }',
			...[`mqtt.clientid_override = "concat([username, ':', clientid])"`, 'retainer.max_publish_rate = infinity'],
			...['force_shutdown { max_mailbox_size = 20000, max_heap_size = 64MB }', 'mqtt.max_mqueue_len = 20000'],
		]);
	});

	it('takes in the users and devices of an older gateway', async () => {
		const file = join(folder.path, 'data.json');
		// Of "password", cost 4.
		const hash = '$2b$04$eBdSOPxjKlNI5LTTcSzSAOlu44yfy1.0XBJzzzS22BlBCUmtOZD/6';
		writeFileSync(
			file,
			JSON.stringify({ users: { alice: hash }, devices: { ESP_01: { password: 'plain', type: 'Box' } } }),
		);
		expect(await account('import', file)).to.deep.equal({ code: 0, text: '2 accounts were taken in.' });
		expect((await account('import', file)).text).to.include('alice, esp-01');
		writeFileSync(file, '{"users":{"bob":"plain"}}');
		const { code, text } = await account('import', file);
		expect(code).to.equal(64);
		expect(text).to.include('ACCOUNTS_FILE_INVALID').and.include('"bob"');
	});

	it('ends with 64 and a sentence where what was given is not fit, and changes nothing', async () => {
		await house((accounts) => accounts.addPerson('boss', 'admin', 'a good password'));
		for (const [expected, given] of [
			['', ['add', 'camille', '--role', 'king']],
			['', ['role', 'boss', 'king']],
			['ACCOUNT_UNKNOWN', ['role', 'nobody', 'admin']],
			['ACCOUNT_UNKNOWN', ['remove', 'nobody']],
			['LAST_ADMIN', ['remove', 'boss']],
			['LAST_ADMIN', ['role', 'boss', 'viewer']],
			['ACCOUNT_NAME_REFUSED', ['token', 'meter-reader']],
			['ACCOUNT_EXISTS', ['token', 'boss']],
		] as const) {
			const { code, text } = await account(...given);
			expect(code, text).to.equal(64);
			expect(text).to.contain(expected);
		}
		expect(await house((accounts) => accounts.list())).to.have.length(1);
	});
});
