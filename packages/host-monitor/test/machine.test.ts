import { decodePayload, encodePayload, topics } from '@pilotwire/contract';
import { expect } from 'chai';
import { readActivity, Sysfs, ThisMachine } from '../src/index.ts';

describe('this very machine', () => {
	const machine = new ThisMachine(new Sysfs());

	it('gives figures that the bus takes', async () => {
		const { upS, ...identity } = await machine.identity();
		const at = '2026-01-15T17:00:00.000Z';
		const state = {
			at,
			name: 'here',
			bootedAt: at,
			history: true,
			...identity,
			cpuPercent: 0,
			...(await machine.figures()),
		};
		const decoded = decodePayload(topics.host, Buffer.from(encodePayload(topics.host, state)));
		expect(decoded).to.include({ ok: true });
		expect(upS).to.be.greaterThan(0);
		expect(machine.cores()).to.have.length(identity.cores);
	});

	it('lists its processes, this one among them, within the bound', async () => {
		const all = await readActivity(10_000);
		const mine = all.processes.find(({ pid }) => pid === process.pid);
		expect(mine?.memoryBytes).to.be.greaterThan(10_000_000);
		expect((await readActivity(3)).processes).to.have.length(3);
		const sample = {
			at: '2026-01-15T17:00:00.000Z',
			everyS: 1,
			cpuPercent: 0,
			coresPercent: [0],
			...(await machine.figures()),
			...all,
		};
		expect(decodePayload(topics.hostLog, Buffer.from(encodePayload(topics.hostLog, sample)))).to.include({ ok: true });
	});
});
