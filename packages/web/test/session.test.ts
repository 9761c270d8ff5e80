import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Site, type SiteOptions } from './support/site.ts';

describe('Sign-in and sign-out', () => {
	const directory = temporaryDirectory();
	let site: Site;
	const start = async (options?: SiteOptions): Promise<Site> => {
		site = await new Site(directory.path, options).start();
		return site;
	};
	afterEach(() => site.close());

	const whoIs = (cookie: string) => site.ask('GET', '/api/session', { cookie });

	it('gives a cookie that scripts and other sites cannot use, and then says who is signed in', async () => {
		await start({ web: { language: 'fr' } });
		const { status, headers, body } = await site.signIn('alice');
		expect(status).to.equal(204);
		expect(body).to.equal('');
		const [cookie = '', ...more] = headers['set-cookie'] ?? [];
		expect(more).to.deep.equal([]);
		const [pair = '', ...flags] = cookie.split('; ');
		expect(flags).to.have.members(['Max-Age=15552000', 'Path=/', 'HttpOnly', 'SameSite=Strict']);
		expect(Buffer.from(pair.split('=')[1] ?? '', 'base64url')).to.have.length(32);
		const who = await whoIs(pair);
		expect(JSON.parse(who.body)).to.deep.equal({ name: 'alice', role: 'admin', site: 'home', language: 'fr' });
		expect(who.headers['cache-control']).to.equal('no-store');
	});

	it('sets a cookie for TLS alone where a trusted proxy says so, and believes nobody else', async () => {
		const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'home.example.org' };
		const headers = { ...forwarded, 'x-forwarded-for': '203.0.113.7', origin: 'https://home.example.org' };
		await start({ web: { trustProxy: ['127.0.0.0/8'] } });
		const answer = await site.signIn('alice', undefined, headers);
		const cookie = answer.headers['set-cookie']?.[0] ?? '';
		expect(cookie)
			.to.match(/^__Host-pilotwire-home=/)
			.and.include('Secure');
		expect(site.accounts.addresses).to.deep.equal(['203.0.113.7']);
		expect((await site.ask('GET', '/api/session', { ...headers, cookie: cookie.split(';')[0] ?? '' })).status).to.equal(
			200,
		);
		await site.close();
		await start();
		expect((await site.signIn('alice', undefined, headers)).status).to.equal(403);
	});

	it('refuses a wrong name and a wrong password alike', async () => {
		await start();
		const answers = [await site.signIn('alice', 'wrong'), await site.signIn('nobody', 'wrong')];
		for (const { status, headers } of answers) {
			expect(status).to.equal(401);
			expect(headers['set-cookie']).to.equal(undefined);
		}
		expect(answers[0]?.body).to.equal(answers[1]?.body);
	});

	it('says when to come back where there were too many attempts', async () => {
		await start();
		site.accounts.retryAfterS = 12.3;
		const { status, headers, body } = await site.signIn('alice');
		expect(status).to.equal(429);
		expect(headers['retry-after']).to.equal('13');
		expect(JSON.parse(body)).to.include({ code: 'TOO_MANY_SIGN_INS' });
	});

	it('ends a session on the server at sign-out', async () => {
		await start();
		const cookie = await site.cookieOf('alice');
		const out = await site.ask('DELETE', '/api/session', { cookie, origin: site.origin });
		expect(out.status).to.equal(204);
		expect(out.headers['set-cookie']?.[0]).to.match(/^pilotwire-home=;.*Expires=Thu, 01 Jan 1970/);
		expect((await whoIs(cookie)).status).to.equal(401);
	});

	it('replaces the session of a browser that signs in again', async () => {
		await start();
		const first = await site.cookieOf('alice');
		const answer = await site.signIn('robin', undefined, { cookie: first });
		expect((await whoIs(first)).status).to.equal(401);
		const second = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
		expect(JSON.parse((await whoIs(second)).body)).to.include({ name: 'robin' });
	});

	it('keeps sessions over a restart, and writes no session id to the disk', async () => {
		await start();
		const cookie = await site.cookieOf('alice');
		const gone = await site.cookieOf('robin');
		await site.ask('DELETE', '/api/session', { cookie: gone });
		const id = cookie.split('=')[1] ?? '';
		expect(readFileSync(join(directory.path, 'sessions.json'), 'utf8'))
			.to.include('alice')
			.and.not.include(id);
		await site.stop();
		await site.start();
		expect(JSON.parse((await whoIs(cookie)).body)).to.include({ name: 'alice', role: 'admin' });
		expect((await whoIs(gone)).status).to.equal(401);
	});

	it('ends sessions whose account changed, also while the service was away', async () => {
		await start();
		const alice = await site.cookieOf('alice');
		const robin = await site.cookieOf('robin');
		const victor = await site.cookieOf('victor');
		site.accounts.set('victor', 'resident');
		await site.stop();
		await site.accounts.remove('robin');
		await site.start();
		expect((await whoIs(alice)).status).to.equal(200);
		expect((await whoIs(robin)).status).to.equal(401);
		expect((await whoIs(victor)).status).to.equal(401);
	});

	it('takes no more than a name and a password', async () => {
		await start();
		const json = { 'content-type': 'application/json', origin: site.origin };
		const post = (headers: Record<string, string>, body: string) => site.ask('POST', '/api/session', headers, body);
		const statuses = [
			await post(json, '{'),
			await post(json, '{"name":"alice"}'),
			await post(json, '{"name":"alice","password":["x"]}'),
			await post(json, `{"name":"alice","password":"${'x'.repeat(300)}"}`),
			await post({ ...json, 'content-type': 'text/plain' }, '{"name":"alice","password":"x"}'),
			await post(json, `{"name":"alice","password":"${'x'.repeat(5000)}"}`),
		].map(({ status }) => status);
		expect(statuses).to.deep.equal([400, 400, 400, 400, 415, 413]);
		expect(site.accounts.addresses).to.deep.equal([]);
	});

	it('refuses what a page of another origin asks, and lets a configured one', async () => {
		await start({ web: { origins: ['https://panel.example.org'] } });
		const cookie = await site.cookieOf('alice');
		const remove = async (headers: Record<string, string>) =>
			(await site.ask('DELETE', '/api/session', { cookie, ...headers })).status;
		expect(await remove({ origin: 'https://evil.example.org' })).to.equal(403);
		expect(await remove({ origin: 'null' })).to.equal(403);
		expect(await remove({ origin: site.origin.replace('http:', 'https:') })).to.equal(403);
		expect(await remove({ origin: site.origin, 'sec-fetch-site': 'same-site' })).to.equal(403);
		expect(await remove({ 'sec-fetch-site': 'cross-site' })).to.equal(403);
		expect((await whoIs(cookie)).status).to.equal(200);
		expect((await site.signIn('alice', undefined, { origin: 'https://evil.example.org' })).status).to.equal(403);
		expect(await remove({ origin: 'https://panel.example.org', 'sec-fetch-site': 'cross-site' })).to.equal(204);
		expect((await whoIs(cookie)).headers).to.not.have.property('access-control-allow-origin');
	});

	it('says that it is well without asking who asks', async () => {
		await start();
		const { status, body } = await site.ask('GET', '/healthz');
		expect([status, JSON.parse(body)]).to.deep.equal([200, { status: 'ok', bus: 'online' }]);
		expect(site.hub.retained.get('pilotwire/home/services/web/status')).to.equal('online');
	});
});
