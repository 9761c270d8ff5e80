import { expect } from 'chai';
import { hearMachine, type Machines, sampleOf, sortedMachines, watchStep } from '../src/core/machines.ts';
import { at, T0 } from './messages.ts';

const state = {
	...{ at: at(T0), name: 'Attic', system: 'Linux 6', architecture: 'arm64', cores: 4, bootedAt: at(T0), history: true },
	...{ cpuPercent: 3, load: 0.1, memory: { totalBytes: 10, usedBytes: 5 }, disks: [] },
};
const message = (topic: string, value?: unknown, heardMs = T0) => ({
	...{ topic: `pilotwire/home/${topic}`, heardMs, retained: true },
	payload: new TextEncoder().encode(
		value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
	),
});
const after = (...messages: ReturnType<typeof message>[]): Machines =>
	messages.reduce((machines, one) => hearMachine(machines, 'home', one), new Map() as Machines);

describe('the machines of a bus', () => {
	it('are known by what they say and by whether they are there', () => {
		const machines = after(message('hosts/attic/state', state), message('hosts/attic/status', 'offline', T0 + 5));
		expect(machines.get('attic')).to.deep.include({ status: 'offline', heardMs: T0 });
		expect(machines.get('attic')?.state?.name).to.equal('Attic');
	});

	it('keep what was known where a word is malformed, and go when the bus forgets them', () => {
		const known = after(message('hosts/attic/state', state), message('hosts/attic/state', '{"cpuPercent":'));
		expect(known.get('attic')?.state?.cores).to.equal(4);
		const gone = hearMachine(known, 'home', message('hosts/attic/state'));
		expect(gone.size).to.equal(0);
	});

	it('ignore what is about something else', () => {
		const machines = after(message('hosts/attic/state', state));
		expect(hearMachine(machines, 'home', message('circuits/salon/state', state))).to.equal(machines);
		expect(hearMachine(machines, 'elsewhere', message('hosts/b/state', state))).to.equal(machines);
		expect(sampleOf('home', 'attic', message('hosts/attic/log', '{}'))).to.equal(undefined);
	});

	it('are listed by the names that people read', () => {
		const machines = after(message('hosts/z/state', state), message('hosts/b/status', 'online'));
		expect(sortedMachines(machines).map(([id]) => id)).to.deep.equal(['z', 'b']);
	});
});

describe('a watch', () => {
	const nowMs = T0;
	const step = (changes: Partial<Parameters<typeof watchStep>[0]>) =>
		watchStep({ wanted: true, hiddenSinceMs: undefined, saidMs: undefined, nowMs, ...changes });

	it('is said at once and again every ten seconds', () => {
		expect(step({})).to.equal('watch');
		expect(step({ saidMs: nowMs - 9_999 })).to.equal(undefined);
		expect(step({ saidMs: nowMs - 10_000 })).to.equal('watch');
	});

	it('goes on for half a minute on a page that nobody sees, and then ends', () => {
		expect(step({ saidMs: nowMs - 10_000, hiddenSinceMs: nowMs - 29_999 })).to.equal('watch');
		expect(step({ saidMs: nowMs - 1, hiddenSinceMs: nowMs - 30_000 })).to.equal('unwatch');
		expect(step({ hiddenSinceMs: nowMs - 60_000 })).to.equal(undefined);
	});

	it('ends once when nobody wants it any more', () => {
		expect(step({ wanted: false, saidMs: nowMs - 1 })).to.equal('unwatch');
		expect(step({ wanted: false })).to.equal(undefined);
	});
});
