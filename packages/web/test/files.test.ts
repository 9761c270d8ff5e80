import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Site } from './support/site.ts';

describe('The dashboard’s files', () => {
	const directory = temporaryDirectory();
	let site: Site;
	let assets: string;
	beforeEach(async () => {
		assets = join(directory.path, 'dist');
		mkdirSync(join(assets, 'assets'), { recursive: true });
		writeFileSync(join(directory.path, 'secret.txt'), 'not for the web');
		writeFileSync(join(assets, 'index.html'), '<!doctype html><title>the page</title>');
		writeFileSync(join(assets, 'sw.js'), 'worker');
		writeFileSync(join(assets, '.env'), 'hidden');
		writeFileSync(join(assets, 'assets', 'index-abc123.js'), 'script '.repeat(200));
		writeFileSync(join(assets, 'assets', 'index-abc123.js.br'), brotliCompressSync('script '.repeat(200)));
		site = await new Site(directory.path, { assets }).start();
	});
	afterEach(() => site.close());

	const navigation = { accept: 'text/html,*/*', 'sec-fetch-mode': 'navigate' };

	it('are kept for good by browsers where their name says what they hold, and asked for anew otherwise', async () => {
		const cacheOf = async (path: string) => (await site.ask('GET', path)).headers['cache-control'];
		expect(await cacheOf('/assets/index-abc123.js')).to.equal('public, max-age=31536000, immutable');
		expect(await cacheOf('/')).to.equal('no-cache');
		expect(await cacheOf('/index.html')).to.equal('no-cache');
		expect(await cacheOf('/sw.js')).to.equal('no-cache');
		const { etag } = (await site.ask('GET', '/sw.js')).headers;
		expect((await site.ask('GET', '/sw.js', { 'if-none-match': etag ?? '' })).status).to.equal(304);
	});

	it('come compressed where a compressed copy lies beside them', async () => {
		const { headers } = await site.ask('GET', '/assets/index-abc123.js', { 'accept-encoding': 'gzip, br' });
		expect(headers['content-encoding']).to.equal('br');
		expect(headers['content-type']).to.match(/javascript/);
		expect(headers['vary']).to.match(/accept-encoding/i);
		const plain = await site.ask('GET', '/assets/index-abc123.js');
		expect(plain.headers['content-encoding']).to.equal(undefined);
		expect(plain.body).to.equal('script '.repeat(200));
	});

	it('give the page for every address that a person opens, and for nothing else', async () => {
		const page = await site.ask('GET', '/radiators/salon', navigation);
		expect([page.status, page.headers['cache-control']]).to.deep.equal([200, 'no-cache']);
		expect(page.body).to.include('the page');
		const notFound = async (path: string, headers: Record<string, string> = navigation, method = 'GET') =>
			(await site.ask(method, path, headers)).status;
		expect(await notFound('/assets/index-old.js')).to.equal(404);
		expect(await notFound('/missing.png')).to.equal(404);
		expect(await notFound('/api/other')).to.equal(404);
		expect(await notFound('/mqtt')).to.equal(404);
		expect(await notFound('/radiators', { accept: '*/*' })).to.equal(404);
		expect(await notFound('/radiators', { ...navigation, 'sec-fetch-mode': 'cors' })).to.equal(404);
		expect(await notFound('/radiators', { accept: 'text/html' }, 'POST')).to.equal(404);
	});

	it('end where their folder ends', async () => {
		symlinkSync(directory.path, join(assets, 'out'));
		const climbs = [
			'/../secret.txt',
			'/%2e%2e/secret.txt',
			'/..%2fsecret.txt',
			'/assets/..%5c..%5c..%5csecret.txt',
		].concat(
			['/assets/../../secret.txt', '/%252e%252e/secret.txt', '//secret.txt', '/.env', '/%00', '/%ff'],
			['/....//secret.txt', `/${encodeURIComponent(join(directory.path, 'secret.txt'))}`],
		);
		for (const path of climbs) {
			const { status, body } = await site.ask('GET', path);
			expect(status, path).to.be.within(400, 404);
			expect(body, path).to.not.include('not for the web').and.not.include('hidden').and.not.include(directory.path);
		}
	});

	it('say how they are built where they are missing, and need no restart once they are there', async () => {
		rmSync(assets, { recursive: true });
		const missing = await site.ask('GET', '/', navigation);
		expect(missing.status).to.equal(503);
		expect(missing.body).to.include('npm install');
		mkdirSync(assets);
		writeFileSync(join(assets, 'index.html'), 'built');
		expect((await site.ask('GET', '/', navigation)).body).to.equal('built');
	});

	it('carry headers that let a browser run nothing but them', async () => {
		for (const path of ['/', '/api/session', '/nothing']) {
			const { headers } = await site.ask('GET', path, navigation);
			const policy = String(headers['content-security-policy']);
			expect(policy)
				.to.include("default-src 'self'")
				.and.include("frame-ancestors 'none'")
				.and.include("base-uri 'none'");
			expect(policy).to.include("connect-src 'self'").and.not.include('unsafe').and.not.include('upgrade-insecure');
			expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
			expect(headers['permissions-policy']).to.include('camera=()');
			expect(headers).to.not.have.any.keys('x-powered-by', 'server', 'access-control-allow-origin');
		}
	});

	it('may open connections to the brokers that the configuration names, and to no others', async () => {
		await site.close();
		site = await new Site(directory.path, { assets, web: { otherBrokers: ['ws://192.168.1.20:9001'] } }).start();
		const { headers } = await site.ask('GET', '/', navigation);
		const [, allowed] = /connect-src ([^;]*)/.exec(String(headers['content-security-policy'])) ?? [];
		expect(allowed).to.equal("'self' ws://192.168.1.20:9001");
	});
});
