import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { need, type Part, program } from '@pilotwire/test/parts';
import { noProcessLeft, startProgram } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { BusHealth } from '../src/bus-health.ts';
import { readHouse } from '../src/config.ts';
import { tellSystemd } from '../src/io/systemd.ts';
import { busWorks, keepAlive } from '../src/watchdog.ts';

const accepted = { kind: 'accepted' } as const;
const away = { kind: 'away', problem: 'ECONNREFUSED' } as const;
const systemdNotify: Part = {
	...{ name: 'systemd-notify', obtain: 'apt-get install systemd' },
	present: () => spawnSync('systemd-notify', ['--version'], { stdio: 'ignore' }).status === 0,
};

describe('the watchdog', () => {
	describe('of the bus', () => {
		const service = (lostForMs: number, answer: typeof accepted | typeof away): Promise<boolean> =>
			busWorks({ isBroker: false, lostForMs: () => lostForMs, ask: async () => answer });

		it('blames a service whose connection stays away although the broker lets others in', async () => {
			expect(await service(61_000, accepted)).to.equal(false);
			expect(await service(59_000, accepted)).to.equal(true);
		});

		it('never kills a service for a broker that is away: its fallback protects the house', async () => {
			expect(await service(3_600_000, away)).to.equal(true);
		});

		it('blames a broker that keeps its own connection waiting', async () => {
			const broker = (lostForMs: number): Promise<boolean> =>
				busWorks({ isBroker: true, lostForMs: () => lostForMs, ask: async () => accepted });
			expect(await broker(11_000)).to.equal(true);
			expect(await broker(13_000)).to.equal(false);
		});

		it('knows for how long a connection has been away, from its start to its stop', async () => {
			const clock = new VirtualClock();
			const hub = new MemoryHub();
			const health = new BusHealth(clock);
			const transport = health.watch(hub.transport());
			const events = { connected: () => {}, disconnected: () => {}, message: () => {} };
			expect(health.lostForMs).to.equal(0);
			hub.down();
			transport.start(events, { name: 'a', payload: 'offline', qos: 1, retain: true });
			await clock.advance(5_000);
			expect(health.lostForMs).to.equal(5_000);
			hub.up();
			await clock.advance(1_000);
			expect(health.lostForMs).to.equal(0);
			hub.down();
			await clock.advance(2_000);
			expect(health.lostForMs).to.be.within(1_000, 2_000);
			await transport.stop();
			expect(health.lostForMs).to.equal(0);
		});
	});

	it('says that it lives as long as all works, and falls silent for what fails or is never answered', async () => {
		const clock = new VirtualClock();
		let said = 0;
		const count = async (): Promise<void> => {
			said += 1;
		};
		const pass = async (times: number): Promise<void> => {
			for (let time = 0; time < times; time += 1) {
				await clock.advance(10_000);
				await new Promise(setImmediate);
			}
		};
		let works: () => Promise<boolean> = async () => true;
		const timer = keepAlive(clock, 10_000, () => works(), count);
		await pass(3);
		expect(said).to.equal(3);
		works = async () => false;
		await pass(3);
		works = () => Promise.reject(new Error('x'));
		await pass(1);
		expect(said).to.equal(3);
		timer.cancel();
		said = 0;
		const hung = keepAlive(clock, 10_000, () => new Promise(() => {}), count);
		await pass(6);
		expect(said).to.equal(0);
		hung.cancel();
	});

	describe('at systemd', () => {
		const directory = temporaryDirectory();
		noProcessLeft();

		it('says by systemd-notify that it is ready, then that it lives', async function () {
			this.timeout(60_000);
			need(this, systemdNotify, program('python3', 'apt-get install python3'));
			const [socket, config] = [join(directory.path, 'notify'), { dataDir: join(directory.path, 'data') }];
			mkdirSync(config.dataDir);
			const listen =
				'import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("bound",flush=True)\nwhile True: print(s.recv(4096).decode().replace("\\n"," "),flush=True)';
			const systemd = startProgram('python3', ['-c', listen, socket]);
			await systemd.line('bound', { withinMs: 30_000 });
			const house = { ...(await readHouse({})), ...config };
			const what = { house, services: ['load-shedder'], health: new BusHealth(new VirtualClock()), log: silentLog };
			expect(await tellSystemd(what, {})).to.equal(undefined);
			expect(await tellSystemd(what, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1', WATCHDOG_PID: '1' })).to.equal(
				undefined,
			);
			await systemd.line(/READY=1 .*STATUS=load-shedder|STATUS=load-shedder.* READY=1/, { withinMs: 30_000 });
			const pinging = await tellSystemd(what, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '150000' });
			try {
				const mark = systemd.mark();
				await systemd.line('WATCHDOG=1', { from: mark, withinMs: 30_000 });
				await systemd.line('WATCHDOG=1', { from: systemd.mark(), withinMs: 30_000 });
			} finally {
				pinging?.cancel();
			}
			await systemd.kill();
		});
	});
});
