// Pilotwire behind nginx of the distribution, with the files of deploy/nginx and an authority of its own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import { connect as connectMqtt } from 'mqtt';
import type { Browser, Page, WebSocket } from 'playwright-core';
import { openBrowser, signIn } from '../browser/visitors.ts';
import { type Change, Nginx, nginx } from '../support/nginx.ts';
import { type Authority, makeAuthority, openssl } from '../support/openssl.ts';
import { chromium, need, type Part } from '../support/parts.ts';
import { noProcessLeft, type Process, startProgram } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HOST = '127.0.11.1';
const NAME = 'home.example.org';
const [TLS, PLAIN, MQTTS] = [8443, 8880, 8883];
const URL = `https://${NAME}:${TLS}`;
const PASSWORD = 'correct horse battery staple';
const PILOTWIRE = 'packages/cli/bin/pilotwire.js';
const hook = fileURLToPath(new globalThis.URL('../../deploy/nginx/renewed.sh', import.meta.url));
/** Where Debian puts it. */
const CERTUTIL = '/usr/bin/certutil';
/** It has no `--version`, and its help ends with 1. */
const certutil: Part = {
	name: 'certutil',
	obtain: 'apt-get install libnss3-tools',
	present: () => spawnSync(CERTUTIL, ['-H'], { stdio: 'ignore' }).error === undefined,
};

interface Answer {
	readonly status: number;
	readonly headers: NodeJS.Dict<string | string[]>;
	readonly body: string;
}

interface Asked {
	readonly method?: string;
	readonly headers?: Record<string, string>;
	readonly body?: string;
	/** The address that asks. */
	readonly from?: string;
	/** Answers once this has come, and lets go of the rest. */
	readonly until?: string;
}

describe('deploy/nginx', function () {
	this.timeout(180_000);
	const folder = temporaryDirectory('suite');
	noProcessLeft('suite');
	let authority: Authority;
	let server: Nginx;
	let house: Process;
	let token: string;

	const site: Change[] = [];
	const placeSite = (...more: Change[]): void =>
		server.place('pilotwire.conf', 'sites-enabled/pilotwire', [...site, ...more]);

	before(async function () {
		need(this, nginx, openssl);
		authority = makeAuthority(folder.path);
		const live = join(folder.path, 'live');
		for (const path of [live, join(folder.path, 'acme')]) mkdirSync(path);
		authority.issue(NAME, live);
		server = new Nginx(join(folder.path, 'nginx'));
		const noIpv6: Change = [/^.*listen \[::\].*\n/gm, ''];
		const certificate: Change = [`/etc/letsencrypt/live/${NAME}`, live];
		site.push(['listen 443', `listen ${HOST}:${TLS}`], noIpv6, certificate, ['127.0.0.1:8080', `${HOST}:8080`]);
		placeSite();
		const acme: Change = ['/var/www/letsencrypt', join(folder.path, 'acme')];
		server.place('pilotwire-http.conf', 'sites-enabled/pilotwire-http', [
			['listen 80', `listen ${HOST}:${PLAIN}`],
			noIpv6,
			acme,
		]);
		server.place('pilotwire-main.conf', 'modules-enabled/90-pilotwire.conf', []);
		const mqtt: Change[] = [
			['listen 8883', `listen ${HOST}:${MQTTS}`],
			noIpv6,
			certificate,
			['127.0.0.1:1883', `${HOST}:1883`],
		];
		server.place('pilotwire-mqtt.conf', 'modules-enabled/91-pilotwire-mqtt.conf', mqtt);
		const passwords: Change = ['/etc/nginx/pilotwire.htpasswd', join(folder.path, 'htpasswd')];
		server.place('pilotwire-basic-auth.conf', 'snippets/pilotwire-basic-auth.conf', [passwords]);
		const hash = spawnSync('openssl', ['passwd', '-6', 'in front'], { encoding: 'utf8' }).stdout.trim();
		writeFileSync(join(folder.path, 'htpasswd'), `family:${hash}\n`);
		await server.start();

		const dataDir = join(folder.path, 'data');
		const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
		for (const name of ['camille', 'lou']) await accounts.addPerson(name, 'admin', PASSWORD);
		({ secret: token } = await accounts.addApiToken('program', 'viewer'));
		await accounts.close();
		const config = join(folder.path, 'house.yaml');
		const listen = {
			broker: { host: HOST, trustProxy: ['127.0.0.1'] },
			web: { host: HOST, trustProxy: ['127.0.0.1'] },
		};
		writeFileSync(config, JSON.stringify({ dataDir, ...listen, log: { format: 'json' } }));
		const only = 'simulator,broker,meter-reader,web';
		house = startProgram(process.execPath, [PILOTWIRE, 'up', '--no-show', '--only', only, '--config', config]);
		await house.line('Web listens', { withinMs: 60_000 });
	});
	after(async () => {
		await server?.stop();
		await house?.kill('SIGTERM', 60_000);
	});

	const ca = (): Buffer => readFileSync(authority.caFile);
	/** Asks nginx over TLS, checking its certificate and name. */
	const ask = (
		path: string,
		{ method = 'GET', headers = {}, body, from = '127.0.11.9', until }: Asked = {},
	): Promise<Answer> =>
		new Promise((resolve, reject) => {
			const at = { host: HOST, port: TLS, servername: NAME, ca: ca(), localAddress: from, agent: false };
			const all = { host: `${NAME}:${TLS}`, ...headers };
			const asked = request({ ...at, method, path, headers: all }, (answer) => {
				let text = '';
				const done = (): void => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
				answer.setEncoding('utf8').on('data', (part: string) => {
					text += part;
					if (until === undefined || !text.includes(until)) return;
					done();
					asked.destroy();
				});
				answer.on('end', done).on('error', () => {});
			});
			asked.on('error', reject);
			asked.end(body);
		});
	const signingIn = (
		name: string,
		password: string,
		from: string,
		more: Record<string, string> = {},
	): Promise<Answer> => {
		const headers = { origin: URL, 'content-type': 'application/json', ...more };
		return ask('/api/session', { method: 'POST', headers, body: JSON.stringify({ name, password }), from });
	};
	/** The certificate that is shown to whoever connects now. */
	const shown = (port: number): Promise<string> =>
		new Promise((resolve, reject) => {
			const socket: TLSSocket = connectTls({ host: HOST, port, servername: NAME, ca: ca() }, () => {
				resolve(socket.getPeerCertificate().fingerprint256);
				socket.destroy();
			});
			socket.on('error', reject);
		});
	const audited = (audit: string, account: string): string[] =>
		house.lines
			.filter(({ text }) => text.includes(`"audit":"${audit}"`) && text.includes(`"account":"${account}"`))
			.map(({ text }) => (JSON.parse(text) as { from: string }).from);

	it('keeps strangers, plain HTTP and other names out, and lets certbot prove the name', async () => {
		const plain = (path: string): Promise<Answer> =>
			new Promise((resolve, reject) => {
				const headers = { host: NAME };
				const asked = requestPlain({ host: HOST, port: PLAIN, path, headers, agent: false }, (answer) => {
					let body = '';
					answer.setEncoding('utf8').on('data', (part: string) => {
						body += part;
					});
					answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
				});
				asked.on('error', reject).end();
			});
		const { status, headers } = await plain('/programmes?day=1');
		expect([status, headers['location']]).to.deep.equal([301, `https://${NAME}/programmes?day=1`]);
		const challenge = join(folder.path, 'acme', '.well-known', 'acme-challenge');
		mkdirSync(challenge, { recursive: true });
		writeFileSync(join(challenge, 'a-token'), 'a-token.its-thumbprint');
		expect((await plain('/.well-known/acme-challenge/a-token')).body).to.equal('a-token.its-thumbprint');
		const stranger = connectTls({ host: HOST, port: TLS, servername: 'other.example.org', rejectUnauthorized: false });
		const fault = await new Promise<Error>((resolve) => stranger.once('error', resolve));
		expect(fault.message).to.match(/unrecognized name/);
		const { headers: secured } = await ask('/');
		expect(secured['strict-transport-security']).to.equal('max-age=15552000');
		expect(secured['content-security-policy']).to.include("default-src 'self'");
		expect(secured['server']).to.equal('nginx');
	});

	it('passes the API on, with its token, at once where it streams, and nothing larger than it takes', async () => {
		const headers = { authorization: `Bearer ${token}` };
		expect((await ask('/api/v1/devices')).status).to.equal(401);
		expect((await ask('/api/v1/devices', { headers })).status).to.equal(200);
		const { body } = await ask('/api/v1/events', { headers, until: 'event: meter' });
		expect(body).to.include('event: meter');
		const large = { method: 'POST', headers, body: 'x'.repeat(300 * 1024) };
		expect((await ask('/api/v1/commands', large)).status).to.equal(413);
	});

	it('lets the house see who signs in from where, whatever they say; a guesser keeps nobody else out', async () => {
		const lies = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'elsewhere' };
		for (let count = 0; count < 5; count += 1) {
			expect((await signingIn('camille', 'a guess', '127.0.11.66', lies)).status).to.equal(401);
		}
		expect((await signingIn('camille', PASSWORD, '127.0.11.7')).status).to.equal(204);
		await house.line(/"signed_in","account":"camille"/);
		expect(new Set(audited('sign_in_refused', 'camille'))).to.deep.equal(new Set(['127.0.11.66']));
		expect(audited('signed_in', 'camille')).to.deep.equal(['127.0.11.7']);
		// nginx itself bounds how many are looked at: ten together and one each three seconds.
		const many = await Promise.all(Array.from({ length: 20 }, () => signingIn('lou', 'a guess', '127.0.11.67')));
		const stopped = many.filter(({ status, body }) => status === 429 && body.includes('nginx'));
		expect(stopped.length).to.be.greaterThan(0);
	});

	it('takes MQTT over TLS, and tells the broker where its clients are', async () => {
		const options = { host: HOST, servername: NAME, ca: ca(), username: 'lou', password: PASSWORD, reconnectPeriod: 0 };
		const client = connectMqtt({ ...options, protocol: 'mqtts', port: MQTTS, localAddress: '127.0.11.8' } as never);
		client.on('error', () => {});
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('close', () => reject(new Error('closed')));
		});
		await client.endAsync();
		await house.line(/"signed_in".*"account":"lou","from":"127\.0\.11\.8:\d+"/);
	});

	describe('in a browser', () => {
		let browser: Browser;
		const live = (page: Page): Promise<void> =>
			page
				.getByText(/^(Live|En direct)$/)
				.first()
				.waitFor();

		before(async function () {
			need(this, chromium, certutil);
			// The authority is trusted as a person would make it trusted.
			const home = join(folder.path, 'browser');
			const database = ['-d', `sql:${join(home, '.pki', 'nssdb')}`];
			mkdirSync(join(home, '.pki', 'nssdb'), { recursive: true });
			for (const args of [
				['-N', '--empty-password'],
				['-A', '-t', 'C,,', '-n', 'throw-away', '-i', authority.caFile],
			]) {
				const { status, stderr } = spawnSync(CERTUTIL, [...args, ...database], { encoding: 'utf8' });
				if (status !== 0) throw new Error(`certutil ${args[0]} ended with ${status}: ${stderr}`);
			}
			browser = await openBrowser({
				args: [`--host-resolver-rules=MAP ${NAME} ${HOST}`],
				env: { ...process.env, HOME: home },
			});
		});
		after(() => browser?.close());

		/** Opens the page and signs in; its connections to /mqtt are collected. */
		const enter = async (httpCredentials?: { username: string; password: string }) => {
			const context = await browser.newContext({
				locale: 'en-GB',
				...(httpCredentials === undefined ? {} : { httpCredentials }),
			});
			context.setDefaultTimeout(60_000);
			const page = await context.newPage();
			const sockets: WebSocket[] = [];
			page.on('websocket', (socket) => sockets.push(socket));
			await page.goto(URL);
			await signIn(page, 'camille', PASSWORD);
			await live(page);
			return { context, page, sockets };
		};

		it('the page stays live through a renewal, and comes back by itself when its old connection ends', async () => {
			const { context, page, sockets } = await enter();
			const [session] = await context.cookies();
			expect(session).to.include({ name: '__Host-pilotwire-home', secure: true, httpOnly: true });
			expect(sockets.map((socket) => socket.url())).to.include(`wss://${NAME}:${TLS}/mqtt`);
			expect(await page.evaluate("fetch('/api/v1/circuits').then(({ status }) => status)")).to.equal(200);
			expect(await page.evaluate('isSecureContext')).to.equal(true);

			const before = await shown(TLS);
			expect(await shown(MQTTS)).to.equal(before);
			const oldWorker = server.workerPid;
			const opened = sockets.length;
			const own = join(folder.path, 'own-tls');
			mkdirSync(own);
			// As certbot renews: other files in the same place, then its hook.
			authority.issue(NAME, join(folder.path, 'live'));
			const renewed = { RENEWED_LINEAGE: join(folder.path, 'live'), RENEWED_DOMAINS: `www.${NAME} ${NAME}` };
			const place = { PILOTWIRE_TLS: own, PILOTWIRE_GROUP: String(process.getgid?.()) };
			const env = { ...process.env, ...renewed, ...place, PATH: `${server.folder}/bin:${process.env['PATH']}` };
			await server.whileReloading(() => {
				const { status, stderr } = spawnSync(hook, [], { env, encoding: 'utf8' });
				expect(status, stderr).to.equal(0);
			});
			const after = await shown(TLS);
			expect(after).to.not.equal(before);
			expect(await shown(MQTTS)).to.equal(after);
			expect(readFileSync(join(own, 'fullchain.pem'), 'utf8')).to.equal(
				readFileSync(join(folder.path, 'live', 'fullchain.pem'), 'utf8'),
			);

			// The connection that was open goes on, on the old worker, and figures with it.
			const first = sockets.at(-1);
			await first?.waitForEvent('framereceived');
			await first?.waitForEvent('framereceived');
			expect(sockets).to.have.length(opened);
			expect(first?.isClosed()).to.equal(false);
			await live(page);

			// What worker_shutdown_timeout does in the end: the page connects anew, unasked, and is still signed in.
			process.kill(oldWorker, 'SIGTERM');
			while (sockets.length === opened) await page.waitForEvent('websocket');
			await sockets.at(-1)?.waitForEvent('framereceived');
			await live(page);
			expect(await page.evaluate("fetch('/api/session').then(({ status }) => status)")).to.equal(200);
			await context.close();
		});

		it("basic auth stands in front of it where that is wanted, and in nobody's way who knows it", async () => {
			placeSite(['# include snippets/', `include ${server.folder}/snippets/`]);
			await server.reload();
			const asking = await ask('/');
			expect([asking.status, asking.headers['www-authenticate']]).to.deep.equal([401, 'Basic realm="Pilotwire"']);
			expect((await ask('/api/session')).headers['www-authenticate']).to.include('Basic');
			expect((await ask('/app.webmanifest')).status).to.equal(200);
			const headers = { authorization: `Bearer ${token}` };
			expect((await ask('/api/v1/devices', { headers })).status).to.equal(200);
			const { context, page } = await enter({ username: 'family', password: 'in front' });
			expect(await page.evaluate("fetch('/api/v1/circuits').then(({ status }) => status)")).to.equal(200);
			await context.close();
		});
	});
});
