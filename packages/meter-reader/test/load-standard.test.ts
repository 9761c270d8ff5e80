import { expect } from 'chai';
import { frame } from './support.ts';
import { trackLoad } from './track-load.ts';

const head = 'ADSC 012345678912|VTIC 02|EAST 000012345';
/** STGE of a house in order, above PREF (bit 7), feeding in (bit 9). */
const IN_ORDER = 'STGE 00020001';
const ABOVE_PREF = 'STGE 00020081';
const FEEDING_IN = 'STGE 00020301';

const single = (irms: string, sinsts: string, rest = IN_ORDER): string =>
	`${head}|IRMS1 ${irms}|URMS1 232|PREF 09|PCOUP 09|SINSTS ${sinsts}|${rest}`;

const three = (irms: readonly string[], sinsts: readonly string[], rest = IN_ORDER): string =>
	[
		head,
		...irms.map((data, index) => `IRMS${index + 1} ${data}`),
		...irms.map((_, index) => `URMS${index + 1} 232`),
		'PREF 09|PCOUP 09|SINSTS 04000',
		...sinsts.map((data, index) => `SINSTS${index + 1} ${data}`),
		rest,
	].join('|');

describe('the load in standard mode', () => {
	it('is SINSTS in single phase, against PREF', () => {
		const meter = trackLoad('standard');
		meter.send(single('002', '00519'));
		expect(meter.last()?.[0]).to.include({
			apparentPowerVA: 519,
			currentA: 2,
			label: 'SINSTS',
			limitVA: 9_000,
			over: false,
		});
		meter.send(single('041', '09512'));
		expect(meter.over()).to.deep.equal([1]);
	});

	it('is there with SINSTS, before the frame ends', () => {
		const meter = trackLoad('standard');
		meter.send(single('002', '00519'));
		meter.group('SINSTS', '09512');
		expect(meter.figures()).to.deep.equal([9_512]);
	});

	it('is SINSTS1 to SINSTS3 in three phases, each against a third of PREF', () => {
		const meter = trackLoad('standard');
		meter.send(three(['002', '014', '003'], ['00500', '03200', '00700']));
		expect(meter.figures()).to.deep.equal([500, 3_200, 700]);
		expect(meter.last()?.map(({ limitVA }) => limitVA)).to.deep.equal([3_000, 3_000, 3_000]);
		expect(meter.over()).to.deep.equal([2]);
	});

	it('never takes the total of three phases for the load of one', () => {
		const meter = trackLoad('standard');
		const text = three(['005', '006', '006'], ['01200', '01400', '01400']);
		meter.bytes(frame('standard', text).subarray(0, -120));
		meter.send(text);
		expect(meter.published.flat().map((load) => load?.apparentPowerVA)).to.not.include(4_000);
	});

	it('takes what the pilot series calls SINST1 in single phase', () => {
		const meter = trackLoad('standard');
		meter.send(single('002', '00519').replace('SINSTS', 'SINST1'));
		expect(meter.figures()).to.deep.equal([519]);
	});

	it('has the stricter of PREF and PCOUP as its limit', () => {
		const meter = trackLoad('standard');
		meter.send(single('002', '00519').replace('PCOUP 09', 'PCOUP 03'));
		expect(meter.last()?.[0]?.limitVA).to.equal(3_000);
	});

	it('is nothing while the house feeds in: IRMS1 5, SINSTS 0, SINSTI 1253', () => {
		const meter = trackLoad('standard');
		meter.send(single('005', '00000', `SINSTI 01253|${IN_ORDER}`));
		expect(meter.figures()).to.deep.equal([0]);
		expect(meter.refused).to.deep.equal([]);
	});

	it('waits for SINSTI before it takes a strong current for drawn, then publishes SINSTS', () => {
		const meter = trackLoad('standard');
		meter.send(single('020', '00000', `SINSTI 04600|${IN_ORDER}`));
		expect(meter.figures()).to.deep.equal([0]);
		meter.send(single('021', '00000', `SINSTI 04800|${IN_ORDER}`));
		expect(meter.published.flat().map((load) => load?.apparentPowerVA)).to.deep.equal([0, 0]);
		expect(meter.refused).to.deep.equal([]);
	});

	it('knows a house that feeds in by STGE bit 9 where there is no SINSTI, and gives no alert for it', () => {
		const meter = trackLoad('standard');
		meter.send(single('020', '00000', FEEDING_IN.replace('301', '381')));
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 0, alert: false });
	});

	it('is IRMS x URMS where SINSTS is far below it and the house draws', () => {
		const meter = trackLoad('standard');
		meter.send(single('020', '00000'));
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 4_640, label: 'IRMS1' });
		expect(meter.refused).to.deep.equal(['SINSTS']);
	});

	it('refuses SINSTS1-3 that firmware made up: 48,370 VA with a right checksum', () => {
		const meter = trackLoad('standard');
		meter.send(three(['002', '003', '004'], ['48370', '48370', '00900']));
		expect(meter.figures()).to.deep.equal([464, 696, 900]);
		expect(meter.refused).to.deep.equal(['SINSTS1', 'SINSTS2']);
		expect(meter.published.flat().map((load) => load?.apparentPowerVA)).to.not.include(48_370);
	});

	it('refuses a figure that no connection carries even where no current says so', () => {
		const meter = trackLoad('standard');
		meter.send(three(['002', '003', '004'], ['00400', '00700', '00900']));
		meter.group('SINSTS2', '48370');
		expect(meter.figures()).to.deep.equal([400, 700, 900]);
	});

	it('believes a step that came between IRMS and SINSTS', () => {
		const meter = trackLoad('standard');
		meter.send(single('010', '05300'));
		expect(meter.figures()).to.deep.equal([5_300]);
		expect(meter.refused).to.deep.equal([]);
	});

	it('does not weigh a figure against the currents of a frame that was broken off', () => {
		const meter = trackLoad('standard');
		meter.send(single('040', '09280'));
		meter.group('IRMS1', '040');
		meter.tracker.take({ type: 'interruption' }, 0);
		meter.group('SINSTS', '00519');
		expect(meter.figures()).to.deep.equal([519]);
		expect(meter.refused).to.deep.equal([]);
	});

	it('is over where only STGE says so, on the phase nearest to its limit', () => {
		const meter = trackLoad('standard');
		meter.send(three(['010', '012', '009'], ['02300', '02800', '02000'], ABOVE_PREF));
		expect(meter.over()).to.deep.equal([2]);
		expect(meter.last()?.[1]).to.include({ alert: true, apparentPowerVA: 2_800 });
		meter.send(three(['010', '012', '009'], ['02300', '02800', '02000']));
		expect(meter.over()).to.deep.equal([]);
	});

	it('lays the alert of STGE on the phases that are over, where any is', () => {
		const meter = trackLoad('standard');
		meter.send(three(['015', '012', '016'], ['03400', '02800', '03500'], ABOVE_PREF));
		expect(
			meter
				.last()
				?.filter(({ alert }) => alert)
				.map(({ phase }) => phase),
		).to.deep.equal([1, 3]);
	});

	it('goes on when the meter changes mode, and back', () => {
		const meter = trackLoad('standard');
		meter.send(single('002', '00519'));
		meter.bytes(frame('historic', 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|IINST 010|PAPP 02400'));
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 2_400, limitVA: 6_000 });
		meter.send(single('002', '00519'));
		meter.send(single('003', '00619'));
		expect(meter.last()?.[0]).to.include({ apparentPowerVA: 619, limitVA: 9_000 });
	});
});
