// A machine from afar in a browser: a real agent of the house, with a real ffmpeg, sox and espeak-ng; its pins are played.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { need, type Part, program } from '../support/parts.ts';
import { eventually, faultsOf, open, setStage } from './stage.ts';

const HOST = '127.0.9.41';
const SECRET = 'of the channel';
const ffmpeg: Part = {
	name: 'ffmpeg',
	obtain: 'apt-get install ffmpeg',
	present: () => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0,
};
const espeak = program('espeak-ng', 'apt-get install espeak-ng');
const sox = program('sox', 'apt-get install sox');

const folder = createTemporaryDirectory();
const disk = join(folder.path, 'disk');
const heard = join(folder.path, 'heard.wav');
const tone = ['sox', '-q', '-n', '-t', 'raw', '-r', '16000', '-e', 'signed', '-b', '16', '-c', '1', '-'];
const more = {
	config: {
		broker: { host: HOST, port: 1883, wsPort: 9001, channels: {} },
		remoteAgent: {
			channels: [{ name: 'our-house', secret: SECRET, allow: ['files'] }],
			enabled: true,
			id: 'attic',
			name: 'Attic',
			files: { roots: { disk: { path: disk, write: true } } },
			camera: {
				kind: 'ffmpeg',
				input: ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=15'],
				gallery: { everyS: 5 },
			},
			sound: {
				...{ record: true, play: true, say: true },
				recorder: [...tone, 'synth', '60', 'sine', '440'],
				player: ['cp', '{file}', heard],
			},
			television: {
				cec: 'none',
				on: ['touch', join(folder.path, 'on')],
				text: ['cp', '{file}', join(folder.path, 'text')],
			},
			gpio: { pins: { door: { line: 4 }, gate: { line: 17, direction: 'out' } } },
			broadcasts: { everyS: 1 },
			commands: {
				named: {
					greet: {
						about: 'says hello',
						run: ['echo', 'hello', '{who}'],
						arguments: { who: { choices: ['you', 'me'] } },
					},
				},
				shell: true,
			},
		},
	},
	beside: ['remote-agent'],
};

describe('a machine from afar in a browser', function () {
	this.timeout(60_000);
	const path = process.env['PATH'];
	before(function () {
		need(this, ffmpeg, espeak, sox);
		mkdirSync(disk);
		mkdirSync(join(disk, 'photos'));
		writeFileSync(join(disk, 'notes.txt'), 'remember');
		for (const [name, script] of [
			['gpioget', '[ "$1" = --version ] && echo "gpioget (libgpiod) v2.2.1" || echo 1'],
			['gpioset', 'trap "exit 0" TERM; sleep 600 & wait $!'],
			['gpiomon', 'echo 2; trap "exit 0" TERM; sleep 600 & wait $!'],
		] as const) {
			writeFileSync(join(folder.path, name), `#!/bin/sh\n${script}\n`);
			chmodSync(join(folder.path, name), 0o755);
		}
		process.env['PATH'] = `${folder.path}:${path}`;
	});
	after(() => {
		process.env['PATH'] = path;
		folder.remove();
	});
	const stage = setStage(HOST, more);

	const card = (page: Page, name: string | RegExp) => page.getByRole('region', { name, exact: true });
	const openPart = async (page: Page, name: string | RegExp): Promise<void> => {
		await open(page, /^(Remote control|À distance)$/);
		await page.getByRole('radio', { name, exact: true }).check();
	};
	const done = (page: Page) => page.getByText('Done', { exact: true }).first();

	for (const locale of ['en-GB', 'fr-FR']) {
		it(`raises no barrier, and keeps within the page, by day and night, on phone and desk: ${locale}`, async function () {
			this.timeout(180_000);
			const page = await stage.visitAs('camille', { locale });
			const found: string[] = [];
			for (const part of [
				/^(Files|Fichiers)$/,
				/^(Camera|Caméra)$/,
				/^(Sound|Son)$/,
				/^(Television|Télévision)$/,
				/^(Pins|Broches)$/,
				/^(Commands|Commandes)$/,
			]) {
				await openPart(page, part);
				await page.getByRole('heading', { level: 2, name: part }).waitFor();
				found.push(...(await faultsOf(page, String(part))));
			}
			expect(found).to.deep.equal([]);
		});
	}

	it('shows folders, sends a file, fetches it, moves it and deletes it', async () => {
		const page = await stage.visitAs('camille');
		await openPart(page, 'Files');
		await page.getByText(/^Measured at .*Processor/).waitFor();
		const files = card(page, 'Files');
		await files.getByRole('button', { name: /^photos/ }).click();
		await files.getByText('Nothing here').waitFor();
		await files
			.getByLabel('Send files here')
			.setInputFiles({ name: 'summer.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(300_000, 7) });
		await files.getByText(/^summer\.jpg is there, whole/).waitFor();
		expect(readFileSync(join(disk, 'photos', 'summer.jpg')).equals(Buffer.alloc(300_000, 7))).to.equal(true);
		await files.getByRole('button', { name: /^summer\.jpg/ }).click();
		const coming = page.waitForEvent('download');
		await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
		const saved = await (await coming).path();
		expect(readFileSync(saved).equals(Buffer.alloc(300_000, 7))).to.equal(true);
		await files.getByRole('button', { name: /^summer\.jpg/ }).click();
		await page.getByRole('dialog').getByLabel('New name or place').fill('photos/été.jpg');
		await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click();
		await files.getByRole('button', { name: /^été\.jpg/ }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
		await files.getByText('Nothing here').waitFor();
		await files.getByRole('button', { name: 'Up' }).click();
		await files.getByLabel('Search below here').fill('NOTES');
		await files.getByRole('button', { name: 'Search' }).click();
		await files.getByText('1 found').waitFor();
	});

	it('shows a picture, live pictures while somebody looks, and those that were kept', async () => {
		const page = await stage.visitAs('camille');
		await openPart(page, 'Camera');
		const camera = card(page, 'Camera');
		await camera.getByRole('img', { name: 'Picture of the camera' }).waitFor();
		const shown = (): Promise<string> => page.evaluate('document.querySelector(".remote-picture").toDataURL()');
		const empty = await shown();
		await camera.getByRole('button', { name: 'Take a picture' }).click();
		await done(page).waitFor();
		const still = await shown();
		expect(still).to.not.equal(empty);
		await camera.getByRole('button', { name: 'Live' }).click();
		await eventually('pictures follow one another', async () => (await shown()) !== still);
		await camera.getByRole('button', { name: 'Stop' }).click();
		await eventually('a picture is kept', async () => {
			await openPart(page, 'Files');
			await openPart(page, 'Camera');
			const kept = camera.getByRole('button', { name: /\d\d:\d\d/ });
			return kept
				.first()
				.waitFor({ timeout: 2_000 })
				.then(
					() => true,
					() => false,
				);
		});
		await camera
			.getByRole('button', { name: /\d\d:\d\d/ })
			.first()
			.click();
		await done(page).waitFor();
	});

	it('says a text, records, and plays what is said into the microphone', async () => {
		const page = await stage.visitAs('camille');
		await page.context().grantPermissions(['microphone']);
		await openPart(page, 'Sound');
		const sound = card(page, 'Sound');
		await sound.getByLabel('Text to say').fill('Bonjour');
		await sound.getByRole('button', { name: 'Send' }).click();
		await done(page).waitFor();
		expect(readFileSync(heard).subarray(0, 4).toString()).to.equal('RIFF');
		await sound.getByLabel('Seconds').selectOption('5');
		const coming = page.waitForEvent('download');
		await sound.getByRole('button', { name: 'Record' }).click();
		expect(readFileSync(await (await coming).path()).length).to.equal(160_044);
		await sound.getByRole('button', { name: 'Listen' }).click();
		await sound.getByRole('button', { name: 'Stop' }).click();
		await sound.getByRole('button', { name: 'Speak' }).click();
		// The one for the microphone is there once the browser records; the other sends the text.
		const sends = sound.getByRole('button', { name: 'Send' });
		await sends.nth(1).waitFor();
		await sends.first().click();
		await eventually(
			'a recording of the browser is played',
			async () => readFileSync(heard).subarray(0, 4).toString() !== 'RIFF',
		);
	});

	it('switches the television, shows a text on it, and reads, writes and follows pins', async () => {
		const page = await stage.visitAs('camille');
		await openPart(page, 'Television');
		await card(page, 'Television').getByRole('button', { name: 'On' }).click();
		await done(page).waitFor();
		expect(existsSync(join(folder.path, 'on'))).to.equal(true);
		await page.getByLabel('Text to show').fill('À table');
		await card(page, 'Television').getByRole('button', { name: 'Send' }).click();
		await eventually('the text is shown', async () => existsSync(join(folder.path, 'text')));
		await openPart(page, 'Pins');
		await page.getByRole('button', { name: 'door: Read' }).click();
		await page.getByText('door: On').waitFor();
		await page.getByRole('button', { name: 'Follow' }).click();
		await page.getByText('door: Off').waitFor();
		await page.getByRole('button', { name: 'gate: On', exact: true }).click();
		await page.getByText('gate: On', { exact: true }).waitFor();
	});

	it('runs commands, stops one that never ends, and has a terminal', async () => {
		const page = await stage.visitAs('camille');
		await openPart(page, 'Commands');
		const commands = card(page, 'Commands');
		await commands.getByLabel('who').selectOption('me');
		await commands.getByRole('button', { name: 'Run' }).first().click();
		await commands.getByText('hello me').waitFor();
		await commands.getByText('Ended with 0').waitFor();
		await commands.getByLabel('Command line').fill('echo begun; sleep 600');
		await commands.getByRole('button', { name: 'Run' }).last().click();
		await commands.getByText('begun').waitFor();
		await commands.getByRole('button', { name: 'Stop' }).click();
		await commands.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
		const terminal = card(page, 'Terminal');
		await terminal.getByRole('button', { name: 'Open a terminal' }).click();
		await terminal.getByLabel('Type here').fill('echo $((6 * 7)); exit');
		await terminal.getByLabel('Type here').press('Enter');
		await terminal.getByRole('button', { name: 'Open a terminal' }).waitFor();
	});

	it('is used in a channel by whoever has its password, as far as it allows it there', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Remote control$/);
		const join = async (password: string): Promise<void> => {
			await page.getByLabel('Name of the channel').fill('our-house');
			await page.getByLabel(/^Password/).fill(password);
			await page.getByRole('button', { name: 'Join' }).click();
		};
		await join('a guess');
		await page.locator('.fault').waitFor();
		await join(SECRET);
		await page.getByRole('heading', { level: 2, name: 'Attic' }).waitFor();
		expect(await page.getByRole('radio', { name: /Files|Camera|Commands/ }).count()).to.equal(1);
		await card(page, 'Files')
			.getByRole('button', { name: /^notes\.txt/ })
			.click();
		const coming = page.waitForEvent('download');
		await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
		expect(readFileSync(await (await coming).path(), 'utf8')).to.equal('remember');
		await page.getByRole('button', { name: 'Leave' }).click();
		await page.getByText('Using machines from afar is for administrators.').waitFor();
	});

	it('is for administrators', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Remote control$/);
		await page.getByText('Using machines from afar is for administrators.').waitFor();
	});
});
