import { hashSecret } from '@pilotwire/accounts';
import { expect } from 'chai';
import { brokerConfig, configuredAccounts } from '../src/index.ts';

describe('broker configuration', () => {
	it('is closed to the network and to anonymous clients unless told otherwise', () => {
		const defaults = {
			...{ host: '127.0.0.1', port: 1883, wsPort: 9001, sysIntervalS: 10, hub: false },
			...{ anonymous: false, anonymousRole: 'viewer', accounts: [], trustProxy: [] },
		};
		expect(brokerConfig.parse({})).to.deep.equal(defaults);
	});

	it('serves TLS on the usual ports where it has a certificate', () => {
		const files = { certFile: 'cert.pem', keyFile: 'key.pem' };
		expect(brokerConfig.parse({ tls: files }).tls).to.deep.equal({ ...files, port: 8883, wsPort: 8884 });
	});

	it('hashes the secrets of accounts', () => {
		const boss = { name: 'boss', password: 'x', role: 'admin' };
		const config = brokerConfig.parse({ accounts: [{ name: 'ha', password: 'secret' }, boss] });
		expect(configuredAccounts(config)).to.deep.equal([
			{ principal: { kind: 'person', name: 'ha', role: 'resident' }, secretHash: hashSecret('secret') },
			{ principal: { kind: 'person', name: 'boss', role: 'admin' }, secretHash: hashSecret('x') },
		]);
	});

	it('refuses an account with two secrets, none, or a name that another has, and what is no port', () => {
		const account = { name: 'ha', password: 'secret' };
		for (const wrong of [
			{ accounts: [{ name: 'ha' }] },
			{ accounts: [{ ...account, passwordFile: 'x' }] },
			{ accounts: [account, account] },
			{ accounts: [{ ...account, role: 'owner' }] },
			{ accounts: [{ ...account, name: 'meter-reader' }] },
			{ anonymousRole: 'all' },
			{ port: 65536 },
			{ wsPort: -1 },
			{ ports: 1883 },
			{ tls: { certFile: 'cert.pem' } },
			{ tls: { certFile: 'cert.pem', keyFile: '' } },
		]) {
			expect(brokerConfig.safeParse(wrong).success, JSON.stringify(wrong)).to.equal(false);
		}
	});
});
