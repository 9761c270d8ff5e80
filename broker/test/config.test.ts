import { expect } from 'chai';
import { brokerConfig, configuredAccounts, hashSecret } from '../src/index.ts';

describe('broker configuration', () => {
	it('is closed to the network and to anonymous clients unless told otherwise', () => {
		const defaults = { host: '127.0.0.1', port: 1883, wsPort: 9001, anonymous: false, accounts: [] };
		expect(brokerConfig.parse({})).to.deep.equal(defaults);
	});

	it('hashes the secrets of accounts', () => {
		const config = brokerConfig.parse({ accounts: [{ name: 'ha', password: 'secret' }] });
		expect(configuredAccounts(config)).to.deep.equal([{ name: 'ha', secretHash: hashSecret('secret') }]);
	});

	it('refuses an account with two secrets, none, or a name that another has, and what is no port', () => {
		const account = { name: 'ha', password: 'secret' };
		for (const wrong of [
			{ accounts: [{ name: 'ha' }] },
			{ accounts: [{ ...account, passwordFile: 'x' }] },
			{ accounts: [account, account] },
			{ port: 65536 },
			{ wsPort: -1 },
			{ ports: 1883 },
		]) {
			expect(brokerConfig.safeParse(wrong).success, JSON.stringify(wrong)).to.equal(false);
		}
	});
});
