import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { exitCodes, PilotwireError, takeLock } from '../src/index.ts';

const name = `test-${process.pid}`;

describe('an exclusive lock', () => {
	it('is held by one at a time, and the second is told what to do', async () => {
		const lock = await takeLock(name, 'I2C bus 1', 'radiator-actuator');
		const refused: unknown = await takeLock(name, 'I2C bus 1', 'radiator-actuator').catch((error: unknown) => error);
		await lock.release();
		expect(refused).to.be.instanceOf(PilotwireError);
		expect(refused).to.include({ code: 'LOCK_HELD', exitCode: exitCodes.temporary });
		expect((refused as Error).message).to.include('I2C bus 1 in use by another radiator-actuator');
		const again = await takeLock(name, 'I2C bus 1', 'radiator-actuator');
		await again.release();
	});

	it('is free again when its holder was killed', async () => {
		const script = `require('net').createServer().listen('\\0pilotwire/${name}', () => console.log('held'))`;
		const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		await once(holder.stdout, 'data');
		const refused: unknown = await takeLock(name, 'the port', 'meter-reader').catch((error: unknown) => error);
		expect(refused).to.include({ code: 'LOCK_HELD' });
		holder.kill('SIGKILL');
		await once(holder, 'exit');
		await (await takeLock(name, 'the port', 'meter-reader')).release();
	});
});
