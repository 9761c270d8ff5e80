import { encodeGroup, encodeInterruption, TicDecoder } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { LoadTracker } from '../src/load/load-tracker.ts';
import { frame } from './support.ts';
import { trackLoad } from './track-load.ts';

const one = 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|BASE 000012345|PTEC TH..';
const three = 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|BASE 000012345|PTEC TH..';

describe('the load in historic mode', () => {
	it('is there with IINST, before the frame ends, and finer with PAPP', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 010|PAPP 02280`);
		meter.bytes(Uint8Array.of(0x02));
		meter.group('IINST', '012');
		expect(meter.figures()).to.deep.equal([2_760]);
		meter.group('PAPP', '02840');
		expect(meter.figures()).to.deep.equal([2_840]);
		expect(meter.last()?.[0]?.limitVA).to.equal(6_000);
	});

	it('keeps the finer figure while the current stays the same, and renews it once a frame', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 012|PAPP 02840`);
		const before = meter.published.length;
		meter.send(`${one}|IINST 012|PAPP 02840`);
		expect(meter.published.length).to.equal(before + 1);
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 2_840, label: 'IINST', atMs: 1_500 });
	});

	it('multiplies by the voltage that PAPP showed, never by less than the nominal one', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 020|PAPP 04800`);
		meter.group('IINST', '030');
		expect(meter.figures()).to.deep.equal([7_024]);
		const low = trackLoad('historic');
		low.send(`${one}|IINST 020|PAPP 04200`);
		low.group('IINST', '030');
		expect(low.figures()).to.deep.equal([6_900]);
	});

	it('needs no PAPP: the oldest meters send none', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 012`);
		meter.send(`${one}|IINST 031`);
		expect(meter.figures()).to.deep.equal([7_130]);
		expect(meter.over()).to.deep.equal([1]);
	});

	it('is nothing while PAPP says 0, whatever IINST and ADPS say: the house feeds in', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 005|PAPP 00000`);
		expect(meter.figures()).to.deep.equal([0]);
		const before = meter.published.length;
		meter.group('IINST', '035');
		meter.group('ADPS', '035');
		expect(meter.published.length).to.equal(before);
		meter.group('PAPP', '00000');
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 0, over: false, alert: false });
		expect(meter.last()?.[0]).to.not.have.property('currentA');
	});

	it('counts again once PAPP says that the house draws, the alert of the same frame included', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 005|PAPP 00000`);
		meter.send(`${one}|IINST 035|ADPS 035|PAPP 08050`);
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 8_050, alert: true, over: true });
	});

	it('takes the alert ADPS at once and clears it by its absence in the next complete frame', () => {
		const meter = trackLoad('historic', { limitVA: [20_000] });
		meter.send(`${one}|IINST 031|PAPP 07130`);
		meter.group('IINST', '031');
		meter.group('ADPS', '031');
		expect(meter.last()?.[0]).to.include({ alert: true, over: true });
		meter.send(`${one}|IINST 031|ADPS 031|PAPP 07130`);
		expect(meter.last()?.[0]?.alert).to.equal(true);
		meter.send(`${one}|IINST 020|PAPP 04600`);
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 4_600, alert: false, over: false });
	});

	it('does not clear the alert by a frame that was damaged', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 031|ADPS 031|PAPP 07130`);
		const damaged = frame('historic', `${one}|IINST 029|ADPS 029|PAPP 06670`);
		damaged[damaged.indexOf(0x44, damaged.lastIndexOf(0x54))] = 0x45; // ADPS arrives as AEPS
		meter.bytes(damaged);
		meter.group('IINST', '029');
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 6_670, alert: true });
	});

	it('shares PAPP out over three phases in proportion to their currents', () => {
		const meter = trackLoad('historic');
		meter.send(`${three}|IINST1 001|IINST2 002|IINST3 002|PAPP 01095`);
		expect(
			meter.published.slice(0, 3).map((loads) => loads?.map(({ apparentPowerVA }) => apparentPowerVA)),
		).to.deep.equal([[230], [230, 460], [230, 460, 460]]);
		expect(meter.figures()).to.deep.equal([219, 438, 438]);
		expect(meter.last()?.map(({ limitVA }) => limitVA)).to.deep.equal([6_000, 6_000, 6_000]);
	});

	it('shares PAPP out although another group of the frame was damaged', () => {
		const meter = trackLoad('historic');
		meter.send(`${three}|IINST1 001|IINST2 002|IINST3 002|PAPP 01095`);
		const damaged = frame('historic', `${three}|IINST1 010|IINST2 020|IINST3 010|IMAX1 031|PAPP 09600`);
		damaged[Buffer.from(damaged).indexOf('IMAX1') + 6] = 0x39;
		meter.bytes(damaged);
		expect(meter.figures()).to.deep.equal([2_400, 4_800, 2_400]);
	});

	it('leaves the currents alone where PAPP does not fit them: one phase feeds in while others draw', () => {
		const meter = trackLoad('historic');
		meter.send(`${three}|IINST1 020|IINST2 002|IINST3 010|PAPP 02760`);
		expect(meter.figures()).to.deep.equal([4_600, 460, 2_300]);
	});

	it('comes from the short frames of a three-phase overload, with their alerts', () => {
		const meter = trackLoad('historic');
		meter.send(`${three}|IINST1 010|IINST2 010|IINST3 010|PAPP 06900|PPOT 00`);
		meter.group('ADCO', '012345678912');
		meter.bytes(encodeInterruption());
		meter.send('ADIR2 032|ADCO 012345678912|IINST1 010|IINST2 032|IINST3 010');
		expect(meter.figures()).to.deep.equal([2_300, 7_360, 2_300]);
		expect(meter.over()).to.deep.equal([2]);
		expect(meter.last()?.[1]?.alert).to.equal(true);
		meter.send(`${three}|IINST1 010|IINST2 032|IINST3 010|PAPP 11960|PPOT 00`);
		expect(meter.last()?.[1]?.alert, 'a long frame never carries ADIR').to.equal(true);
		meter.send('ADCO 012345678912|IINST1 010|IINST2 020|IINST3 010');
		expect(meter.over()).to.deep.equal([]);
	});

	it('has no long memory for alerts: two long frames in a row end them', () => {
		const meter = trackLoad('historic', { limitVA: [20_000] });
		meter.send('ADIR2 032|ADCO 012345678912|IINST1 010|IINST2 032|IINST3 010');
		for (let times = 0; times < 2; times++) {
			meter.send(`${three}|IINST1 010|IINST2 010|IINST3 010|PAPP 06900|PPOT 00`);
		}
		expect(meter.last()?.[1]?.alert).to.equal(false);
	});

	it('names the phases without voltage', () => {
		const meter = trackLoad('historic');
		meter.send(`${three}|IINST1 010|IINST2 000|IINST3 010|PAPP 04600|PPOT 04`);
		meter.group('IINST1', '010');
		expect(meter.last()?.map(({ missing }) => missing)).to.deep.equal([false, true, false]);
	});

	it('refuses a current that no meter passes, and says so', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 010|PAPP 02300`);
		meter.send(`${one}|IINST 510|PAPP 02300`);
		expect(meter.refused).to.deep.equal(['IINST']);
		expect(meter.published.flat().every((load) => (load?.apparentPowerVA ?? 0) <= 2_300)).to.equal(true);
	});

	it('holds to IINST where PAPP contradicts it', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 010|PAPP 22300`);
		meter.send(`${one}|IINST 030|PAPP 00300`);
		expect(meter.refused).to.deep.equal(['PAPP', 'PAPP']);
		expect(meter.figures()).to.deep.equal([6_900]);
	});

	it("has the household's own limit where that is stricter, and is there before ISOUSC is", () => {
		const meter = trackLoad('historic', { limitVA: [4_000] });
		meter.group('IINST', '020');
		expect(meter.last()?.[0]).to.include({ limitVA: 4_000, over: true });
		meter.send(`${one}|IINST 020|PAPP 04600`);
		expect(meter.last()?.[0]?.limitVA).to.equal(4_000);
	});

	it('says nothing without a limit, and does not wait for it where the last run knew it', () => {
		const fresh = trackLoad('historic');
		fresh.group('IINST', '020');
		expect(fresh.last()).to.equal(undefined);
		const tracker = new LoadTracker({ nominalV: 230 }, { phases: 1, phaseVA: 6_000 });
		const decoder = new TicDecoder({ onEvent: (event) => void tracker.take(event, 0) });
		decoder.push(Uint8Array.of(0x02));
		decoder.push(encodeGroup('historic', 'IINST', '020'));
		expect(tracker.snapshot(0, 10_000)?.[0]).to.include({ apparentPowerVA: 4_600, limitVA: 6_000 });
	});

	it('forgets a figure that is too old', () => {
		const meter = trackLoad('historic');
		meter.send(`${one}|IINST 010|PAPP 02300`);
		expect(meter.tracker.snapshot(5_000, 10_000)).to.have.length(1);
		expect(meter.tracker.snapshot(10_001, 10_000)).to.equal(undefined);
	});
});
