import { topics } from '@pilotwire/contract';
import { Bus, createContext, RpcClient, silentLog } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { frame, HandLine, ReaderBench } from './support.ts';

const historic = (iinst: string, papp: string, base = '073260524'): Uint8Array =>
	frame('historic', `ADCO 012345678912|OPTARIF BASE|ISOUSC 30|BASE ${base}|PTEC TH..|IINST ${iinst}|PAPP ${papp}`);
const standard = (sinsts: string): Uint8Array =>
	frame(
		'standard',
		`ADSC 012345678912|DATE H260115180000 |EAST 000012345|IRMS1 002|URMS1 232|PREF 09|PCOUP 09|SINSTS ${sinsts}|` +
			'SMAXSN H260115073000 05706|STGE 00020001|PRM 01234567891234',
	);

describe('the meter-reader', () => {
	const directory = temporaryDirectory();
	let bench: ReaderBench;
	const begin = async (settings: Record<string, unknown> = {}, line = new HandLine()): Promise<ReaderBench> => {
		bench = new ReaderBench(directory.path, settings, line);
		await bench.start();
		return bench;
	};
	afterEach(async () => {
		await bench.stop();
		expect(bench.clock.pending).to.equal(0);
		expect(bench.failures).to.deep.equal([]);
	});

	it('publishes the load retained, dated by its arrival, before the frame has ended', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		const bytes = historic('031', '07130');
		const border = Buffer.from(bytes).indexOf('\nPAPP');
		bench.line.receive(bytes.subarray(0, border));
		expect(bench.loads.at(-1)).to.deep.equal({
			at: '2026-01-15T17:00:01.500Z',
			over: true,
			phases: [
				{
					phase: 1,
					at: '2026-01-15T17:00:01.500Z',
					apparentPowerVA: 7_130,
					currentA: 31,
					limitVA: 6_000,
					over: true,
					alert: false,
					label: 'IINST',
				},
			],
		});
		const message = bench.hub.published.find(({ name }) => name.endsWith('/load/state'));
		expect(message).to.include({ qos: 0, retain: true });
	});

	it('renews an unchanged load with every frame, once', async () => {
		await begin();
		for (let times = 0; times < 5; times++) await bench.send(historic('010', '02300'));
		expect(bench.loads).to.have.length(5);
		expect(new Set(bench.loads.map(({ at }) => at)).size).to.equal(5);
	});

	it('publishes a whole frame decoded at its end, without what says whose meter it is', async () => {
		await begin({ mode: 'standard' });
		await bench.send(standard('00519'));
		expect(bench.readings).to.have.length(1);
		expect(bench.readings[0]).to.deep.include({
			at: '2026-01-15T17:00:00.000Z',
			mode: 'standard',
			phases: 1,
			energyWh: { EAST: 12_345 },
			drawnEnergyWh: 12_345,
			apparentPowerVA: 519,
			referencePowerKVA: 9,
			clock: { local: '2026-01-15T18:00:00', season: 'winter', degraded: false },
			drawnMaximumToday: {
				apparentPowerVA: 5_706,
				at: { local: '2026-01-15T07:30:00', season: 'winter', degraded: false },
			},
		});
		const texts = bench.hub.published.map(({ payload }) => payload).join();
		expect(texts).to.not.match(/012345678912|01234567891234/);
	});

	it('publishes what was right in a damaged, a cut or a broken-off frame, and keeps the rest of before', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		const damaged = historic('011', '02530', '073260525');
		damaged[Buffer.from(damaged).indexOf('\nBASE') + 6] = 0x39;
		await bench.send(damaged);
		expect(bench.readings.at(-1)).to.deep.include({
			energyWh: { BASE: 73_260_524 },
			drawnEnergyWh: 73_260_524,
			currentA: [11],
		});
		const cut = historic('012', '02760', '073260526');
		await bench.send(cut.subarray(0, Buffer.from(cut).indexOf('PTEC')));
		await bench.clock.advanceAsync(2_000, 500);
		expect(bench.readings.at(-1)).to.deep.include({
			energyWh: { BASE: 73_260_526 },
			currentA: [11],
			apparentPowerVA: 2_530,
		});
		await bench.send(Uint8Array.of(...historic('013', '02990').subarray(0, -1), 0x04));
		expect(bench.readings.at(-1)).to.deep.include({ currentA: [13], apparentPowerVA: 2_990 });
		await bench.clock.advanceAsync(10_000);
		expect(bench.link?.groupsBad).to.equal(2);
	});

	it('says in the reading which phases are over for as long as short frames say it', async () => {
		await begin();
		const long = 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|BASE 000000001|IINST1 010|IINST2 010|IINST3 010|PAPP 06900';
		await bench.send(frame('historic', long));
		await bench.send(frame('historic', 'ADIR2 032|ADCO 012345678912|IINST1 011|IINST2 032|IINST3 010'));
		expect(bench.readings.at(-1)).to.deep.include({ overloadCurrentA: [null, 32, null], currentA: [11, 32, 10] });
		expect(bench.readings.at(-1)?.energyWh).to.deep.equal({ BASE: 1 });
		await bench.send(frame('historic', 'ADCO 012345678912|IINST1 011|IINST2 022|IINST3 010'));
		expect(bench.readings.at(-1)).to.not.have.property('overloadCurrentA');
	});

	it('never publishes a register that fell', async () => {
		await begin();
		await bench.send(historic('010', '02300', '073260524'));
		await bench.send(historic('010', '02300', '000000000'));
		await bench.send(historic('010', '02300', '073260525'));
		expect(bench.readings.map(({ energyWh }) => energyWh['BASE'])).to.deep.equal([73_260_524, 73_260_524, 73_260_525]);
		expect(bench.readings.map(({ drawnEnergyWh }) => drawnEnergyWh)).to.deep.equal([
			73_260_524, 73_260_524, 73_260_525,
		]);
	});

	it('keeps a figure that it does not believe off every topic', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		await bench.send(historic('010', '48370'));
		expect(bench.readings.at(-1)).to.not.have.property('apparentPowerVA');
		expect(bench.warnings.join()).to.match(/PAPP is not believed: .*48370/);
		await bench.clock.advanceAsync(10_000);
		expect(bench.link?.implausible).to.equal(1);
		expect(bench.hub.published.map(({ payload }) => payload).join()).to.not.include('48370');
	});

	it('logs ten seconds of samples under numbers that go on', async () => {
		await begin();
		for (let times = 0; times < 14; times++) await bench.send(historic(`01${times % 2}`, `02${times % 2}00`));
		await bench.goOnUntil(() => bench.published(topics.loadLog).length > 1);
		const logs = bench.published(topics.loadLog);
		expect(logs).to.have.length(2);
		expect(logs[0]?.first).to.equal(0);
		expect(logs[1]?.first).to.equal(logs[0]?.samples.length);
		expect(logs[0]?.samples[0]).to.deep.equal({
			at: '2026-01-15T17:00:00.000Z',
			phase: 1,
			apparentPowerVA: 2_300,
			currentA: 10,
		});
	});

	it('says since when the meter is silent, and renews no load', async () => {
		await begin({ silenceS: 10 });
		await bench.send(historic('010', '02300'));
		const loads = bench.loads.length;
		await bench.clock.advanceAsync(12_000, 1_000);
		expect(bench.link?.silentSince).to.equal('2026-01-15T17:00:00.000Z');
		expect(bench.link?.problem).to.match(/^Nothing came on \/dev\/ttyTEST for 1\d s: check the wires/);
		expect(bench.loads.length).to.equal(loads);
		await bench.send(historic('010', '02300'));
		expect(bench.link).to.not.have.property('silentSince');
		expect(bench.link).to.not.have.property('problem');
	});

	it('publishes the state of the link every ten seconds where nothing but its counters changes', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		const before = bench.published(topics.link).length;
		for (let times = 0; times < 20; times++) await bench.send(historic('010', '02300'));
		expect(bench.published(topics.link).length).to.equal(before + 3);
		expect(bench.link?.framesPerMinute).to.be.within(19, 21);
	});

	it('says that there is only noise, at which speeds, and what to do', async () => {
		await begin();
		for (let times = 0; times < 12; times++) await bench.send(new Uint8Array(50).fill(0x55), 1_000);
		expect(bench.link?.problem).to.match(
			/^Only noise on \/dev\/ttyTEST for \d+ s at 1200 and 9600 bd: check the wires/,
		);
		expect(bench.warnings.filter((text) => text.includes('Only noise'))).to.have.length(1);
	});

	it('says that a fixed mode may be the wrong one', async () => {
		await begin({ mode: 'historic' });
		for (let times = 0; times < 12; times++) await bench.send(new Uint8Array(50).fill(0x55), 1_000);
		expect(bench.link?.problem).to.match(/at 1200 bd: the meter may speak the other mode; set mode: auto/);
		expect(bench.line.baud).to.equal(1_200);
	});

	it('finds the speed, remembers it over a restart, and follows the meter when it changes', async () => {
		await begin();
		expect(bench.line.baud).to.equal(1_200);
		await bench.clock.advanceAsync(2_250, 250);
		expect(bench.line.baud).to.equal(9_600);
		await bench.send(standard('00519'));
		await bench.clock.advanceAsync(1_000, 250);
		await bench.send(standard('00520'));
		expect(bench.link).to.include({ mode: 'standard', baud: 9_600 });
		await bench.stop();
		await begin();
		expect(bench.line.baud, 'remembered').to.equal(9_600);
		await bench.clock.advanceAsync(2_250, 250);
		expect(bench.line.baud).to.equal(1_200);
		await bench.send(historic('010', '02300'));
		expect(bench.link).to.include({ mode: 'historic', baud: 1_200 });
	});

	it('stays at a speed that is right through a pause of the meter', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		await bench.clock.advanceAsync(2_000, 250);
		expect(bench.line.baud).to.equal(1_200);
	});

	it('comes back after the adapter was pulled out, and says meanwhile what is wrong', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		bench.line.refusal = new Error('no such port');
		bench.line.pull('/dev/ttyTEST is gone');
		expect(bench.link).to.include({ connected: false, problem: '/dev/ttyTEST is gone' });
		await bench.clock.advanceAsync(3_000, 500);
		expect(bench.link).to.include({ connected: false, problem: 'no such port' });
		bench.line.refusal = undefined;
		await bench.clock.advanceAsync(5_000, 500);
		expect(bench.link?.connected).to.equal(true);
		await bench.send(historic('012', '02760'));
		expect(bench.figures).to.deep.equal([2_760]);
	});

	it('opens a port anew that has brought nothing for long: an adapter may hang without a word', async () => {
		const openings: number[] = [];
		class WatchedLine extends HandLine {
			override async open(...given: Parameters<HandLine['open']>): Promise<void> {
				openings.push(bench.clock.monotonicMs());
				await super.open(...given);
			}
		}
		bench = new ReaderBench(directory.path, {}, new WatchedLine());
		await bench.start();
		await bench.send(historic('010', '02300'));
		await bench.clock.advanceAsync(58_000, 250);
		expect(openings).to.have.length(1);
		await bench.clock.advanceAsync(3_000, 250);
		expect(openings).to.have.length(2);
		expect(bench.link?.connected).to.equal(true);
		await bench.clock.advanceAsync(3_600_000, 250);
		expect(openings, 'less and less often').to.have.length.within(6, 12);
		bench.line.baud = 1_200;
		await bench.send(historic('012', '02760'));
		expect(bench.figures).to.deep.equal([2_760]);
	});

	it('keeps the date of a figure that it says again, whatever the wall clock does meanwhile', async () => {
		await begin();
		const bytes = frame('historic', 'ADCO 012345678912|ISOUSC 20|IINST1 010|IINST2 011|IINST3 012|PAPP 07590');
		const border = Buffer.from(bytes).indexOf('\nIINST2');
		bench.line.receive(bytes.subarray(0, border));
		const before = bench.loads.at(-1)?.phases[0]?.at;
		bench.clock.stepWall(3_600_000);
		bench.line.receive(bytes.subarray(border, Buffer.from(bytes).indexOf('\nIINST3')));
		expect(bench.loads.at(-1)?.phases.map(({ at }) => at === before)).to.deep.equal([true, false]);
	});

	it('gives the text of the last frame to whoever asks, without whose meter it is', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		const context = createContext('asker', silentLog, bench.clock, () => undefined);
		const asker = new Bus(context, 'home', bench.hub.transport());
		const client = new RpcClient(asker, bench.clock);
		asker.start();
		const hidden = (await client.call('meter-reader', 'lastFrame', {})) as { text: string };
		expect(hidden.text).to.include('IINST 010').and.to.include('ADCO …').and.not.include('012345678912');
		const whole = (await client.call('meter-reader', 'lastFrame', { identifiers: true })) as { text: string };
		expect(whole.text).to.include('ADCO 012345678912');
		const refusal = await client.call('meter-reader', 'lastFrame', { meter: 'other' }).catch((error: Error) => error);
		expect(String(refusal)).to.match(/expected one of main, got other/);
		await asker.stop();
		bench.clock.advance(5_000);
	});

	it('warns once a minute while many groups are refused', async () => {
		await begin();
		await bench.send(historic('010', '02300'));
		for (let times = 0; times < 45; times++) {
			const damaged = historic('011', '02530');
			damaged[damaged.indexOf(0x42) + 8] = 0x39;
			await bench.send(damaged);
		}
		expect(bench.warnings.filter((text) => /groups were refused in the last minute/.test(text))).to.have.length(1);
	});
});
