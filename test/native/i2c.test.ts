import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { register, VirtualI2cBus } from '../support/i2c.ts';
import { preload } from '../support/native-build.ts';
import { gcc, i2cBus, need } from '../support/parts.ts';
import { noProcessLeft, type Process, startProgram } from '../support/processes.ts';
import { slowFsync } from '../support/slow-fsync.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The real binding in a process of its own. */
class User {
	readonly process: Process;

	constructor(bus: VirtualI2cBus, number = 1) {
		const env = preload({ UV_THREADPOOL_SIZE: '1' }, bus.env);
		this.process = startProgram(process.execPath, ['test/native/i2c-user.js', String(number)], env);
	}

	ask(method: string, ...args: unknown[]): void {
		this.process.write(`${JSON.stringify([method, ...args])}\n`);
	}

	async call(method: string, ...args: unknown[]): Promise<unknown> {
		const mark = this.process.mark();
		this.ask(method, ...args);
		const { text } = await this.process.line(/^(ok|error) /, { from: mark });
		if (text.startsWith('error ')) throw Object.assign(new Error(), JSON.parse(text.slice(6)));
		return JSON.parse(text.slice(3));
	}

	async fails(method: string, ...args: unknown[]): Promise<NodeJS.ErrnoException> {
		return this.call(method, ...args).then(
			(value) => expect.fail(`${method} gave ${value}`),
			(error: NodeJS.ErrnoException) => error,
		);
	}

	async end(): Promise<void> {
		this.process.endInput();
		await this.process.ended;
	}
}

describe('the virtual I2C bus under the real i2c-bus binding', () => {
	const directory = temporaryDirectory();
	noProcessLeft();
	let bus: VirtualI2cBus;
	const users: User[] = [];

	before(function () {
		need(this, gcc, i2cBus);
	});

	beforeEach(() => {
		bus = VirtualI2cBus.create(directory.path);
	});

	afterEach(async () => {
		bus.setFault('all', undefined);
		for (const user of users.splice(0)) if (user.process.alive) await user.end();
		bus.close();
	});

	const use = async (number = 1): Promise<User> => {
		const user = new User(bus, number);
		users.push(user);
		await user.process.line('ready');
		return user;
	};

	it('has chips that come out of reset with every pin an input', async () => {
		const user = await use();
		expect(await user.call('scan')).to.deep.equal([0x20, 0x21, 0x22]);
		for (let number = 0; number < 0x16; number++) {
			expect(await user.call('readByte', 0x20, number)).to.equal(number < 2 ? 0xff : 0, `register ${number}`);
		}
	});

	it('shows on GPIO what OLAT drives, on outputs only, inverted by IPOL', async () => {
		const user = await use();
		await user.call('writeByte', 0x21, register.OLAT, 0b1010_1010);
		expect(await user.call('readByte', 0x21, register.GPIO)).to.equal(0);
		await user.call('writeByte', 0x21, register.IODIR, 0xf0);
		expect(await user.call('readByte', 0x21, register.GPIO)).to.equal(0b0000_1010);
		await user.call('writeByte', 0x21, register.IPOL, 0xff);
		expect(await user.call('readByte', 0x21, register.GPIO)).to.equal(0b1111_0101);
		await user.call('writeByte', 0x21, register.GPIO, 0x55);
		expect(await user.call('readByte', 0x21, register.OLAT)).to.equal(0x55);
		expect(bus.registers(0x21)[register.GPIO]).to.equal(await user.call('readByte', 0x21, register.GPIO));
		expect(bus.registers(0x20)[register.OLAT]).to.equal(0);
	});

	it('moves its registers when IOCON.BANK is set, as the chip does', async () => {
		const user = await use();
		await user.call('writeByte', 0x20, register.IOCON, 0x80);
		await user.call('writeByte', 0x20, 0x1a, 0x0f);
		expect(bus.registers(0x20)[register.OLAT + 1]).to.equal(0x0f);
		expect(await user.call('readByte', 0x20, 0x05)).to.equal(0x80);
		await user.call('writeByte', 0x20, 0x05, 0x00);
		expect(await user.call('readByte', 0x20, register.OLAT + 1)).to.equal(0x0f);
	});

	it('takes both ports in one word, and all registers in one block', async () => {
		const user = await use();
		await user.call('writeWord', 0x22, register.OLAT, 0x1234);
		expect([...bus.registers(0x22)].slice(register.OLAT)).to.deep.equal([0x34, 0x12]);
		expect(await user.call('readWord', 0x22, register.OLAT)).to.equal(0x1234);
	});

	it('logs each register write in order, dated on the clock of process.hrtime', async () => {
		const user = await use();
		const from = bus.mark();
		const before = process.hrtime.bigint();
		await user.call('writeByte', 0x20, register.OLAT, 3);
		await user.call('writeByte', 0x20, register.IODIR, 0);
		const writes = bus.writes(from);
		expect(writes.map(({ address, register, value, pid }) => ({ address, register, value, pid }))).to.deep.equal([
			{ address: 0x20, register: register.OLAT, value: 3, pid: user.process.pid },
			{ address: 0x20, register: register.IODIR, value: 0, pid: user.process.pid },
		]);
		expect(writes.every(({ atNs }) => atNs > before && atNs < process.hrtime.bigint())).to.equal(true);
	});

	it('wakes a test that waits for a write', async () => {
		const user = await use();
		const written = bus.written((write) => write.register === register.OLAT && write.value === 7);
		user.ask('writeByte', 0x20, register.OLAT, 7);
		expect((await written).address).to.equal(0x20);
	});

	it('keeps its state when its user is killed, and serves two users at once', async () => {
		const [first, second] = [await use(), await use()];
		await first.call('writeByte', 0x20, register.OLAT, 0xaa);
		await first.process.kill('SIGKILL');
		expect(await second.call('readByte', 0x20, register.OLAT)).to.equal(0xaa);
		expect(bus.counters(0x20)).to.include({ resets: 1 });
	});

	it('loses no write of two users that write at the same time', async () => {
		const [first, second] = [await use(), await use()];
		const from = bus.mark();
		for (let turn = 0; turn < 200; turn++) {
			first.ask('writeByte', 0x20, register.OLAT, turn);
			second.ask('writeByte', 0x21, register.OLAT, turn);
		}
		await bus.until('400 writes', () => bus.mark() - from === 400);
		for (const address of [0x20, 0x21]) {
			const values = bus.writes(from).filter((write) => write.address === address);
			expect(values.map((write) => write.value)).to.deep.equal([...Array(200).keys()]);
		}
	});

	it('reports a fault as its errno; EREMOTEIO has no code, only the number and a text', async () => {
		const user = await use();
		for (const error of ['ENXIO', 'EIO', 'ETIMEDOUT'] as const) {
			bus.setFault(0x20, { error });
			expect(await user.fails('readByte', 0x20, 0)).to.include({ code: error });
		}
		bus.setFault(0x20, { error: 'EREMOTEIO' });
		expect(await user.fails('readByte', 0x20, 0)).to.include({ code: '', errno: 121, message: ', Remote I/O error' });
		expect(await user.fails('readByte', 0x30, 0), 'an address without a chip').to.include({ errno: 121 });
		expect(await user.call('readByte', 0x21, 0), 'the other chips').to.equal(0xff);
		bus.setFault(0x20, undefined);
		expect(await user.call('readByte', 0x20, 0)).to.equal(0xff);
		expect(bus.counters(0x20)).to.include({ attempts: 5, failures: 4 });
	});

	it('fails as often, as late and in the direction that was asked for', async () => {
		const user = await use();
		bus.setFault(0x20, { error: 'EIO', on: 'writes', after: 1, times: 1 });
		await user.call('readByte', 0x20, 0);
		await user.call('writeByte', 0x20, register.OLAT, 1);
		expect(await user.fails('writeByte', 0x20, register.OLAT, 2)).to.include({ code: 'EIO' });
		await user.call('writeByte', 0x20, register.OLAT, 3);
		expect(bus.registers(0x20)[register.OLAT]).to.equal(3);
	});

	it('resets between two writes, drifts, and has pins that stick', async () => {
		const user = await use();
		bus.setFault(0x20, { reset: true, after: 1, times: 1 });
		await user.call('writeByte', 0x20, register.OLAT, 0xff);
		await user.call('writeByte', 0x20, register.IODIR, 0);
		expect(bus.registers(0x20)[register.OLAT]).to.equal(0);
		expect(bus.counters(0x20).resets).to.equal(2);
		bus.poke(0x20, register.OLAT, 0x0f);
		bus.stick(0x20, [0x03, 0], [0x01, 0]);
		expect(await user.call('readByte', 0x20, register.GPIO)).to.equal(0x0d);
		bus.stick(0x20, [0, 0], [0, 0]);
		bus.reset(0x20);
		bus.level(0x20, [0x80, 0]);
		expect(await user.call('readByte', 0x20, register.GPIO)).to.equal(0x80);
	});

	it('hangs the whole bus with one transfer, until the fault is taken away', async () => {
		const [first, second] = [await use(), await use()];
		bus.setFault(0x20, { hangMs: 600_000 });
		first.ask('readByte', 0x20, 0);
		await bus.until('transfer that hangs', () => bus.counters(0x20).attempts === 1);
		second.ask('readByte', 0x21, 0);
		const silence = await second.process.line('ok', { withinMs: 50 }).catch((reason: Error) => reason);
		expect(silence).to.be.an('error');
		bus.setFault(0x20, undefined);
		await first.process.line('ok 255');
		await second.process.line('ok 255');
	});

	it('is freed by the death of a user that hangs', async () => {
		const [first, second] = [await use(), await use()];
		bus.setFault(0x20, { hangMs: 600_000, times: 1 });
		first.ask('readByte', 0x20, 0);
		second.ask('readByte', 0x21, 0);
		await first.process.kill('SIGKILL');
		await second.process.line('ok 255');
	});

	it('is another number than the one asked for: no such file', async () => {
		const user = await use(7);
		expect(await user.fails('readByte', 0x20, 0)).to.include({ code: 'ENOENT' });
	});

	it('lets its descriptor be locked against other processes', () => {
		const lock = (fd: number, inner: string) => `exec ${fd}<>/dev/i2c-1 && flock -n ${fd} && ${inner}`;
		const shell = (script: string) => spawnSync('bash', ['-c', script], { env: { ...process.env, ...bus.env } }).status;
		expect(shell(lock(8, 'true'))).to.equal(0);
		expect(shell(lock(9, `bash -c '${lock(8, 'true')}'`)), 'held by the outer shell').to.equal(1);
	});

	it('can be had together with a slow disk', async () => {
		const disk = slowFsync(60, join(directory.path, 'fsyncs'));
		const code = `import fs from 'node:fs'; import i2c from 'i2c-bus';
			const fd = fs.openSync(${JSON.stringify(join(directory.path, 'file'))}, 'w');
			i2c.openSync(1).writeByteSync(0x20, 0x14, 9);
			const start = process.hrtime.bigint(); fs.fsyncSync(fd); fs.fdatasyncSync(fd);
			console.log('took', Number(process.hrtime.bigint() - start) / 1e6);`;
		const env = preload(bus.env, disk.env);
		const user = startProgram(process.execPath, ['--input-type=module', '-e', code], env);
		const { text } = await user.line('took');
		await user.ended;
		expect(Number(text.split(' ')[1])).to.be.at.least(120);
		expect(disk.calls()).to.equal(2);
		expect(bus.registers(0x20)[register.OLAT]).to.equal(9);
	});
});
