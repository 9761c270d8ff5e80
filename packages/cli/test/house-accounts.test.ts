import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { HouseAccounts } from '../src/house-accounts.ts';
import { houseSchema } from '../src/schema.ts';

const PASSWORD = 'right horse battery';
const LOOK_MS = 500;
const { broker } = houseSchema.parse({});

describe('the accounts that the services of a process share', function () {
	this.timeout(20_000);
	const folder = temporaryDirectory();
	let clock: VirtualClock;
	let shared: HouseAccounts;
	const never = (error: unknown): void => expect.fail(`a service was failed: ${String(error)}`);
	const elsewhere = async (change: (accounts: Accounts) => Promise<void>): Promise<void> => {
		const path = join(folder.path, 'accounts.db');
		const accounts = await Accounts.open({ path, log: silentLog, clock: new VirtualClock() });
		await change(accounts).finally(() => accounts.close());
	};

	beforeEach(async () => {
		clock = new VirtualClock();
		shared = new HouseAccounts({ dataDir: folder.path, broker }, silentLog, clock);
		await elsewhere((accounts) => accounts.addPerson('camille', 'resident', PASSWORD));
	});
	afterEach(() => {
		expect(clock.pending, 'the file is closed with the last who has it').to.equal(0);
	});

	it('are open once, until the last has given them back', async () => {
		const [broker, web] = await Promise.all([shared.lend(never), shared.lend(never)]);
		expect(clock.pending, 'one look at the file').to.equal(1);
		await broker.close();
		await broker.close();
		expect((await web.signIn('camille', PASSWORD, '192.0.2.1')).kind).to.equal('signed_in');
		await web.close();
		const again = await shared.lend(never);
		expect(await again.stampOf('camille')).to.be.a('string');
		await again.close();
	});

	it('tell each that has them who changed, and none that gave them back', async () => {
		const told: string[] = [];
		const loans = await Promise.all(['broker', 'web', 'gone'].map(() => shared.lend(never)));
		for (const [index, loan] of loans.entries()) loan.onChange((names) => told.push(`${index} ${names.join()}`));
		await loans[2]?.close();
		await elsewhere((accounts) => accounts.setRole('camille', 'viewer'));
		clock.advance(LOOK_MS);
		// Answered in order: once these are, so is the look before them.
		for (let turn = 0; turn < 3; turn += 1) await loans[0]?.stampOf('camille');
		expect(told).to.deep.equal(['0 camille', '1 camille']);
		await Promise.all(loans.map((loan) => loan.close()));
	});

	it('are opened anew by who comes after an opening that failed', async () => {
		const nowhere = new HouseAccounts({ dataDir: '/dev/null/nowhere', broker }, silentLog, clock);
		for (let attempt = 0; attempt < 2; attempt += 1) {
			const error = await nowhere.lend(never).catch((failed: unknown) => failed);
			expect(error)
				.to.have.property('code')
				.that.matches(/^DATABASE_/);
		}
	});
});
