// Devices that know nothing of this project: a good one in Python, a bad one in C over a bare socket; real accounts.
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { nativeProgram } from '@pilotwire/test/native-build';
import { openssl, selfSigned } from '@pilotwire/test/openssl';
import { gcc, need, PYTHON, pythonWebsockets } from '@pilotwire/test/parts';
import { noProcessLeft, type Process, startProgram } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Rig } from './support/rig.ts';

const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
const here = (name: string): string => new URL(`support/${name}`, import.meta.url).pathname;

describe('a device in Python', function () {
	this.timeout(60_000);
	before(function () {
		need(this, pythonWebsockets);
	});
	const folder = temporaryDirectory();
	noProcessLeft();
	let rig: Rig;
	afterEach(() => rig.stop());

	it('signs in, reports, is told and answers, over plain WebSocket and over TLS', async function () {
		need(this, openssl);
		const tls = selfSigned(folder.path);
		rig = await new Rig(folder.path, { tls: { ...tls, port: 0 } }).start();
		await rig.accounts.addMachine('device', 'cellar', 'box');
		const call = rig.caller();
		for (const url of [`ws://127.0.0.1:${rig.port}/`, `wss://127.0.0.1:${rig.securePort}/`]) {
			const args = [here('device.py'), url, 'cellar', "cellar's password", tls.certFile];
			const device = startProgram(PYTHON, url.startsWith('wss') ? args : args.slice(0, -1));
			await device.line('ready', { withinMs: 30_000 });
			device.write('charging\n');
			await until('it reports', () => rig.state('cellar')?.status === 'charging');
			expect(rig.state('cellar')?.telemetry?.values).to.deep.equal({ temperature: 21.5, 'door.open': false });
			const answer = await call('device.command', { devices: ['cellar'], command: 'open', value: 'half', waitS: 20 });
			expect(answer).to.deep.include({ outcomes: [{ device: 'cellar', outcome: 'acknowledged' }] });
			await device.line('{"command":"open","value":"half"}');
			device.endInput();
			await device.ended;
			await until('it is gone', () => rig.status('cellar') === 'offline');
		}
	});

	it('is told that its password is wrong', async () => {
		rig = await new Rig(folder.path).start();
		const device = startProgram(PYTHON, [here('device.py'), `ws://127.0.0.1:${rig.port}/`, 'cellar', 'wrong']);
		await device.line('{"error":"unauthorized"}', { withinMs: 30_000 });
		await device.line('closed');
		device.endInput();
		await device.ended;
	});
});

describe('a bad device in C', function () {
	this.timeout(SOAK ? 900_000 : 120_000);
	before(function () {
		need(this, gcc);
	});
	const folder = temporaryDirectory();
	noProcessLeft();
	let rig: Rig;
	let accounts: Accounts;
	let secret: string;

	const bad = (...what: (string | number)[]): Process =>
		startProgram(nativeProgram('bad_device'), [rig.port, ...what].map(String));
	const told = async (...what: (string | number)[]): Promise<string[]> => {
		const process = bad(...what);
		await process.ended;
		return process.lines.map(({ text }) => text);
	};
	/** Somebody else, who notices nothing. */
	const others = async (): Promise<void> => {
		const startMs = performance.now();
		const device = (await rig.device()).signIn('good', secret);
		device.say({ type: 'telemetry', startMs });
		await until('the good one is heard', () => rig.state('good')?.telemetry?.values['startMs'] === startMs);
		device.ws.close();
	};

	beforeEach(async () => {
		const path = join(folder.path, 'accounts.db');
		accounts = await Accounts.open({ path, log: silentLog, clock: systemClock });
		({ secret } = await accounts.addMachine('device', 'good'));
		rig = await new Rig(
			folder.path,
			{ authTimeoutS: 1, maxMessageBytes: 4_096 },
			undefined,
			undefined,
			accounts,
		).start();
	});
	afterEach(async () => {
		await others();
		await rig.stop();
	});

	it('in fragments of one byte, with pings between, is a device like any other', async () => {
		expect(await told('fragments', 'good', secret)).to.deep.equal(['sent']);
		await until('it was heard', () => rig.state('good')?.telemetry?.values['n'] === 1);
	});

	it('is cut off where its message is too large, sent or announced', async () => {
		expect((await told('giant', 100_000)).at(-1)).to.be.oneOf(['close 1009', 'closed']);
		expect((await told('announced')).at(-1)).to.be.oneOf(['close 1009', 'closed']);
	});

	it('is told to sign in where it sends no JSON, and cut off where it sends no UTF-8 or no mask', async () => {
		const early = '{"error":"auth_required"}';
		expect(await told('malformed')).to.deep.equal([early, early, early, early, 'close 1007']);
		expect((await told('unmasked')).at(-1)).to.be.oneOf(['close 1002', 'closed']);
		expect(await told('garbage')).to.deep.equal(['closed']);
	});

	it('is cut off where it floods the gateway with pings', async () => {
		expect((await told('pings', 200_000)).at(-1)).to.be.oneOf(['close 4408', 'closed']);
	});

	it('is told so often that it must sign in, and then cut off', async () => {
		const answers = await told('early', 50);
		expect(answers).to.deep.equal([...Array(20).fill('{"error":"auth_required"}'), 'close 1008']);
	});

	it('is cut off where it is silent, before or after the handshake', async () => {
		expect(await told('silence', 60)).to.deep.equal(['close 4408']);
		expect(await told('idle', 60)).to.deep.equal(['closed']);
	});

	it('guesses a password, and nobody else has to wait', async () => {
		await accounts.import([{ principal: { kind: 'device', name: 'old' }, secret: { password: 'old password' } }]);
		const count = SOAK ? 10_000 : 1_500;
		const guessing = bad('guess', count, 'old');
		while (guessing.alive) await others();
		await guessing.ended;
		const [, unauthorized, putOff, other] =
			/unauthorized (\d+), put off (\d+), other (\d+)/.exec(guessing.lines.at(-1)?.text ?? '') ?? [];
		expect(Number(unauthorized) + Number(putOff), guessing.text()).to.equal(count);
		// Few were looked at: whoever guesses waits.
		expect(Number(unauthorized)).to.be.within(1, 40);
		expect(other).to.equal('0');
	});
});
