// Where alerts arrive: servers of the test's own, and a browser's end of Web Push.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@pilotwire/test/until';
import { SMTPServer } from 'smtp-server';

/** One request. */
export interface Posted {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

/** A web server that takes everything, unless it is told to answer otherwise. */
export class HttpSink {
	readonly posted: Posted[] = [];
	status = 200;
	readonly #server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			this.posted.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
			response.writeHead(this.status, this.status === 302 ? { location: '/elsewhere' } : {}).end('so it is');
		});
	});

	async start(port = 0): Promise<void> {
		this.#server.listen(port, '127.0.0.1');
		await once(this.#server, 'listening');
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** The JSON of each request. */
	get json(): Record<string, unknown>[] {
		return this.posted.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);
	}

	/** Waits for so many requests. */
	async count(number: number): Promise<void> {
		await until(`${number} requests, of which came ${this.posted.length}`, () => this.posted.length >= number);
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		if (!this.#server.listening) return;
		this.#server.close();
		await once(this.#server, 'close');
	}
}

/** One mail as it came. */
export interface Mail {
	readonly from: string;
	readonly to: readonly string[];
	readonly isEncrypted: boolean;
	readonly user: string | undefined;
	/** Lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** A mail server with one account, which talks nothing before TLS. */
export class MailSink {
	readonly mails: Mail[] = [];
	readonly #server: SMTPServer;

	constructor(account: { user: string; password: string }, tls: { key: string; cert: string }) {
		this.#server = new SMTPServer({
			...tls,
			onAuth: ({ username, password }, { secure }, done) => {
				if (secure && username === account.user && password === account.password) done(null, { user: username });
				else done(new Error(`535 no ${username ?? ''} here`));
			},
			onData: (stream, { envelope, secure, user }, done) => {
				const parts: Buffer[] = [];
				stream.on('data', (part: Buffer) => parts.push(part));
				stream.on('end', () => {
					this.mails.push({
						from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
						to: envelope.rcptTo.map(({ address }) => address),
						...{ isEncrypted: secure, user },
						...readMail(Buffer.concat(parts).toString('latin1')),
					});
					done();
				});
			},
			// A client that gives up in the middle is none of the server's faults.
			logger: false,
		});
		this.#server.on('error', () => undefined);
	}

	async start(): Promise<number> {
		const server = this.#server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return (server.address() as AddressInfo).port;
	}

	async count(number: number): Promise<void> {
		await until(`${number} mails, of which came ${this.mails.length}`, () => this.mails.length >= number);
	}

	stop(): Promise<void> {
		return new Promise((resolve) => this.#server.close(resolve));
	}
}

/** Headers and text of a mail (RFC 5322, 2045, 2047) as far as one of plain text goes. */
function readMail(raw: string): Pick<Mail, 'headers' | 'text'> {
	const cut = raw.indexOf('\r\n\r\n');
	const lines = raw
		.slice(0, cut)
		.replaceAll(/\r\n[ \t]+/g, ' ')
		.split('\r\n');
	const headers = Object.fromEntries(
		lines.map((line) => [
			line.slice(0, line.indexOf(':')).toLowerCase(),
			words(line.slice(line.indexOf(':') + 1).trim()),
		]),
	);
	const body = raw.slice(cut + 4);
	const coding = headers['content-transfer-encoding'];
	const bytes =
		coding === 'base64'
			? Buffer.from(body, 'base64')
			: Buffer.from(coding === 'quoted-printable' ? quoted(body.replaceAll(/=\r\n/g, '')) : body, 'latin1');
	return { headers, text: bytes.toString('utf8').replaceAll('\r\n', '\n') };
}

const quoted = (text: string): string =>
	text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function words(text: string): string {
	return text
		.replaceAll(/\?=\s+=\?/g, '?==?')
		.replaceAll(/=\?utf-8\?([QB])\?(.*?)\?=/gi, (_, kind: string, word: string) =>
			(kind.toUpperCase() === 'B'
				? Buffer.from(word, 'base64')
				: Buffer.from(quoted(word.replaceAll('_', ' ')), 'latin1')
			).toString('utf8'),
		);
}

/** A browser that subscribed: it alone can read what comes (RFC 8291). */
export class Browser {
	readonly #pair = createECDH('prime256v1');
	readonly #auth = randomBytes(16);

	constructor() {
		this.#pair.generateKeys();
	}

	/** What it tells the house, as `PushSubscription.toJSON` gives it. */
	subscription(endpoint: string) {
		return {
			endpoint,
			keys: { p256dh: this.#pair.getPublicKey().toString('base64url'), auth: this.#auth.toString('base64url') },
		};
	}

	/** Reads a message (RFC 8188, section 2, and RFC 8291, section 3.4). Throws where it isn't meant for it. */
	read(body: Buffer): Record<string, unknown> {
		const [salt, keyLength] = [body.subarray(0, 16), body.readUInt8(20)];
		const theirs = body.subarray(21, 21 + keyLength);
		const sealed = body.subarray(21 + keyLength);
		const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#pair.getPublicKey(), theirs]);
		const shared = hkdfSync('sha256', this.#pair.computeSecret(theirs), this.#auth, info, 32);
		const derived = (what: string, bytes: number): Buffer =>
			Buffer.from(hkdfSync('sha256', Buffer.from(shared), salt, `Content-Encoding: ${what}\0`, bytes));
		const cipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
		cipher.setAuthTag(sealed.subarray(-16));
		const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
		return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString()) as Record<string, unknown>;
	}
}

/** What a push service learns of the sender (RFC 8292): its claims, signed with the key that it names. Throws where it isn't. */
export function vapidOf(authorization = ''): { readonly key: string; readonly claims: Record<string, unknown> } {
	const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
	const [head = '', claims = '', signature = ''] = token.split('.');
	const point = Buffer.from(key, 'base64url');
	const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
	const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
	const signed = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
	if (!verify('sha256', Buffer.from(`${head}.${claims}`), signed, Buffer.from(signature, 'base64url')))
		throw new Error('signed with another key');
	return { key, claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown> };
}
