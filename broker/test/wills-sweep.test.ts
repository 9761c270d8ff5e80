import { expect } from 'chai';
import { Bench, Inbox } from './support/clients.ts';

/** How often Aedes looks for wills of brokers that are gone: four of its heartbeats. Milliseconds. */
const SWEEP_MS = 240_000;

describe('the will of a client that stays', () => {
	const bench = new Bench();
	const real = globalThis.setInterval;
	afterEach(async () => {
		globalThis.setInterval = real;
		await bench.close();
	});

	it('is not said by the sweep of Aedes, which takes it for one of a broker that is gone', async () => {
		const sweeps: (() => void)[] = [];
		globalThis.setInterval = ((action: () => void, ms: number) => {
			if (ms === SWEEP_MS) sweeps.push(action);
			return real(action, ms);
		}) as typeof setInterval;
		const broker = await bench.broker();
		globalThis.setInterval = real;
		const listener = await bench.client(broker);
		const inbox = new Inbox(listener);
		await listener.subscribeAsync('#');
		const will = { topic: 'services/reader/status', payload: Buffer.from('offline'), qos: 1, retain: true } as const;
		const reader = await bench.client(broker, { will });
		expect(sweeps, 'Aedes sweeps at another rhythm now').to.have.length(1);
		for (const sweep of sweeps) sweep();
		await reader.publishAsync('still/here', 'yes', { qos: 1 });
		await reader.publishAsync('still/here', 'and yes', { qos: 1 });
		await inbox.until((all) => all.length === 2);
		expect(inbox.all.map(({ text }) => text)).to.deep.equal(['yes', 'and yes']);
		reader.stream.destroy();
		await inbox.until((all) => all.length === 3);
		expect(inbox.all[2]).to.include({ topic: 'services/reader/status', text: 'offline' });
	});
});
