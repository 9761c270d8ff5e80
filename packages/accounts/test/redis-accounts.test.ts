import type { PilotwireError } from '@pilotwire/runtime';
import { accountsInRedis } from '@pilotwire/test/redis-accounts';
import { until } from '@pilotwire/test/until';
import { hashSync } from 'bcryptjs';
import { expect } from 'chai';
import type { Accounts, Role } from '../src/index.ts';

const password = 'right horse battery';
const here = '192.0.2.1';
/** A password's hash that costs no time to make. */
const cheap = hashSync(password, 4);

describe('accounts in the Redis of a cluster', function () {
	this.timeout(60_000);
	const cluster = accountsInRedis();

	const codeOf = (promise: Promise<unknown>): Promise<string> =>
		promise.then(
			() => 'done',
			({ code }: PilotwireError) => code,
		);

	it('sign in at every node as they do at one, people, machines and tokens', async () => {
		const [one, other] = [await cluster.open(), await cluster.open()];
		await one.addPerson('camille', 'resident', password);
		const { secret } = await one.addMachine('device', 'box', 'box');
		const person = { kind: 'person', name: 'camille', role: 'resident' };
		expect(await other.authenticate('camille', password, here)).to.deep.include({
			kind: 'signed_in',
			principal: person,
		});
		expect((await other.authenticate('camille', 'wrong', here)).kind).to.equal('refused');
		expect(await other.authenticateMachine('box', secret)).to.deep.equal({ kind: 'device', name: 'box' });
		const token = await one.issueToken({ name: 'camille', role: 'resident' });
		expect(await other.verifyToken(token)).to.deep.equal(person);
		expect((await other.list()).map(({ principal, type }) => [principal.name, type])).to.deep.equal([
			['box', 'box'],
			['camille', undefined],
		]);
		await one.setPassword('camille', `${password}, changed`);
		expect(await other.verifyToken(token)).to.equal(undefined);
		const api = await one.addApiToken('scripts', 'viewer');
		expect(await other.apiTokenOf(api.secret)).to.deep.equal({ name: 'scripts', role: 'viewer' });
		expect(await codeOf(other.addApiToken('scripts', 'admin'))).to.equal('API_TOKEN_EXISTS');
		expect(await other.apiTokens()).to.have.length(1);
		await other.removeApiToken('scripts');
		expect(await one.apiTokenOf(api.secret)).to.equal(undefined);
		expect(await codeOf(one.removeApiToken('scripts'))).to.equal('API_TOKEN_UNKNOWN');
	});

	it('keep one administrator at least, and make the first one once, however many ask at the same moment', async () => {
		const books = await Promise.all([cluster.open(), cluster.open()]);
		const made = await Promise.all(books.map((book, index) => book.addFirstAdmin(`admin-${index}`, password)));
		expect(made.filter(Boolean)).to.have.length(1);
		const [one, other] = books as [Accounts, Accounts];
		const [first] = await one.list();
		const name = first?.principal.name ?? '';
		expect(await codeOf(other.remove(name))).to.equal('LAST_ADMIN');
		expect(await codeOf(other.setRole(name, 'viewer'))).to.equal('LAST_ADMIN');
		await one.import([{ principal: { kind: 'person', name: 'second', role: 'admin' }, secret: { bcrypt: cheap } }]);
		const outcomes = await Promise.all([codeOf(one.remove(name)), codeOf(other.setRole('second', 'viewer' as Role))]);
		expect(outcomes).to.have.members(['done', 'LAST_ADMIN']);
		expect(await codeOf(one.addPerson('second', 'viewer', password))).to.equal('ACCOUNT_EXISTS');
		expect(await codeOf(one.rotateSecret('second'))).to.equal('ACCOUNT_UNKNOWN');
	});

	it('tell every node whose account is another one now, within a second or so', async () => {
		const [one, other] = [await cluster.open(), await cluster.open()];
		const changed = new Promise<readonly string[]>((resolve) => other.onChange(resolve));
		const added = new Promise<readonly string[]>((resolve) => other.onAdded(resolve));
		await one.addMachine('device', 'box');
		expect(await added).to.deep.equal(['box']);
		await one.rotateSecret('box');
		expect(await changed).to.deep.equal(['box']);
	});

	it('say where Redis is missing, and are there again with it', async () => {
		const accounts = await cluster.open();
		await cluster.server.kill();
		expect(await codeOf(accounts.authenticate('camille', password, here))).to.equal('ACCOUNTS_AWAY');
		expect(await codeOf(cluster.open())).to.equal('ACCOUNTS_AWAY');
		await cluster.server.restart();
		const result = await until('Redis answers again', async () => {
			const code = await codeOf(accounts.list());
			return code !== 'ACCOUNTS_AWAY' && code;
		});
		expect(result).to.equal('done');
	});
});
