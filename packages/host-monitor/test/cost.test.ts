import { Bus, createContext, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { HostMonitor, hostMonitorSections } from '../src/index.ts';
import { ThisMachine } from '../src/io/machine.ts';
import { Sysfs } from '../src/io/sysfs.ts';

const MINUTES = 120;
/** The promise is 1 % of a core. */
const MOST_SHARE = 0.002;

describe('what the host monitor costs', () => {
	it('is next to nothing while nobody watches: this very machine, read for two hours', async () => {
		const clock = new VirtualClock();
		const hub = new MemoryHub();
		const machine = new ThisMachine(new Sysfs());
		let read = (): void => undefined;
		const figures = async (): ReturnType<typeof machine.figures> => {
			const all = await machine.figures();
			setImmediate(() => read());
			return all;
		};
		const outside = {
			machine: { identity: () => machine.identity(), cores: () => machine.cores(), figures },
			readActivity: () => Promise.reject(new Error('nobody watches')),
		};
		const failures: unknown[] = [];
		const context = createContext('host-monitor', silentLog, clock, (error) => failures.push(error));
		const config = { host: hostMonitorSections.host.parse({ id: 'attic' }) };
		const monitor = new HostMonitor(context, new Bus(context, 'home', hub.transport()), config, outside);
		await monitor.start();
		const before = process.cpuUsage();
		for (let minute = 0; minute < MINUTES; minute += 1) {
			const done = new Promise<void>((resolve) => {
				read = resolve;
			});
			clock.advance(60_000);
			await done;
		}
		const { user, system } = process.cpuUsage(before);
		await monitor.stop();
		context.end();
		expect(failures).to.deep.equal([]);
		const said = hub.published.filter(({ name }) => name.endsWith('/hosts/attic/state'));
		expect(said).to.have.length.within(MINUTES, MINUTES + 1);
		const share = (user + system) / (MINUTES * 60_000_000);
		expect(share).to.be.below(MOST_SHARE);
		if (process.env['PILOTWIRE_FIGURES'] !== undefined) {
			process.stdout.write(
				`      ${(share * 100).toFixed(4)} % of a core, ${Math.round((user + system) / MINUTES)} µs a minute\n`,
			);
		}
	});
});
