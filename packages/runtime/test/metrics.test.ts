import { createServer } from 'node:net';
import { expect } from 'chai';
import { MetricsServer } from '../src/io/metrics-server.ts';
import { silentLog } from '../src/log.ts';
import { type Metric, Metrics } from '../src/metrics.ts';
import { createContext } from '../src/service.ts';
import { Supervisor } from '../src/supervisor.ts';
import { VirtualClock } from '../src/virtual/virtual-clock.ts';

const HOST = '127.0.0.1';

describe('metrics', () => {
	let server: MetricsServer | undefined;
	const metrics = new Metrics();
	const read = async (path = '/metrics'): Promise<{ status: number; text: string; type: string | null }> => {
		const response = await fetch(`http://${HOST}:${server?.address.port}${path}`);
		return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
	};
	const gauge = (name: string, value: () => number): Metric => ({
		type: 'gauge',
		name,
		help: `Of ${name}.`,
		read: value,
	});

	beforeEach(async () => {
		server = await MetricsServer.start({ host: HOST, port: 0 }, metrics, silentLog);
	});
	afterEach(() => server?.close());

	it('are read when they are asked for, in the form of Prometheus', async () => {
		let value = 1;
		const remove = metrics.add([
			gauge('pilotwire_things', () => value),
			{
				...{ type: 'counter', name: 'pilotwire_calls_total', help: 'Calls.' },
				read: () => [
					{ labels: { way: 'in' }, value: 7 },
					{ labels: { way: 'out' }, value: 0 },
				],
			},
		]);
		value = 2;
		const { status, text, type } = await read();
		expect(status).to.equal(200);
		expect(type).to.match(/^text\/plain; version=0\.0\.4/);
		expect(text)
			.to.contain('# HELP pilotwire_things Of pilotwire_things.\n# TYPE pilotwire_things gauge\npilotwire_things 2\n')
			.and.contain(
				'# TYPE pilotwire_calls_total counter\npilotwire_calls_total{way="in"} 7\npilotwire_calls_total{way="out"} 0',
			)
			.and.contain('process_resident_memory_bytes ');
		value = 3;
		expect((await read()).text)
			.to.contain('pilotwire_things 3\n')
			.and.contain('pilotwire_calls_total{way="in"} 7\n');
		remove();
		expect((await read()).text).to.not.contain('pilotwire_things');
	});

	it('are all that is served', async () => {
		expect((await read('/')).status).to.equal(404);
		const posted = await fetch(`http://${HOST}:${server?.address.port}/metrics`, { method: 'POST' });
		expect(posted.status).to.equal(404);
	});

	it('say that one of them failed, and work again', async () => {
		const remove = metrics.add([
			gauge('pilotwire_broken', () => {
				throw new Error('no figure');
			}),
		]);
		expect((await read()).status).to.equal(500);
		remove();
		expect((await read()).status).to.equal(200);
	});

	it('of a service go with its life, and those of the next stay', () => {
		const clock = new VirtualClock();
		const life = () => createContext('one', silentLog, clock, () => undefined, metrics);
		const [first, second] = [life(), life()];
		first.measure([gauge('pilotwire_life', () => 1)]);
		second.measure([gauge('pilotwire_life', () => 2)]);
		first.end();
		expect(metrics.all().map((metric) => metric.read())).to.deep.equal([2]);
		second.end();
		expect(metrics.all()).to.deep.equal([]);
	});

	it('count how often each service was started again', async () => {
		const clock = new VirtualClock();
		const own = new Metrics();
		const supervisor = new Supervisor(clock, () => silentLog, own);
		let fail = (): void => undefined;
		await supervisor.start('one', (context) => {
			fail = () => context.fail(new Error('gone'));
			return { start: async () => undefined, stop: async () => undefined };
		});
		const restarts = () => own.all()[0]?.read();
		expect(restarts()).to.deep.equal([{ labels: { service: 'one' }, value: 0 }]);
		fail();
		await new Promise((resolve) => setImmediate(resolve));
		clock.advance(1_000);
		await new Promise((resolve) => setImmediate(resolve));
		expect(restarts()).to.deep.equal([{ labels: { service: 'one' }, value: 1 }]);
		await supervisor.stop();
	});

	it('say what to do about a port that is taken', async () => {
		const other = createServer().listen(0, HOST);
		await new Promise((resolve) => other.once('listening', resolve));
		const { port } = other.address() as { port: number };
		const error = await MetricsServer.start({ host: HOST, port }, metrics, silentLog).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).to.include({ code: 'METRICS_CANNOT_LISTEN' });
		await new Promise((resolve) => other.close(resolve));
	});
});
