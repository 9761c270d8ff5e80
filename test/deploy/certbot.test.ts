// The guide's certificate, from the first one to its renewal: certbot, nginx and an authority that looks at the name.
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { AcmeServer, certbot, pebble } from '../support/acme.ts';
import { type Change, Nginx, nginx } from '../support/nginx.ts';
import { makeAuthority, openssl } from '../support/openssl.ts';
import { need } from '../support/parts.ts';
import { noProcessLeft } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const [HOST, AUTHORITY] = ['127.0.11.2', '127.0.11.3'];
const NAME = 'home.example.org';
const [TLS, PLAIN] = [8443, 8880];
const noIpv6: Change = [/^.*listen \[::\].*\n/gm, ''];

describe('a certificate by certbot', function () {
	this.timeout(180_000);
	const folder = temporaryDirectory('suite');
	noProcessLeft('suite');
	let server: Nginx;
	let acme: AcmeServer;

	const at = (...parts: string[]): string => join(folder.path, ...parts);
	const live = (): string => at('letsencrypt', 'live', NAME);
	const place = (name: string, to: string, ...changes: Change[]): void => server.place(name, to, [noIpv6, ...changes]);

	/** Types a certbot command, in folders of the test. */
	const type = (...command: string[]): string => {
		const folders = ['config', 'work', 'logs'].flatMap((kind) => [`--${kind}-dir`, at('letsencrypt')]);
		// By a timer it waits for up to eight minutes first, so that not all the world asks at once.
		const atOnce = command[0] === 'renew' ? ['--no-random-sleep-on-renew'] : [];
		const all = [...command, ...atOnce, '-n', '--server', acme.url, ...folders];
		const { status, stdout, stderr } = spawnSync('certbot', all, {
			encoding: 'utf8',
			env: {
				...process.env,
				PATH: `${server.folder}/bin:${process.env['PATH']}`,
				REQUESTS_CA_BUNDLE: at('ca.pem'),
				PILOTWIRE_TLS: at('own'),
				PILOTWIRE_GROUP: String(process.getgid?.()),
			},
		});
		expect(status, stdout + stderr).to.equal(0);
		return stdout + stderr;
	};
	/** Serial number of the certificate that is shown to whoever connects now. */
	const shown = (): Promise<string> =>
		new Promise((resolve, reject) => {
			const socket = connect({ host: HOST, port: TLS, servername: NAME, rejectUnauthorized: false }, () => {
				resolve(socket.getPeerCertificate().serialNumber);
				socket.destroy();
			});
			socket.on('error', reject);
		});
	const kept = (file: string): string => new X509Certificate(readFileSync(file)).serialNumber;

	before(async function () {
		need(this, nginx, openssl, certbot, pebble);
		mkdirSync(at('www'));
		const authority = makeAuthority(folder.path);
		server = new Nginx(at('nginx'));
		place(
			'pilotwire-http.conf',
			'sites-enabled/pilotwire-http',
			['listen 80', `listen ${HOST}:${PLAIN}`],
			['/var/www/letsencrypt', at('www')],
		);
		await server.start();
		acme = new AcmeServer(AUTHORITY);
		await acme.start(at('acme'), authority, { address: HOST, port: PLAIN });
	});
	after(async () => {
		await acme?.stop();
		await server?.stop();
	});

	it('is given for the name that port 80 proves, and nginx shows it', async () => {
		const terms = ['--agree-tos', '--register-unsafely-without-email'];
		type('certonly', '--webroot', '-w', at('www'), '-d', NAME, ...terms);
		place(
			'pilotwire.conf',
			'sites-enabled/pilotwire',
			['listen 443', `listen ${HOST}:${TLS}`],
			[`/etc/letsencrypt/live/${NAME}`, live()],
		);
		await server.reload();
		const file = join(live(), 'fullchain.pem');
		expect(new X509Certificate(readFileSync(file)).checkHost(NAME)).to.equal(NAME);
		expect(await shown()).to.equal(kept(file));
	});

	it('is renewed by the command of the timer, after which nginx and the own TLS ports have the new one', async () => {
		const hook = at('letsencrypt', 'renewal-hooks', 'deploy', 'pilotwire');
		writeFileSync(hook, readFileSync(new URL('../../deploy/nginx/renewed.sh', import.meta.url)));
		chmodSync(hook, 0o755);
		mkdirSync(at('own'));
		expect(type('renew', '--dry-run')).to.include('all simulated renewals succeeded');
		const before = await shown();
		// Nothing is renewed before its time, unless one insists.
		expect(type('renew')).to.include('No renewals were attempted');
		expect(await shown()).to.equal(before);

		await server.whileReloading(() => type('renew', '--force-renewal'));
		const after = await shown();
		expect(after).to.not.equal(before);
		expect(after).to.equal(kept(join(live(), 'fullchain.pem')));
		expect(after).to.equal(kept(at('own', 'fullchain.pem')));
		expect(statSync(at('own', 'privkey.pem')).mode & 0o777).to.equal(0o640);
	});
});
