import type { IncomingMessage } from 'node:http';
import { TrustedProxies } from '@pilotwire/runtime';
import { expect } from 'chai';

describe('trusted proxies', () => {
	const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
	const asked = (remoteAddress: string, headers: IncomingMessage['headers']) =>
		({ socket: { remoteAddress }, headers }) as IncomingMessage;
	const clientOf = (peer: string, forwardedFor?: string) =>
		proxies.clientOf(asked(peer, forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }));

	it('name the client, whatever it claims itself', () => {
		expect(clientOf('127.0.0.1', '203.0.113.7')).to.equal('203.0.113.7');
		expect(clientOf('::ffff:127.0.0.1', '2001:db8::7')).to.equal('2001:db8::7');
		// What the client wrote stands before what the proxy added.
		expect(clientOf('127.0.0.1', '192.0.2.1, 203.0.113.7')).to.equal('203.0.113.7');
		// A second proxy behind the first.
		expect(clientOf('127.0.0.1', '192.0.2.1, 203.0.113.7, 10.1.2.3')).to.equal('203.0.113.7');
	});

	it('are believed alone, and only where they name an address', () => {
		expect(clientOf('203.0.113.7', '192.0.2.1')).to.equal('203.0.113.7');
		expect(clientOf('127.0.0.1')).to.equal('127.0.0.1');
		expect(clientOf('127.0.0.1', '')).to.equal('127.0.0.1');
		expect(clientOf('127.0.0.1', '203.0.113.7, unknown')).to.equal('127.0.0.1');
		expect(new TrustedProxies([]).clientOf(asked('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }))).to.equal(
			'127.0.0.1',
		);
	});

	it('say by which address the browser came', () => {
		const told = { host: 'inside:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'home.example.org:8443' };
		expect(proxies.ownOrigin(asked('10.0.0.9', told))).to.equal('https://home.example.org:8443');
		expect(proxies.ownOrigin(asked('203.0.113.7', told))).to.equal('http://inside:8080');
		expect(proxies.ownOrigin(asked('10.0.0.9', { 'x-forwarded-host': 'no host' }))).to.equal('');
	});
});
