import { type HostLog, type HostSet, type HostState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, Metrics, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { HostMonitor, hostMonitorSections, hostPresence, type Outside } from '../src/index.ts';

const parameters = { host: 'attic' };
const STATE = topicName('home', topics.host, parameters);
const LOG = topicName('home', topics.hostLog, parameters);

describe('the host monitor', () => {
	let hub: MemoryHub;
	let clock: VirtualClock;
	let monitor: HostMonitor;
	let end: () => void;
	let metrics: Metrics;
	let looks: number;
	let activity: () => Promise<Awaited<ReturnType<Outside['readActivity']>>>;
	const failures: unknown[] = [];

	const machine: Outside['machine'] = {
		identity: async () => ({ model: 'A Pi', system: 'Linux 6', architecture: 'arm64', cores: 4, upS: 3_600 }),
		cores: () => [{ busy: clock.monotonicMs() / 2, idle: clock.monotonicMs() / 2 }],
		figures: async () => ({ load: 0.5, memory: { totalBytes: 1_000, usedBytes: 400 }, disks: [] }),
	};

	beforeEach(async () => {
		hub = new MemoryHub();
		clock = new VirtualClock();
		looks = 0;
		metrics = new Metrics();
		activity = async () => ({ network: [], processes: [], processCount: 7 });
		const config = { host: hostMonitorSections.host.parse({ id: 'attic', name: 'Attic' }) };
		const context = createContext('host-monitor', silentLog, clock, (error) => failures.push(error), metrics);
		end = () => context.end();
		const bus = new Bus(context, 'home', hub.transport(), hostPresence('home', config));
		const readActivity = (): ReturnType<typeof activity> => {
			looks += 1;
			return activity();
		};
		monitor = new HostMonitor(context, bus, config, { machine, readActivity });
		await monitor.start();
		await clock.advanceAsync(1);
	});

	afterEach(async () => {
		await monitor.stop();
		end();
		expect(failures).to.deep.equal([]);
	});

	const pass = (ms: number, stepMs = 500): Promise<void> => clock.advanceAsync(ms, stepMs);
	const say = (command: HostSet): void =>
		hub.publish({
			name: topicName('home', topics.hostSet, parameters),
			payload: JSON.stringify(command),
			qos: 1,
			retain: false,
		});
	const state = (): HostState => JSON.parse(hub.retained.get(STATE) ?? '{}') as HostState;
	const samples = (): HostLog[] =>
		hub.published.filter(({ name }) => name === LOG).map(({ payload }) => JSON.parse(payload) as HostLog);

	it('says when it started by a clock that was set since, and the same while it is not', async () => {
		clock.stepWall(3 * 365 * 86_400_000);
		await pass(60_000);
		expect(state().bootedAt).to.equal('2029-01-14T16:00:00.000Z');
		clock.stepWall(900);
		await pass(60_000);
		expect(state().bootedAt).to.equal('2029-01-14T16:00:00.000Z');
	});

	it('says who it is, and how it does once a minute', async () => {
		expect(state()).to.include({ name: 'Attic', model: 'A Pi', cores: 4, bootedAt: '2026-01-15T16:00:00.000Z' });
		const before = state().at;
		await pass(59_000);
		expect(state().at).to.equal(before);
		await pass(1_000);
		expect(state().cpuPercent).to.equal(50);
		expect(state().at).not.to.equal(before);
	});

	it('says that it is there under its own name: there may be several', () => {
		expect(hub.retained.get('pilotwire/home/hosts/attic/status')).to.equal('online');
		expect(hub.retained.get('pilotwire/home/services/host-monitor/status')).to.equal(undefined);
	});

	it('reads no process while nobody watches', async () => {
		await pass(300_000, 5_000);
		expect(looks).to.equal(0);
		expect(samples()).to.have.length(0);
	});

	it('takes one sample for several watchers, at the rhythm of the most impatient', async () => {
		say({ watch: { by: 'a', everyS: 5 } });
		say({ watch: { by: 'b', everyS: 1 } });
		await clock.advanceAsync(1);
		expect(state().watch).to.deep.equal({ watchers: 2, everyS: 1 });
		await pass(10_000);
		expect(looks).to.equal(10);
		expect(samples()).to.have.length(10);
		expect(samples()[0]).to.include({ everyS: 1, cpuPercent: 50, processCount: 7 });
	});

	it('says how many watch, also where one comes or goes without changing the rhythm', async () => {
		say({ watch: { by: 'a', everyS: 2 } });
		say({ watch: { by: 'b', everyS: 2 } });
		await clock.advanceAsync(1);
		expect(state().watch).to.deep.equal({ watchers: 2, everyS: 2 });
		say({ unwatch: { by: 'b' } });
		await clock.advanceAsync(1);
		expect(state().watch).to.deep.equal({ watchers: 1, everyS: 2 });
	});

	it('stops when the last one says goodbye', async () => {
		say({ watch: { by: 'a', everyS: 1 } });
		await pass(2_000);
		say({ unwatch: { by: 'a' } });
		await pass(10_000);
		expect(samples()).to.have.length(2);
		expect(state()).not.to.have.property('watch');
	});

	it('stops by itself once watchers have vanished without a goodbye', async () => {
		say({ watch: { by: 'a', everyS: 10 } });
		await pass(120_000, 1_000);
		expect(samples()).to.have.length(3);
		expect(state()).not.to.have.property('watch');
	});

	it('never begins a sample before the last one has ended', async () => {
		let finish: () => void = () => undefined;
		activity = () =>
			new Promise((resolve) => {
				finish = () => resolve({ network: [], processes: [], processCount: 1 });
			});
		say({ watch: { by: 'a', everyS: 0.5 } });
		await pass(5_000);
		expect(looks).to.equal(1);
		finish();
		await clock.advanceAsync(1);
		expect(samples()).to.have.length(1);
	});

	it('gives the figures it has where processes cannot be read, and says why', async () => {
		activity = () => Promise.reject(new Error('ps: not found'));
		say({ watch: { by: 'a', everyS: 1 } });
		await pass(1_000);
		expect(samples()[0]).to.include({ problem: 'ps: not found', load: 0.5 });
	});

	it('keeps nothing for a broker that is away: old samples are of no use', async () => {
		say({ watch: { by: 'a', everyS: 1 } });
		await clock.advanceAsync(1);
		hub.down();
		await pass(10_000);
		hub.up();
		await clock.advanceAsync(1);
		expect(samples()).to.have.length(0);
	});

	it('gives Prometheus what it knows, and nothing for what the machine lacks', () => {
		const value = (name: string): unknown =>
			metrics
				.all()
				.find((metric) => metric.name === name)
				?.read();
		expect(value('pilotwire_host_memory_used_bytes')).to.equal(400);
		expect(value('pilotwire_host_watchers')).to.equal(0);
		expect(value('pilotwire_host_temperature_celsius')).to.deep.equal([]);
	});

	it('refuses a rhythm that would wear the machine out', async () => {
		hub.publish({
			name: topicName('home', topics.hostSet, parameters),
			payload: '{"watch":{"by":"a","everyS":0.01}}',
			qos: 1,
			retain: false,
		});
		await pass(2_000);
		expect(state()).not.to.have.property('watch');
	});
});
