import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { GpioRelay, holdWithGpioset } from '../src/io/gpio-relay.ts';

const pin = { chip: 'gpiochip0', line: 17, activeLow: true };

/** Holds like gpioset: notes how it was called and when it ends, and stays until it is told to go. */
const standIn = (version: string): string => `#!/bin/sh
[ "$1" = --version ] && { echo 'gpioset (libgpiod) v${version}'; exit 0; }
log="$(dirname "$0")/log"
echo "hold $*" >> "$log"
trap 'echo release >> "$log"; kill $sleeper; exit 0' TERM
sleep 600 & sleeper=$!
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
		const [on, released, off] = await log();
		expect([on, released, off]).to.deep.equal([
			'hold --chip gpiochip0 --active-low 17=1',
			'release',
			'hold --chip gpiochip0 --active-low 17=0',
		]);
	});

	it('is called as version 1 of the tool wants it', async () => {
		const one = relayBy(await install(standIn('1.6.3')));
		const first = next();
		one.set(true);
		await first;
		expect(await log()).to.deep.equal(['hold --mode=signal --active-low gpiochip0 17=1']);
	});

	it('falls off at the end: nothing holds it any more', async () => {
		const one = relayBy(await install(standIn('2.2.1')));
		const first = next();
		one.set(true);
		await first;
		await one.stop();
		expect((await log()).at(-1)).to.equal('release');
		expect(said).to.deep.equal(['on']);
	});

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
		expect((await log()).at(-1)).to.equal('hold --chip gpiochip0 --active-low 17=1');
	});
});
