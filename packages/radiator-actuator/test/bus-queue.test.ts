import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { BusQueue } from '../src/core/bus-queue.ts';
import { settle } from './actuator.ts';

interface Transfer {
	readonly name: string;
	answer(value: number): void;
}

/** A bus whose transfers end when the test says so. */
function slowBus() {
	const transfers: Transfer[] = [];
	const begin = (name: string): Promise<number> =>
		new Promise((answer) => {
			transfers.push({ name, answer });
		});
	const port = {
		read: (address: number, register: number) => begin(`read ${address} ${register}`),
		write: async (address: number, register: number) => {
			await begin(`write ${address} ${register}`);
		},
	};
	const told: string[] = [];
	const clock = new VirtualClock();
	const queue = new BusQueue(port, clock, { hung: () => told.push('hung'), free: () => told.push('free') });
	return { queue, transfers, told, clock, names: () => transfers.map(({ name }) => name) };
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		(value) => value,
		(error: unknown) => (error as { code?: unknown }).code,
	);

describe('bus queue', () => {
	it('has one transfer under way at a time, and writes go before reads', async () => {
		const { queue, transfers, names, clock } = slowBus();
		const reads = [queue.read(1, 1), queue.read(1, 2)];
		const write = queue.write(1, 3, 0);
		expect(names()).to.deep.equal(['read 1 1']);
		transfers[0]?.answer(7);
		await settle();
		expect(names()).to.deep.equal(['read 1 1', 'write 1 3']);
		transfers[1]?.answer(0);
		await settle();
		transfers[2]?.answer(8);
		expect(await Promise.all([...reads, write])).to.deep.equal([7, 8, undefined]);
		expect(clock.pending).to.equal(0);
	});

	it('a write on an idle bus begins before the call returns', () => {
		const { queue, names } = slowBus();
		void queue.write(1, 3, 0);
		expect(names()).to.deep.equal(['write 1 3']);
	});

	it('a transfer that hangs rejects with all that wait, and nothing more begins until it returns', async () => {
		const { queue, transfers, told, clock, names } = slowBus();
		const waiting = [code(queue.write(1, 1, 0)), code(queue.read(1, 2)), code(queue.write(2, 3, 0))];
		clock.advance(999);
		expect(told).to.deep.equal([]);
		clock.advance(1);
		expect(await Promise.all(waiting)).to.deep.equal(['I2C_BUS_HUNG', 'I2C_BUS_HUNG', 'I2C_BUS_HUNG']);
		expect(await code(queue.write(2, 3, 0))).to.equal('I2C_BUS_HUNG');
		expect(names()).to.deep.equal(['write 1 1']);
		expect(queue.hung).to.equal(true);
		transfers[0]?.answer(0);
		await settle();
		expect(told).to.deep.equal(['hung', 'free']);
		expect(queue.hung).to.equal(false);
		const read = queue.read(1, 9);
		transfers[1]?.answer(5);
		expect(await read).to.equal(5);
	});
});
