import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Site } from './support/site.ts';

describe('accounts over HTTP', () => {
	const directory = temporaryDirectory();
	let site: Site;

	beforeEach(async () => {
		site = await new Site(directory.path).start();
	});
	afterEach(() => site.close());

	const as =
		(cookie: string) =>
		async (method: string, path: string, body?: object, origin = site.origin) => {
			const headers = { cookie, origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
			const answer = await site.ask(method, path, headers, body === undefined ? undefined : JSON.stringify(body));
			return {
				status: answer.status,
				headers: answer.headers,
				body: answer.body === '' ? {} : JSON.parse(answer.body),
			};
		};
	const alice = async () => as(await site.cookieOf('alice'));

	/** Every way to the accounts, with a body that would do. */
	const ways = [
		['GET', '/api/accounts', undefined],
		['POST', '/api/accounts', { kind: 'person', name: 'zoe', role: 'viewer', password: 'four words of hers' }],
		['POST', '/api/accounts', { kind: 'device', name: 'plug' }],
		['PATCH', '/api/accounts/victor', { role: 'admin' }],
		['PATCH', '/api/accounts/victor', { password: 'four words of his' }],
		['DELETE', '/api/accounts/victor', undefined],
	] as const;

	it('are for administrators alone', async () => {
		const before = await site.accounts.list();
		const robin = as(await site.cookieOf('robin'));
		for (const [method, path, body] of ways) {
			const nobody = await as('')(method, path, body);
			expect([nobody.status, nobody.body.code], `${method} ${path}`).to.deep.equal([401, 'NOT_SIGNED_IN']);
			const resident = await robin(method, path, body);
			expect([resident.status, resident.body.code], `${method} ${path}`).to.deep.equal([403, 'ADMINS_ONLY']);
		}
		expect(await site.accounts.list()).to.deep.equal(before);
	});

	it('change nothing for a page of elsewhere', async () => {
		const before = await site.accounts.list();
		const ask = await alice();
		for (const [method, path, body] of [...ways.slice(1), ['PUT', '/api/session/password', {}] as const]) {
			const { status, body: said } = await ask(method, path, body, 'http://elsewhere.example');
			expect([status, said.code], `${method} ${path}`).to.deep.equal([403, 'ORIGIN_REFUSED']);
		}
		expect(await site.accounts.list()).to.deep.equal(before);
	});

	it('are listed without anything secret, and not kept by the browser', async () => {
		const { status, headers, body } = await (await alice())('GET', '/api/accounts');
		expect([status, headers['cache-control']]).to.deep.equal([200, 'no-store']);
		expect(body.outsideBroker).to.equal(false);
		expect(body.accounts[0]).to.deep.equal({ kind: 'person', name: 'alice', role: 'admin', createdMs: 0 });
		expect(JSON.stringify(body)).to.not.include('password');
	});

	it('are added: a person, who signs in; a device, whose secret is told once', async () => {
		const ask = await alice();
		const person = { kind: 'person', name: ' Zoe ', role: 'viewer', password: 'four words of hers' };
		expect(await ask('POST', '/api/accounts', person)).to.deep.include({ status: 201, body: {} });
		expect((await site.signIn('zoe', 'four words of hers')).status).to.equal(204);
		const device = await ask('POST', '/api/accounts', { kind: 'device', name: 'plug' });
		expect([device.status, device.body]).to.deep.equal([201, { secret: 'secret of plug' }]);
		expect(device.headers['cache-control']).to.equal('no-store');
		expect((await ask('GET', '/api/accounts')).body.accounts.at(-1)).to.deep.equal({
			...{ kind: 'device', name: 'plug', createdMs: 0 },
		});
	});

	it('say by a code what they refuse', async () => {
		const ask = await alice();
		const person = { kind: 'person', name: 'zoe', role: 'viewer', password: 'four words of hers' };
		const codeOf = async (method: string, path: string, body?: object) => {
			const { status, body: said } = await ask(method, path, body);
			return [status, said.code];
		};
		expect(await codeOf('POST', '/api/accounts', { ...person, name: 'Zoé' })).to.deep.equal([
			400,
			'ACCOUNT_NAME_REFUSED',
		]);
		expect(await codeOf('POST', '/api/accounts', { ...person, name: 'robin' })).to.deep.equal([409, 'ACCOUNT_EXISTS']);
		expect(await codeOf('POST', '/api/accounts', { ...person, password: 'short' })).to.deep.equal([
			400,
			'PASSWORD_REFUSED',
		]);
		expect(await codeOf('POST', '/api/accounts', { ...person, role: 'king' })).to.deep.equal([400, 'REQUEST_INVALID']);
		expect(await codeOf('POST', '/api/accounts', { ...person, kind: 'device' })).to.deep.equal([
			400,
			'REQUEST_INVALID',
		]);
		expect(await codeOf('PATCH', '/api/accounts/nobody', { role: 'admin' })).to.deep.equal([404, 'ACCOUNT_UNKNOWN']);
		expect(await codeOf('PATCH', '/api/accounts/alice', { role: 'viewer' })).to.deep.equal([409, 'LAST_ADMIN']);
		expect(await codeOf('PATCH', '/api/accounts/alice', {})).to.deep.equal([400, 'REQUEST_INVALID']);
		expect(await codeOf('DELETE', '/api/accounts/alice')).to.deep.equal([409, 'LAST_ADMIN']);
		expect(await codeOf('DELETE', '/api/accounts/nobody')).to.deep.equal([404, 'ACCOUNT_UNKNOWN']);
	});

	it('end the sessions of whom they change', async () => {
		const ask = await alice();
		const [robin, victor] = [await site.cookieOf('robin'), await site.cookieOf('victor')];
		expect((await ask('PATCH', '/api/accounts/robin', { role: 'viewer' })).status).to.equal(204);
		expect((await ask('DELETE', '/api/accounts/victor')).status).to.equal(204);
		expect((await site.ask('GET', '/api/session', { cookie: robin })).status).to.equal(401);
		expect((await site.ask('GET', '/api/session', { cookie: victor })).status).to.equal(401);
		expect((await ask('GET', '/api/accounts')).status).to.equal(200);
	});

	it('give everybody another password for the one of now', async () => {
		const cookie = await site.cookieOf('victor');
		const change = (body: object) => as(cookie)('PUT', '/api/session/password', body);
		const right = { current: "victor's password", password: 'four words of his' };
		expect(await as('')('PUT', '/api/session/password', right)).to.deep.include({ status: 401 });
		const wrong = await change({ ...right, current: 'a guess' });
		expect([wrong.status, wrong.body.code]).to.deep.equal([403, 'PASSWORD_WRONG']);
		const short = await change({ ...right, password: 'short' });
		expect([short.status, short.body.code]).to.deep.equal([400, 'PASSWORD_REFUSED']);
		site.accounts.retryAfterS = 7;
		const late = await change(right);
		expect([late.status, late.body.code, late.headers['retry-after']]).to.deep.equal([429, 'TOO_MANY_SIGN_INS', '7']);
		site.accounts.retryAfterS = undefined;
		expect((await change(right)).status).to.equal(204);
		expect((await site.ask('GET', '/api/session', { cookie })).status).to.equal(401);
		expect((await site.signIn('victor', 'four words of his')).status).to.equal(204);
	});
});
