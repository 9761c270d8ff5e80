import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { need, program } from '@pilotwire/test/parts';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Measures } from '../src/io/measures.ts';
import { anAttic } from './support/attic.ts';
import { refusalOf } from './support/transfer.ts';

const espeak = program('espeak-ng', 'apt-get install espeak-ng');
const sox = program('sox', 'apt-get install sox');
const ffmpeg = {
	name: 'ffmpeg',
	obtain: 'apt-get install ffmpeg',
	present: () => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0,
};

describe('sound, television and pins from afar', function () {
	this.timeout(60_000);
	const attic = anAttic();
	const ask = (op: string, params: Record<string, unknown> = {}) => attic.call(op, { params }).ended;
	const sendTo = async (op: string, bytes: Uint8Array, params: Record<string, unknown> = {}): Promise<void> => {
		const call = attic.call(op, { params });
		await call.send(bytes);
		call.finish();
		await call.ended;
	};
	/** How loud a file is, by sox: the greatest sample, 0 to 1, and its length. */
	const heard = (file: string): { readonly peak: number; readonly seconds: number } => {
		const { stderr } = spawnSync('sox', ['-t', 'wav', file, '-n', 'stat'], { encoding: 'utf8' });
		const figure = (name: string): number =>
			Number(new RegExp(`${name}[^:]*:\\s*([\\d.]+)`).exec(stderr)?.[1] ?? Number.NaN);
		return { peak: figure('Maximum amplitude'), seconds: figure('Length') };
	};
	const out = (): string => attic.at('out.wav');

	it('a text is said by a real espeak-ng, whatever it looks like', async function () {
		need(this, espeak, sox);
		await attic.start({ sound: { say: true, player: ['cp', '{file}', out()] } });
		await ask('sound.say', { text: '--version; $(reboot) Bonjour la maison' });
		expect(heard(out()).peak).to.be.greaterThan(0.05);
		expect(heard(out()).seconds).to.be.greaterThan(1);
		expect(await refusalOf(ask('sound.say', { text: 'x', voice: '-w/etc/x' }))).to.equal('REMOTE_REQUEST_INVALID');
		expect(await refusalOf(ask('sound.record', { seconds: 1 }))).to.equal('REMOTE_OFF');
	});

	it('a recording comes as WAV of its length, and live sound as it is made', async function () {
		need(this, sox);
		const tone = [
			'sox',
			'-q',
			'-n',
			'-t',
			'raw',
			'-r',
			'16000',
			'-e',
			'signed',
			'-b',
			'16',
			'-c',
			'1',
			'-',
			'synth',
			'60',
			'sine',
			'440',
		];
		await attic.start({ sound: { record: true, recorder: tone } });
		const parts: Buffer[] = [];
		const end = await attic.call('sound.record', {
			params: { seconds: 2 },
			onBytes: (bytes) => void parts.push(Buffer.from(bytes)),
		}).ended;
		writeFileSync(out(), Buffer.concat(parts));
		expect(end).to.include({ seconds: 2, sizeBytes: 64_044 });
		expect(heard(out()).seconds).to.be.closeTo(2, 0.01);
		expect(heard(out()).peak).to.be.greaterThan(0.5);
		let size = 0;
		let rate: unknown;
		const call = attic.call('sound.listen', {
			live: true,
			onInfo: (facts) => (rate ??= facts['rate']),
			onBytes: (bytes) => {
				size += bytes.length;
			},
		});
		await until('the sound came', () => size >= 6_400);
		expect(rate).to.equal(16_000);
		call.cancel();
	});

	it('a recording of a browser and a file of a root are played', async function () {
		need(this, sox);
		const root = attic.at('music');
		spawnSync('mkdir', [root]);
		spawnSync('sox', ['-q', '-n', join(root, 'tone.wav'), 'synth', '0.5', 'sine', '440']);
		await attic.start({
			files: { roots: { music: { path: root } } },
			sound: { play: true, player: ['cp', '{file}', out()] },
		});
		await sendTo('sound.play', readFileSync(join(root, 'tone.wav')));
		expect(heard(out()).seconds).to.be.closeTo(0.5, 0.01);
		spawnSync('rm', [out()]);
		await ask('sound.playFile', { root: 'music', path: 'tone.wav' });
		expect(heard(out()).seconds).to.be.closeTo(0.5, 0.01);
		expect(await refusalOf(ask('sound.playFile', { root: 'music', path: '../out.wav' }))).to.equal('FILE_NAME_INVALID');
		expect(await refusalOf(sendTo('sound.play', Buffer.alloc(0)))).to.equal('REMOTE_REQUEST_INVALID');
	});

	it('sounds take turns, and one that is waiting can be taken back', async () => {
		attic.programs.put('slow', 'while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.01; done');
		await attic.start({ sound: { play: true, player: ['slow', '{file}'] } });
		const first = sendTo('sound.play', Buffer.from('1'));
		await until('a program ran', () => attic.programs.calls.length === 1);
		const second = attic.call('sound.play');
		await second.send(Buffer.from('2'));
		second.finish();
		second.cancel();
		writeFileSync(attic.at('go'), '');
		await first;
		await sendTo('sound.play', Buffer.from('3'));
		expect(attic.programs.calls).to.have.length(2);
		expect(attic.programs.calls.some((call) => existsSync(call.split(' ')[1] ?? ''))).to.equal(false);
	});

	it('a television is switched by cec-client and by cec-ctl', async () => {
		attic.programs.put('cec-client', `cat >> "${attic.at()}/log"`);
		attic.programs.put('cec-ctl', 'echo "	Physical Address  : 1.0.0.0"');
		await attic.start({ television: {} });
		for (const what of ['on', 'source', 'off']) await ask(`television.${what}`);
		expect(attic.programs.calls).to.deep.equal([
			'cec-client -s -d 1',
			'on 0',
			'cec-client -s -d 1',
			'as',
			'cec-client -s -d 1',
			'standby 0',
		]);
		await attic.stop();
		await attic.start({ television: { cec: 'cec-ctl' } });
		for (const what of ['on', 'source', 'off']) await ask(`television.${what}`);
		expect(attic.programs.calls.slice(6)).to.deep.equal([
			'cec-ctl -d /dev/cec0 --playback --to 0 --image-view-on',
			'cec-ctl -d /dev/cec0 --playback',
			'cec-ctl -d /dev/cec0 --playback --active-source phys-addr=1.0.0.0',
			'cec-ctl -d /dev/cec0 --playback --to 0 --standby',
		]);
		expect(await refusalOf(ask('television.text', { text: 'x' }))).to.equal('REMOTE_OFF');
	});

	it('a picture is shown for its time, and a text with a sound', async () => {
		// In one piece: the chime writes there at the same time.
		attic.programs.put('show', `text=$(cat "$1"); echo "$text" >> "${attic.at()}/log"`);
		attic.programs.put('chime');
		await attic.start({
			television: {
				cec: 'none',
				picture: ['show', '{file}', '{seconds}'],
				text: ['show', '{file}', '{seconds}'],
				chime: ['chime'],
			},
		});
		await sendTo('television.picture', Buffer.from('a picture'), { seconds: 5 });
		expect(attic.programs.calls[0]).to.match(/^show \/.*picture 5$/);
		expect(attic.programs.calls[1]).to.equal('a picture');
		await ask('television.text', { text: 'Le dîner est servi, venez tous à la cuisine maintenant', seconds: 3 });
		expect(attic.programs.calls).to.include('Le dîner est servi, venez tous à la').and.to.include('cuisine maintenant');
		expect(attic.programs.calls.some((call) => call.startsWith('chime'))).to.equal(true);
	});

	it('a text is drawn by a real ffmpeg where nothing else shows it', async function () {
		need(this, ffmpeg);
		attic.programs.put('show', 'cp "$1" "$(dirname "$0")/shown.png"');
		await attic.start({ television: { cec: 'none', picture: ['show', '{file}'] } });
		await ask('television.text', { text: "100 % d'humidité: %{pts} \\ à table" });
		expect(readFileSync(attic.at('shown.png')).subarray(1, 4).toString()).to.equal('PNG');
		expect(statSync(attic.at('shown.png')).size).to.be.greaterThan(5_000);
	});

	for (const version of ['1.6.3', '2.2.1']) {
		const chip = version.startsWith('1') ? 'gpiochip0' : '--chip gpiochip0';
		it(`pins are read, written, pulsed and watched: libgpiod ${version}`, async () => {
			attic.programs.put(
				'gpioget',
				`[ "$1" = --version ] && { echo 'gpioget (libgpiod) v${version}'; exit 0; }; echo 1`,
			);
			attic.programs.put(
				'gpioset',
				`case "$*" in *time*|*exit*|*toggle*) exit 0;; esac; trap 'echo released >> "${attic.at()}/log"; exit 0' TERM; sleep 600 & wait $!`,
			);
			attic.programs.put('gpiomon', 'echo 1; echo 0; exit 0');
			await attic.start({
				gpio: { pins: { door: { line: 4, bias: 'pull-up' }, gate: { line: 17, direction: 'out', activeLow: true } } },
			});
			expect(await ask('gpio.read', { pin: 'door' })).to.deep.equal({ on: true });
			await ask('gpio.write', { pin: 'gate', on: true });
			expect(await ask('gpio.read', { pin: 'gate' })).to.deep.equal({ on: true });
			await ask('gpio.write', { pin: 'gate', on: false });
			await ask('gpio.pulse', { pin: 'gate', ms: 1_500 });
			const edges: unknown[] = [];
			await attic.call('gpio.watch', {
				params: { pin: 'door' },
				onInfo: ({ on }) => void (on === undefined || edges.push(on)),
			}).ended;
			expect(edges).to.deep.equal([true, false]);
			const numeric = version.startsWith('1') ? '' : '--numeric ';
			const mode = version.startsWith('1') ? '--mode=signal ' : '';
			const pulse = version.startsWith('1')
				? [
						'gpioset --active-low --mode=time --sec=1 --usec=500000 gpiochip0 17=1',
						'gpioset --active-low --mode=exit gpiochip0 17=0',
					]
				: ['gpioset --active-low --toggle 1500ms,0 --chip gpiochip0 17=1'];
			const buffered = version.startsWith('1') ? '--line-buffered ' : '';
			expect(attic.programs.calls).to.deep.equal([
				'gpioget --version',
				`gpioget --bias=pull-up ${numeric}${chip} 4`,
				`gpioset --active-low ${mode}${chip} 17=1`,
				'released',
				`gpioset --active-low ${mode}${chip} 17=0`,
				'released',
				...pulse,
				`gpiomon --bias=pull-up ${buffered}--format=%e ${chip} 4`,
			]);
			expect(await refusalOf(ask('gpio.write', { pin: 'door', on: true }))).to.equal('COMMAND_ARGUMENT_INVALID');
			expect(await refusalOf(ask('gpio.read', { pin: 'cellar' }))).to.equal('REMOTE_NAME_UNKNOWN');
		});
	}

	it('a pin that another program holds is refused with what the tool says, and a missing tool with its package', async () => {
		attic.programs.put('gpioget', 'echo v2.2');
		attic.programs.put('gpioset', 'echo "gpioset: Device or resource busy" >&2; exit 1');
		await attic.start({ gpio: { pins: { gate: { line: 17, direction: 'out' } } } });
		const message = (op: string, params: Record<string, unknown>): Promise<string> =>
			ask(op, params).then(String, (error: Error) => error.message);
		expect(await message('gpio.write', { pin: 'gate', on: true })).to.match(/PROGRAM_FAILED.*busy/);
		attic.findOnly(attic.at('nowhere'));
		expect(await message('gpio.pulse', { pin: 'gate', ms: 10 })).to.match(
			/PROGRAM_MISSING.*gpioset.*sudo apt install gpiod/,
		);
		await attic.stop();
		await attic.start({ sound: { say: true, play: true, record: true }, television: {}, commands: { shell: true } });
		expect(await message('sound.say', { text: 'x' })).to.match(/espeak-ng.*sudo apt install espeak-ng/);
		expect(await message('sound.record', { seconds: 1 })).to.match(/arecord.*sudo apt install alsa-utils/);
		expect(await message('television.on', {})).to.match(/cec-client.*sudo apt install cec-utils/);
		expect(await message('commands.terminal', {})).to.match(/script.*sudo apt install bsdutils/);
		const played = await sendTo('sound.play', Buffer.from('x')).then(String, (error: Error) => error.message);
		expect(played).to.match(/ffmpeg.*sudo apt install ffmpeg/);
	});

	it('figures are said to all at their period, those that there are', async () => {
		const sensor = attic.at('sys/bus/iio/devices/iio:device0');
		spawnSync('mkdir', ['-p', sensor]);
		writeFileSync(join(sensor, 'in_temp_input'), '21500\n');
		writeFileSync(join(sensor, 'in_humidityrelative_input'), '48300\n');
		const figures = await new Measures('/', 'iio:device0', attic.at()).read();
		expect(figures).to.deep.include({ temperatureC: 21.5, humidityPercent: 48.3 });
		expect(figures.memory?.totalBytes).to.be.greaterThan(1e8);
		expect(figures.disk?.totalBytes).to.be.greaterThan(1e8);
		writeFileSync(join(sensor, 'in_temp_input'), 'error');
		expect(await new Measures('/', 'iio:device0', attic.at()).read()).to.not.have.property('temperatureC');
		const said: string[] = [];
		attic.meeting.member((topic) => said.push(topic)).subscribe(['pilotwire/home/agents/+/log']);
		await attic.start({ broadcasts: { everyS: 1 } });
		await until('something was said', () => said.length > 0);
		expect(said[0]).to.equal('pilotwire/home/agents/attic/log');
	});
});
