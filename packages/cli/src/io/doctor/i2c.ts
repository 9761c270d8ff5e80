import { I2cPort } from '@pilotwire/radiator-actuator';
import { type Lock, messageOf, PilotwireError, systemCodeOf, takeLock } from '@pilotwire/runtime';
import type { FindingCode } from '../../doctor/codes.ts';
import type { ChipAnswer, I2cFacts } from '../../doctor/i2c.ts';
import type { Live } from './live.ts';

/** Addresses that an MCP23017 may have. */
const ADDRESSES = [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27] as const;
/** IOCON, which an MCP23017 shows at both of its addresses (DS20001952, table 3-5), and which of its bits are always 0. */
const [IOCON_A, IOCON_B, NEVER_SET] = [0x0a, 0x0b, 0x01];

/** What is known of the bus of the boards. Only reads; asks nothing of chips while the radiator-actuator has the bus. */
export async function i2cFacts(
	bus: number,
	wanted: readonly number[],
	live: Pick<Live, 'online' | 'boards'> | undefined,
): Promise<I2cFacts> {
	const facts: I2cFacts = { bus, wanted, device: 'there', answers: new Map() };
	if (live?.online.has('radiator-actuator') === true) return { ...facts, reported: [...live.boards.values()] };
	let lock: Lock | undefined;
	try {
		lock = await takeLock(`i2c-${bus}`, `the I2C bus ${bus}`, 'radiator-actuator');
		return { ...facts, answers: await askAll(new I2cPort(bus)) };
	} catch (error) {
		if (error instanceof PilotwireError && error.code === 'LOCK_HELD') return { ...facts, isTaken: true };
		const code = systemCodeOf(error);
		if (code === 'ENOENT') return { ...facts, device: 'missing' };
		if (code === 'EACCES' || code === 'EPERM') return { ...facts, device: 'forbidden' };
		return { ...facts, problem: problemOf(error) };
	} finally {
		await lock?.release();
	}
}

function problemOf(error: unknown): NonNullable<I2cFacts['problem']> {
	if (error instanceof PilotwireError) return { code: error.code, found: error.received, todo: error.action };
	const code: FindingCode = 'I2C_UNUSABLE';
	return { code, found: messageOf(error), todo: 'dmesg | grep i2c' };
}

/** Rejects where the bus itself can't be used. */
async function askAll(port: I2cPort): Promise<Map<number, ChipAnswer>> {
	const answers = new Map<number, ChipAnswer>();
	try {
		await port.open();
		for (const address of ADDRESSES) answers.set(address, await ask(port, address));
		return answers;
	} finally {
		await port.close().catch(() => undefined);
	}
}

async function ask(port: I2cPort, address: number): Promise<ChipAnswer> {
	try {
		const [first, second] = [await port.read(address, IOCON_A), await port.read(address, IOCON_B)];
		return first === second && (first & NEVER_SET) === 0 ? 'board' : 'other';
	} catch (error) {
		const code = systemCodeOf(error);
		if (code === 'EBUSY') return 'taken';
		if (TRANSFERS.includes(code)) return 'silent';
		throw error;
	}
}

/** How a transfer fails that nobody answered. */
const TRANSFERS: readonly string[] = ['ENXIO', 'EREMOTEIO', 'EIO', 'ETIMEDOUT', 'EAGAIN'];
