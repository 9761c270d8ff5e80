import { readdirSync } from 'node:fs';
import { type Topic, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import * as z from 'zod';
import { MeterReader, meterSections } from '../src/index.ts';
import { frame, HandLine } from './support.ts';

const house = (sinsts: string): Uint8Array =>
	frame('standard', `ADSC 012345678912|EAST 000012345|PREF 09|PCOUP 09|IRMS1 010|URMS1 232|SINSTS ${sinsts}`);
/** The meter of panels that sell all they give: it draws nothing, and says what it feeds in. */
const panels = (sinsti: string): Uint8Array =>
	frame('standard', `ADSC 031861234567|EAST 000000007|EAIT 004567890|PREF 03|PCOUP 03|IRMS1 009|SINSTI ${sinsti}`);
const other = frame('historic', 'ADCO 031861234567|OPTARIF BASE|ISOUSC 15|BASE 000456789|IINST 003|PAPP 00690');

describe('several meters', () => {
	const directory = temporaryDirectory();
	let clock: VirtualClock;
	let hub: MemoryHub;
	let lines: Map<string, HandLine>;
	let reader: MeterReader;
	let failures: unknown[];

	beforeEach(async () => {
		clock = new VirtualClock();
		hub = new MemoryHub();
		failures = [];
		lines = new Map(['main', 'panels', 'flat'].map((id) => [id, new HandLine(id !== 'panels')]));
		const meters = [...lines.keys()].map((id) => ({ id, source: `serial:/dev/${id}` }));
		const config = z.object(meterSections).parse({ meters });
		const context = createContext('meter-reader', silentLog, clock, (error) => void failures.push(error));
		reader = new MeterReader(
			context,
			new Bus(context, 'home', hub.transport()),
			{ dataDir: directory.path, ...config },
			({ id }) => lines.get(id) as HandLine,
		);
		await reader.start();
	});
	afterEach(async () => {
		await reader.stop();
		expect(clock.pending).to.equal(0);
		expect(failures).to.deep.equal([]);
	});

	const send = async (id: string, bytes: Uint8Array): Promise<void> => {
		lines.get(id)?.receive(bytes);
		await clock.advanceAsync(500, 100);
	};
	const retained = <Payload>(topic: Topic<`meter/{meter}/${string}`, Payload>, meter: string): Payload | undefined => {
		const text = hub.retained.get(topicName('home', { template: topic.template as 'meter/{meter}' }, { meter }));
		return text === undefined ? undefined : topic.schema.parse(JSON.parse(text));
	};

	it('each have their own load, reading, link, speed and memory', async () => {
		await clock.advanceAsync(2_500, 250);
		for (let times = 0; times < 3; times++) {
			await send('main', house('02310'));
			await send('panels', panels('02040'));
		}
		lines.get('flat')?.pull('gone');
		await clock.advanceAsync(1_100, 100);
		for (let times = 0; times < 6; times++) {
			await send('flat', other);
			await send('main', house('02310'));
		}
		expect(retained(topics.load, 'main')?.phases[0]).to.include({ apparentPowerVA: 2_310, limitVA: 9_000 });
		expect(retained(topics.load, 'flat')?.phases[0]).to.include({ apparentPowerVA: 690, limitVA: 3_000 });
		expect(retained(topics.reading, 'main')?.energyWh).to.deep.equal({ EAST: 12_345 });
		expect(retained(topics.reading, 'panels')?.energyWh).to.include({ EAIT: 4_567_890 });
		expect(retained(topics.link, 'main')).to.include({ mode: 'standard', baud: 9_600 });
		expect(retained(topics.link, 'flat')).to.include({ mode: 'historic', baud: 1_200 });
		expect(retained(topics.link, 'panels')).to.include({ mode: 'standard' }).and.not.have.property('baud');
		await reader.stop();
		expect(readdirSync(directory.path).sort()).to.include.members(['meter-flat.json', 'meter-main.json']);
	});

	it('disturb each other in nothing: silence and noise of one are its own', async () => {
		await clock.advanceAsync(2_500, 250);
		for (let times = 0; times < 30; times++) {
			await send('main', house('02310'));
			await send('panels', times < 3 ? panels('02040') : new Uint8Array(200).fill(0x55));
		}
		expect(retained(topics.link, 'main')).to.include({ groupsBad: 0 }).and.not.have.property('silentSince');
		expect(retained(topics.link, 'panels')).to.have.property('silentSince');
		expect(retained(topics.load, 'main')?.at).to.equal(new Date(clock.wallMs() - 1_000).toISOString());
	});

	it('never take what panels feed in for a load', async () => {
		for (let times = 0; times < 3; times++) await send('panels', panels('02940'));
		for (const { apparentPowerVA, over } of retained(topics.load, 'panels')?.phases ?? []) {
			expect([apparentPowerVA, over]).to.deep.equal([0, false]);
		}
	});
});
