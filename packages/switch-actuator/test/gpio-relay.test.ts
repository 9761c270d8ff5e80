import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { GpioRelay, holdWithGpioset } from '../src/io/gpio-relay.ts';

const pin = { chip: 'gpiochip0', line: 17, activeLow: true };

/**
 * Holds like gpioset: notes how it was called, what the pin is at, and when it ends, and stays until it is told to go.
 * As on Raspberry Pi OS the pin keeps its level when it is let go.
 */
const standIn = (version: string): string => `#!/bin/sh
[ "$1" = --version ] && { echo 'gpioset (libgpiod) v${version}'; exit 0; }
folder="$(dirname "$0")"
for level; do :; done
echo "$level" > "$folder/pin"
case "$*" in *--mode=exit*|*"--toggle 0"*) echo "set $*" >> "$folder/log"; exit 0;; esac
echo "hold $*" >> "$folder/log"
trap 'echo release >> "$folder/log"; kill $sleeper; exit 0' TERM
sleep 600 & sleeper=$!
echo ready > "$folder/ready"
wait $sleeper
`;

describe('a relay on a pin', () => {
	const directory = temporaryDirectory();
	const said: string[] = [];
	let relay: GpioRelay | undefined;
	let heard: () => void = () => undefined;

	const install = async (script: string): Promise<string> => {
		const command = join(directory.path, 'gpioset');
		await writeFile(command, script);
		await chmod(command, 0o755);
		return command;
	};
	const relayBy = (command: string): GpioRelay => {
		const say = (text: string): void => {
			said.push(text);
			heard();
		};
		const events = { held: (on: boolean) => say(on ? 'on' : 'off'), lost: (why: string) => say(why) };
		relay = new GpioRelay(pin, holdWithGpioset(command), events, systemClock);
		return relay;
	};
	const next = (): Promise<void> =>
		new Promise((resolve) => {
			heard = resolve;
		});
	const log = async (): Promise<string[]> => (await readFile(join(directory.path, 'log'), 'utf8')).trim().split('\n');

	const pinIs = async (): Promise<string> => (await readFile(join(directory.path, 'pin'), 'utf8')).trim();

	beforeEach(() => {
		said.length = 0;
	});
	afterEach(() => relay?.stop());

	it('is held by a process of its own until it is switched again, one at a time', async () => {
		const one = relayBy(await install(standIn('2.2.1')));
		const first = next();
		one.set(true);
		await first;
		const second = next();
		one.set(false);
		await second;
		expect(said).to.deep.equal(['on', 'off']);
		expect(await log()).to.deep.equal([
			'hold --active-low --chip gpiochip0 17=1',
			'release',
			'set --toggle 0 --active-low --chip gpiochip0 17=0',
			'hold --active-low --chip gpiochip0 17=0',
		]);
	});

	it('is called as version 1 of the tool wants it', async () => {
		const one = relayBy(await install(standIn('1.6.3')));
		const first = next();
		one.set(true);
		await first;
		await one.stop();
		expect(await log()).to.deep.equal([
			'hold --mode=signal --active-low gpiochip0 17=1',
			'release',
			'set --mode=exit --active-low gpiochip0 17=0',
		]);
	});

	it('is off at the end: a pin that nobody holds keeps its level', async () => {
		const one = relayBy(await install(standIn('2.2.1')));
		const first = next();
		one.set(true);
		await first;
		expect(await pinIs()).to.equal('17=1');
		await one.stop();
		expect(await pinIs()).to.equal('17=0');
		expect((await log()).slice(-2)[0]).to.equal('release');
		expect(said).to.deep.equal(['on']);
	});

	for (const version of ['1.6.3', '2.2.1']) {
		it(`is off, and its line free, once the program that holds it is killed: version ${version}`, async () => {
			const command = await install(standIn(version));
			const module = new URL('../src/io/gpio-relay.ts', import.meta.url).href;
			const script = `
				import { GpioRelay, holdWithGpioset } from ${JSON.stringify(module)};
				const clock = { after: (ms, run) => { const timer = setTimeout(run, ms); return { cancel: () => clearTimeout(timer) }; } };
				const events = { held: () => console.log('held'), lost: (why) => console.log(why) };
				new GpioRelay(${JSON.stringify(pin)}, holdWithGpioset(${JSON.stringify(command)}), events, clock).set(true);
			`;
			const flags = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source', '--input-type=module'];
			const program = spawn(process.execPath, [...flags, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
			const [word] = (await once(program.stdout, 'data')) as [Buffer];
			expect(word.toString().trim()).to.equal('held');
			// On a busy machine the stand-in is slower to stand than the real tool.
			await until('the stand-in holds the pin', () => existsSync(join(directory.path, 'ready')));
			expect(await pinIs()).to.equal('17=1');
			program.kill('SIGKILL');
			await once(program, 'close');
			await until('the pin is let go', async () => (await pinIs()) === '17=0');
			expect(await log()).to.include('release');
		}).timeout(60_000);
	}

	it('says what the tool said where the line is not to be had', async () => {
		const one = relayBy(
			await install('#!/bin/sh\necho "gpioset: unable to request lines: Device or resource busy" >&2\nexit 1\n'),
		);
		const first = next();
		one.set(true);
		await first;
		expect(said).to.deep.equal(['gpioset: unable to request lines: Device or resource busy']);
	});

	it('says so where the tool is not installed', async () => {
		const one = relayBy(join(directory.path, 'no-such-tool'));
		const first = next();
		one.set(true);
		await first;
		expect(said[0]).to.match(/no-such-tool.*No such file/);
	});

	it('can be switched again after it was lost', async () => {
		const one = relayBy(await install('#!/bin/sh\nexit 1\n'));
		const first = next();
		one.set(true);
		await first;
		await install(standIn('2.2.1'));
		const second = next();
		one.set(true);
		await second;
		expect(said).to.deep.equal(['ended with 1', 'on']);
	});

	it('that is switched many times at once ends as the last one said', async () => {
		const one = relayBy(await install(standIn('2.2.1')));
		const first = next();
		for (const on of [true, false, true, false, true]) one.set(on);
		await first;
		expect(said).to.deep.equal(['on']);
		expect((await log()).at(-1)).to.equal('hold --active-low --chip gpiochip0 17=1');
	});
});
