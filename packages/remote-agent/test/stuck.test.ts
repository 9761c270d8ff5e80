// Programs that hang, leave something behind or come at the wrong moment: nothing of an agent's waits for them for good.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFrame, encodeFrame, type RemoteCall } from '@pilotwire/contract';
import { type Clock, createContext, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { isAlive } from '@pilotwire/test/processes';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Calls, type Operations } from '../src/core/calls.ts';
import { Turns } from '../src/core/turns.ts';
import { cameraFeature } from '../src/features/camera.ts';
import { gpioFeature } from '../src/features/gpio.ts';
import { remoteAgentSections } from '../src/index.ts';
import { Gallery } from '../src/io/gallery.ts';
import { anAttic } from './support/attic.ts';
import { refusalOf } from './support/transfer.ts';

const frame = String.raw`printf '\377\330\377x\377\331'`;

/** Calls of a client, and what they ended with, in order: the code of an error where there was one. */
function asking(clock: Clock, operations: Operations) {
	const calls = new Calls(clock, silentLog);
	const ends: unknown[] = [];
	const send = (payload: Uint8Array): void => {
		const { end, error } = decodeFrame(payload)?.head ?? {};
		if (end !== undefined || error !== undefined) ends.push(end ?? (error as { code: string }).code);
	};
	const ask = (id: string, op: string, params: object = {}): void =>
		calls.receive({ place: 'here', client: 'c', isLogged: true, operations, send }, encodeFrame({ id, op, params }));
	return { calls, ask, ends };
}

describe('what hangs on a machine from afar', function () {
	this.timeout(60_000);
	const attic = anAttic();
	/** Looks at the live camera, and counts what comes. */
	const look = (): { seen: number; readonly call: RemoteCall } => {
		const call = attic.call('camera.live', {
			live: true,
			onBytes: () => {
				looking.seen += 1;
			},
		});
		const looking = { seen: 0, call };
		return looking;
	};

	it('a command that left a daemon with its output behind has ended when it has', async () => {
		const script = `setsid sleep 100 & echo $! > ${attic.at('pid')}; sleep 0.3; echo well`;
		await attic.start({ commands: { named: { daemon: { run: ['/bin/sh', '-c', script] } } } });
		let text = '';
		const call = attic.call('commands.run', {
			params: { command: 'daemon' },
			onBytes: (bytes) => {
				text += Buffer.from(bytes);
			},
		});
		expect(await call.ended).to.include({ code: 0 });
		expect(text).to.equal('well\n');
		const pid = readFileSync(attic.at('pid'), 'utf8');
		expect(isAlive(Number(pid)), 'what left its group goes on').to.equal(true);
		process.kill(Number(pid));
	});

	it('a command that is cancelled while it starts is ended', async () => {
		const script = `echo $$ > ${attic.at('pid')}; exec sleep 100`;
		await attic.start({ commands: { named: { stay: { run: ['/bin/sh', '-c', script] } } } });
		attic.call('commands.run', { params: { command: 'stay' } }).cancel();
		// Another one, asked for later, has come to its end.
		await refusalOf(attic.call('commands.run', { params: { command: 'none' } }).ended);
		await attic.stop();
		expect(existsSync(attic.at('pid')) && isAlive(Number(readFileSync(attic.at('pid'), 'utf8')))).to.equal(false);
	});

	it('what holds a device is let go of with the agent, though that is killed', async () => {
		const script = `
			import { Program } from ${JSON.stringify(new URL('../src/io/program.ts', import.meta.url).href)};
			const program = await Program.start(['sleep', '100'], { isTied: true });
			process.stdout.write(String(program.pid));
			setInterval(() => {}, 1_000);
		`;
		const options = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source', '--input-type=module'];
		const holder = spawn(process.execPath, [...options, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		const [said] = (await once(holder.stdout, 'data')) as [Buffer];
		const comm = `/proc/${said.toString().trim()}/comm`;
		await until('what ties it has become it', () => readFileSync(comm, 'utf8').trim() === 'sleep');
		holder.kill('SIGKILL');
		await until('it is gone', () => !isAlive(Number(said)));
	});

	it('a pulse whose tool hangs gives the pins free again', async () => {
		attic.programs.put('gpioget', 'echo "gpioget (libgpiod) v2.2"');
		attic.programs.put('gpioset', 'exec sleep 100');
		const clock = new VirtualClock();
		const { gpio } = remoteAgentSections.remoteAgent.parse({ gpio: { pins: { gate: { line: 4, direction: 'out' } } } });
		const feature = gpioFeature(clock, gpio?.pins ?? {});
		const { calls, ask, ends } = asking(clock, feature.operations);
		ask('a', 'gpio.pulse', { pin: 'gate', ms: 50 });
		await until('it pulses', () => attic.programs.calls.some((line) => line.startsWith('gpioset')) === true);
		ask('b', 'gpio.write', { pin: 'gate', on: true });
		await until('the pulse is given up', async () => {
			await clock.advanceAsync(1_000);
			return ends.length === 2;
		});
		expect(ends).to.deep.equal(['PROGRAM_FAILED', { on: true }]);
		await calls.end();
		await feature.stop?.();
	});

	it('who waits for a turn and no longer wants it is let go at once', async () => {
		const turns = new Turns();
		let end: () => void = () => undefined;
		const first = turns.take(() => new Promise<void>((resolve) => (end = resolve)), new AbortController().signal);
		const second = new AbortController();
		const waiting = turns.take(async () => 'never', second.signal).catch((error: unknown) => error);
		second.abort('enough');
		expect(await waiting).to.equal('enough');
		const third = turns.take(async () => 'third', new AbortController().signal);
		end();
		await first;
		expect(await third).to.equal('third');
	});

	it('a camera that never answers is ended, and the gallery goes on without piling up', async () => {
		attic.programs.put('snap', 'exec sleep 50');
		const clock = new VirtualClock();
		const failures: unknown[] = [];
		const context = createContext('remote-agent', silentLog, clock, (error) => failures.push(error));
		const { camera } = remoteAgentSections.remoteAgent.parse({
			camera: { kind: 'command', still: ['snap'], gallery: { everyS: 5 } },
		});
		if (camera === undefined) throw new Error('no camera');
		const feature = cameraFeature(context, camera, attic.at('gallery'));
		const called = (): number => attic.programs.calls.length;
		await clock.advanceAsync(20_000, 5_000);
		await until('it is asked for a picture', () => called() === 1);
		await clock.advanceAsync(20_000, 5_000);
		attic.programs.put('snap', frame);
		const kept = (): number => (existsSync(attic.at('gallery')) ? readdirSync(attic.at('gallery')).length : 0);
		await until('it is given up', async () => {
			await clock.advanceAsync(5_000, 5_000);
			return kept() > 0;
		});
		// None is taken for the periods that passed meanwhile: one that is asked for now, and waits its turn, is the next.
		const [before, pictures] = [attic.programs.calls.length, kept()];
		const { calls, ask, ends } = asking(clock, feature.operations);
		ask('a', 'camera.still');
		await until('one was taken', () => ends.length === 1);
		expect(ends[0]).to.include({ type: 'image/jpeg' });
		expect(attic.programs.calls.length - before).to.be.at.most(2);
		expect(kept() - pictures).to.be.at.most(1);
		await calls.end();
		await feature.stop?.();
		context.end();
		expect(failures).to.deep.equal([]);
	});

	it('a camera that shows live ends with the last who looks, though a still was waiting for a frame', async () => {
		attic.programs.put(
			'eye',
			`trap 'echo ended >> ${attic.at('log')}; exit 0' TERM; ${frame}; while [ ! -e ${attic.at('go')} ]; do sleep 0.02; done; ` +
				`while :; do ${frame}; sleep 0.02; done`,
		);
		await attic.start({ camera: { kind: 'command', live: ['eye'] } });
		const live = look();
		await until('a picture came', () => live.seen > 0);
		let accepted = false;
		const still = attic.call('camera.still', {
			onInfo: () => {
				accepted = true;
			},
		});
		await until('the still waits', () => accepted);
		live.call.cancel();
		await refusalOf(attic.call('camera.none').ended);
		writeFileSync(attic.at('go'), '');
		expect(await still.ended).to.include({ type: 'image/jpeg' });
		await until('nobody looks any more', () => attic.programs.calls.includes('ended') === true);
	});

	it('a camera with one user shows live once the still has been taken', async () => {
		const alone = `mkdir ${attic.at('busy')} || { echo "Device or resource busy" >&2; exit 1; }`;
		attic.programs.put('snap', `${alone}; sleep 0.3; ${frame}; rmdir ${attic.at('busy')}`);
		attic.programs.put(
			'eye',
			`${alone}; trap 'rmdir ${attic.at('busy')}; exit 0' TERM; while :; do ${frame}; sleep 0.02; done`,
		);
		await attic.start({ camera: { kind: 'command', live: ['eye'], still: ['snap'] } });
		const still = attic.call('camera.still', {});
		await until('the still is being taken', () => existsSync(attic.at('busy')));
		const live = look();
		// Asked for while the camera changes hands: it is a frame of those, or a still of its own.
		const other = attic.call('camera.still', {});
		expect(await still.ended).to.include({ sizeBytes: 6 });
		expect(await other.ended).to.include({ sizeBytes: 6 });
		await until('pictures came', () => live.seen > 0 || live.call.isOver);
		live.call.cancel();
		expect(live.seen).to.be.greaterThan(0);
	});

	it('a picture that could not be kept leaves nothing behind, nor does one of an earlier life', async () => {
		const folder = attic.at('gallery');
		mkdirSync(join(folder, '20260131T220000000Z.jpg', 'in the way'), { recursive: true });
		writeFileSync(join(folder, '20260101T000000000Z.jpg.new'), 'half a pic');
		const gallery = new Gallery(folder, { mostPictures: 5, mostMB: 1 });
		const failed = await gallery.keep(Buffer.from('x'), Date.UTC(2026, 0, 31, 22)).catch((error: Error) => error.name);
		expect(failed).to.equal('Error');
		expect(readdirSync(folder)).to.deep.equal(['20260131T220000000Z.jpg']);
	});
});
