import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freeOfLeftovers } from '@pilotwire/test/leftovers';
import { noProcessLeft, type Process } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { outcomeOf, pilotwire, settings } from './pilotwire.ts';

const SERVICES = [
	...['simulator', 'radiator-actuator', 'broker', 'meter-reader', 'load-shedder', 'planner'],
	...['telemetry', 'host-monitor', 'home-assistant', 'web', 'alerts'],
];

describe('pilotwire up', function () {
	// Up to six programs start side by side.
	this.timeout(120_000);
	const directory = temporaryDirectory();
	noProcessLeft();

	/** The simulated house at an address of its own, with its data in the test's folder. */
	const at = (host: string): string[] => settings({ dataDir: directory.path, 'broker.host': host, 'web.host': host });
	const sockets = (): string[] =>
		['line', 'i2c', 'control'].map((end) => join(directory.path, `simulator-${end}.sock`));
	/** The newest process of a service, from what its parent logged. */
	const pidOf = async (up: Process, service: string, from = 0): Promise<number> =>
		Number(/\d+$/.exec((await up.line(new RegExp(` ${service} runs as process \\d+$`), { from })).text)?.[0]);

	it('runs the simulated house, shows it once a second, and leaves nothing when asked to stop', async () => {
		const up = pilotwire('up', ...at('127.0.5.11'));
		await up.line('Pilotwire: a simulated house');
		await up.line('mqtt://127.0.5.11:1883, over WebSocket ws://127.0.5.11:9001');
		await up.line(/^Sign in {3}home, password (\w{5}-){3}\w{5} /);
		const shown = await up.line(/ load shedding \| L1 \d+\/\d+ VA {2}L2 .* {2}L3 .* \| heating: \S/);
		expect(shown.stream).to.equal('stdout');
		expect(up.text()).to.not.match(/ (ERROR|WARN): /);
		expect(await up.kill('SIGTERM')).to.deep.equal({ code: 0, signal: null });
		await freeOfLeftovers({ paths: sockets() });
	});

	it('answers calls; a wrong one is told what would be right', async () => {
		const up = pilotwire('up', '--no-show', ...at('127.0.5.12'));
		await up.line('meter-reader: connected to');
		const call = (...words: string[]) => outcomeOf(pilotwire('call', ...words, ...at('127.0.5.12')));

		const frame = await call('meter-reader', 'lastFrame', '{"meter":"main"}');
		expect(frame.stderr).to.equal('');
		expect(JSON.parse(frame.stdout)).to.have.keys('meter', 'text').and.include({ meter: 'main' });
		expect(frame.code).to.equal(0);

		const method = await call('meter-reader', 'firstFrame');
		expect(method.stderr).to.match(/^RPC_REFUSED: .*expected one of lastFrame, got firstFrame/);
		expect(method.code).to.equal(1);

		const parameters = await call('meter-reader', 'lastFrame', '{"meter":7}');
		expect(parameters.stderr).to.match(/^RPC_REFUSED: [\s\S]*Correct the method or its parameters/);
		expect(parameters.code).to.equal(1);

		const service = await call('toaster', 'heat');
		expect(service.stderr).to.match(
			/^RPC_TIMEOUT: expected an answer of toaster to heat within 5 s, got none\. Check that/,
		);
		expect(service.code).to.equal(1);
		expect((await up.kill('SIGTERM')).code).to.equal(0);
	});

	it('runs only what --only names, in the order in which they start', async () => {
		const up = pilotwire('up', '--no-show', '--only', 'load-shedder, broker', ...at('127.0.5.13'));
		await up.line('Services  broker, load-shedder');
		await up.line('load-shedder: connected to');
		await freeOfLeftovers({ paths: sockets() });
		expect((await up.kill('SIGINT')).code).to.equal(0);
	});

	it('has services that leave where their parent is gone before they have started', async () => {
		const child = fork('packages/cli/bin/pilotwire.js', ['load-shedder', ...at('127.0.5.18')], { stdio: 'ignore' });
		child.disconnect();
		try {
			expect(await once(child, 'exit', { signal: AbortSignal.timeout(60_000) })).to.deep.equal([0, null]);
		} finally {
			child.kill('SIGKILL');
		}
	});

	describe('with --processes', () => {
		it('starts a killed process again, alone, and takes all with it when asked to stop', async () => {
			const up = pilotwire('up', '--processes', '--no-show', ...at('127.0.5.14'));
			const first = await Promise.all(SERVICES.map((service) => pidOf(up, service)));
			await up.line('load-shedder: connected to');
			const mark = up.mark();
			process.kill(await pidOf(up, 'load-shedder'), 'SIGKILL');
			await up.line('load-shedder ended (SIGKILL); it starts again in 0.5 s', { from: mark });
			const next = await pidOf(up, 'load-shedder', mark);
			await up.line('load-shedder: connected to', { from: mark });
			expect(first).to.not.include(next);
			const told = up.lines.slice(mark).filter(({ text }) => text.includes('runs as process'));
			expect(told).to.have.length(1);
			expect(await up.kill('SIGTERM', 25_000)).to.deep.equal({ code: 0, signal: null });
			await freeOfLeftovers({ processes: [...first, next], paths: sockets() });
		});

		it('gives up with the exit code of a process that cannot start, and stops the others', async () => {
			const holder = pilotwire('radiator-actuator', ...at('127.0.5.15'));
			await holder.line('I2C_SIMULATOR_AWAY');
			const up = pilotwire('up', '--processes', '--no-show', ...at('127.0.5.15'));
			const pids = await Promise.all(SERVICES.map((service) => pidOf(up, service)));
			await up.line(/LOCK_HELD: .* by another radiator-actuator/);
			await up.line("radiator-actuator can't run (exit code 75): all services stop");
			expect(await up.ended).to.deep.equal({ code: 75, signal: null });
			await freeOfLeftovers({ processes: pids });
			await holder.kill('SIGTERM');
		});

		it('does not give up on a service that has lived, even where its next start cannot succeed yet', async () => {
			const up = pilotwire('up', '--processes', '--no-show', '--only', 'broker,load-shedder', ...at('127.0.5.16'));
			await up.line('load-shedder: connected to');
			const mark = up.mark();
			process.kill(await pidOf(up, 'broker'), 'SIGKILL');
			await up.line('broker ended (SIGKILL); it starts again in 0.5 s', { from: mark });
			const other = createServer().listen(1883, '127.0.5.16');
			try {
				await up.line('BROKER_PORT_BUSY', { from: mark });
				await up.line('broker ended (exit code 69); it starts again in 1 s', { from: mark });
			} finally {
				other.close();
			}
			await up.line('load-shedder: connected to', { from: mark, withinMs: 20_000 });
			expect((await up.kill('SIGTERM', 25_000)).code).to.equal(0);
		});

		it('lets its processes go when it is killed itself', async () => {
			const up = pilotwire('up', '--processes', '--no-show', '--only', 'broker,load-shedder', ...at('127.0.5.17'));
			await up.line('load-shedder: connected to');
			// They write where it wrote: the kill settles once they too have ended.
			expect(await up.kill('SIGKILL', 20_000)).to.deep.equal({ code: null, signal: 'SIGKILL' });
		});
	});
});
