import { expect } from 'chai';
import { roleAccounts, webSections } from '../src/config.ts';

describe('The web section', () => {
	const faultsOf = (web: object) =>
		webSections.web.safeParse(web).error?.issues.map(({ path }) => path.join('.')) ?? [];

	it('has defaults that need no file', () => {
		const { enabled, host, port, trustProxy, origins, session } = webSections.web.parse(undefined);
		expect({ enabled, host, port, trustProxy, origins, session }).to.deep.equal({
			...{ enabled: true, host: '127.0.0.1', port: 8080, trustProxy: [], origins: [] },
			session: { idleDays: 30, maxDays: 180 },
		});
	});

	it('takes addresses and ranges of proxies, and whole origins, and nothing like them', () => {
		expect(faultsOf({ trustProxy: ['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8'] })).to.deep.equal([]);
		expect(faultsOf({ trustProxy: ['true', '10.0.0.0/99', 'nginx'] })).to.deep.equal(
			[0, 1, 2].map((n) => `trustProxy.${n}`),
		);
		expect(faultsOf({ origins: ['https://home.example.org', 'http://10.0.0.7:8123'] })).to.deep.equal([]);
		expect(faultsOf({ origins: ['*', 'https://a.org/', 'ftp://a.org', 'null'] })).to.have.length(4);
		expect(
			faultsOf({ otherBrokers: ['ws://192.168.1.20:9001', 'wss://b.example.org', 'ws://[fd00::1]:9001'] }),
		).to.deep.equal([]);
		const notOrigins = [
			'http://a.org',
			'ws://a.org/mqtt',
			"ws://a.org; script-src 'unsafe-inline'",
			'ws://*',
			'ws:',
			'a:1',
		];
		expect(faultsOf({ otherBrokers: notOrigins })).to.have.length(notOrigins.length);
		expect(faultsOf({ brokerAccounts: { guest: { username: 'x', passwordFile: 'y' } } })).to.deep.equal([
			'brokerAccounts',
		]);
	});

	it('says which password file is missing', () => {
		const brokerAccounts = { admin: { username: 'x', passwordFile: '/nowhere/at-all' } };
		expect(() => roleAccounts({ brokerAccounts })).to.throw(/SECRET_UNREADABLE.*\/nowhere\/at-all/);
	});
});
