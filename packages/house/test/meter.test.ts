import {
	createHouse,
	demoHouse,
	type House,
	type HouseInput,
	MeterLine,
	meterFrame,
	peakHouse,
} from '@pilotwire/house';
import { encodeFrame, TicDecoder, type TicFrame, type TicMode } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { emptyHouse } from './support/houses.ts';

const HC_HP = { kind: 'peak' as const, offPeak: [{ from: '22:30', to: '06:30' }] };

/** The frame as a decoder on the line reads it; fails on any refused group. */
function decoded(house: House): TicFrame {
	const { mode } = house.meter.description;
	const frames = decodedBytes(mode, encodeFrame(mode, meterFrame(house)));
	expect(frames).to.have.length(1);
	return frames[0] as TicFrame;
}

function decodedBytes(mode: TicMode, bytes: Uint8Array): TicFrame[] {
	const frames: TicFrame[] = [];
	const decoder = new TicDecoder({
		mode,
		onEvent: (event) => {
			if (event.type === 'error') throw new Error(JSON.stringify(event));
			if (event.type === 'frame') frames.push(event);
		},
	});
	decoder.push(bytes);
	return frames;
}

const labels = (house: House): string =>
	meterFrame(house)
		.map(({ label }) => label)
		.join(' ');
const value = (house: House, label: string): string | undefined =>
	meterFrame(house).find((group) => group.label === label)?.data;

function metered(meter: Partial<HouseInput['meter']>, changes: Partial<HouseInput> = {}): House {
	return emptyHouse({ meter: { prefKVA: 6, ...meter }, ...changes });
}

describe("the meter's frames", () => {
	it('historic, single phase, base: in order', () => {
		expect(labels(metered({ mode: 'historic' }))).to.equal(
			'ADCO OPTARIF ISOUSC BASE PTEC IINST IMAX PAPP HHPHC MOTDETAT',
		);
	});

	it('historic, three phases, off-peak: in order', () => {
		expect(labels(metered({ mode: 'historic', phases: 3, tariff: HC_HP }))).to.equal(
			'ADCO OPTARIF ISOUSC HCHC HCHP PTEC IINST1 IINST2 IINST3 IMAX1 IMAX2 IMAX3 PMAX PAPP HHPHC MOTDETAT PPOT',
		);
	});

	it('standard, single phase: in order', () => {
		expect(labels(metered({}))).to.equal(
			`ADSC VTIC DATE NGTF LTARF EAST EASF01 EASF02 EASF03 EASF04 EASF05 EASF06 EASF07 EASF08 EASF09 EASF10
			EASD01 EASD02 EASD03 EASD04 IRMS1 URMS1 PREF PCOUP SINSTS SMAXSN SMAXSN-1 CCASN CCASN-1 UMOY1 STGE MSG1 PRM
			RELAIS NTARF NJOURF NJOURF+1 PJOURF+1`.replaceAll(/\s+/g, ' '),
		);
	});

	it('standard, three phases with panels: in order', () => {
		expect(labels(metered({ phases: 3 }, { panels: { peakW: 3000, phases: [1] } }))).to.equal(
			`ADSC VTIC DATE NGTF LTARF EAST EASF01 EASF02 EASF03 EASF04 EASF05 EASF06 EASF07 EASF08 EASF09 EASF10
			EASD01 EASD02 EASD03 EASD04 EAIT ERQ1 ERQ2 ERQ3 ERQ4 IRMS1 IRMS2 IRMS3 URMS1 URMS2 URMS3 PREF PCOUP
			SINSTS SINSTS1 SINSTS2 SINSTS3 SMAXSN SMAXSN1 SMAXSN2 SMAXSN3 SMAXSN-1 SMAXSN1-1 SMAXSN2-1 SMAXSN3-1
			SINSTI SMAXIN SMAXIN-1 CCASN CCASN-1 CCAIN CCAIN-1 UMOY1 UMOY2 UMOY3 STGE MSG1 PRM
			RELAIS NTARF NJOURF NJOURF+1 PJOURF+1`.replaceAll(/\s+/g, ' '),
		);
	});

	for (const mode of ['historic', 'standard'] as const) {
		for (const phases of [1, 3] as const) {
			it(`${mode}, ${phases} phase(s): a decoder takes every group of a day's frames`, () => {
				const house = createHouse({ ...peakHouse({ phases, meter: { mode, tariff: HC_HP } }) }, 5);
				for (let hour = 0; hour < 24; hour++) {
					house.step(3601);
					const frame = decoded(house);
					expect(frame.complete).to.equal(true);
					expect(frame.groups).to.have.length(meterFrame(house).length);
					expect(frame.reading.phases).to.equal(phases);
				}
			});
		}
	}

	it('round as the TIC does: amperes and volt-amperes to the nearest, PAPP to ten', () => {
		const standard = metered({});
		const historic = metered({ mode: 'historic' });
		for (const house of [standard, historic]) {
			house.setOtherLoad(1, 1734.6);
			house.step(2);
		}
		expect(value(standard, 'SINSTS')).to.equal('01735');
		expect(value(standard, 'IRMS1')).to.equal('008');
		expect(value(standard, 'URMS1')).to.equal('230');
		expect(value(historic, 'PAPP')).to.equal('01730');
		expect(value(historic, 'IINST')).to.equal('008');
	});

	it('say the last whole second, not this instant', () => {
		const house = metered({});
		house.setOtherLoad(1, 1000);
		house.step(1);
		house.setOtherLoad(1, 3000);
		house.step(0.5);
		expect(value(house, 'SINSTS')).to.equal('01000');
		house.setOtherLoad(1, 2000);
		house.step(0.5);
		expect(value(house, 'SINSTS')).to.equal('02500');
	});

	it('ISOUSC is PREF over 200 V, a phase; ADPS stands only while IINST is above it', () => {
		const house = metered({ mode: 'historic', prefKVA: 6 });
		expect(value(house, 'ISOUSC')).to.equal('30');
		expect(value(metered({ mode: 'historic', phases: 3, prefKVA: 9 }), 'ISOUSC')).to.equal('15');
		house.setOtherLoad(1, 30.4 * 230);
		house.step(2);
		expect(value(house, 'ADPS')).to.equal(undefined);
		house.setOtherLoad(1, 30.6 * 230);
		house.step(2);
		expect(value(house, 'ADPS')).to.equal('031');
		expect(labels(house)).to.contain('IINST ADPS IMAX');
	});

	it('STGE says above PREF, the open breaker, the tariff and the mode', () => {
		const house = metered({ phases: 3, prefKVA: 9, tariff: HC_HP });
		house.setOtherLoad(2, 2900);
		house.step(2);
		expect(decoded(house).reading.status).to.include({
			aboveReferencePower: false,
			breaker: 'closed',
			standardMode: true,
			supplierIndex: 2,
			dryContactOpen: true,
		});
		house.setOtherLoad(2, 3100);
		house.step(2);
		expect(decoded(house).reading.status?.aboveReferencePower).to.equal(true);
		house.setOtherLoad(2, 12_000);
		house.step(60);
		expect(decoded(house).reading.status).to.include({ breaker: 'open_overpower', aboveReferencePower: false });
	});

	it('count each tariff period in its register and change over at the hour', () => {
		const house = metered({ tariff: HC_HP, startWh: [1000, 5000] }, { startsAt: '2026-01-12T21:00:00Z' });
		house.setOtherLoad(1, 1000);
		house.step(1800);
		expect(value(house, 'EASF02')).to.equal('000005500');
		expect(value(house, 'LTARF')?.trim()).to.equal('HEURE  CREUSE');
		house.step(3600);
		expect(value(house, 'EASF01')).to.equal('000002000');
		expect(value(house, 'EASF02')).to.equal('000005500');
		expect(value(house, 'EAST')).to.equal('000007500');
		expect(value(house, 'RELAIS')).to.equal('001');
		expect(value(house, 'PJOURF+1')?.slice(0, 27)).to.equal('00004001 06304002 22304001 '.slice(0, 27));
	});

	it('dates are local legal time, winter and summer', () => {
		const date = (startsAt: string) =>
			meterFrame(metered({}, { startsAt })).find(({ label }) => label === 'DATE')?.date;
		expect(date('2026-01-12T17:00:00Z')).to.equal('H260112180000');
		expect(date('2026-03-29T00:59:59Z')).to.equal('H260329015959');
		expect(date('2026-03-29T01:00:00Z')).to.equal('E260329030000');
		expect(date('2026-10-25T00:59:59Z')).to.equal('E261025025959');
		expect(date('2026-10-25T01:00:00Z')).to.equal('H261025020000');
	});

	it('keep the highest power of today and, from midnight, of yesterday', () => {
		const house = metered({}, { startsAt: '2026-01-12T22:00:00Z' });
		house.setOtherLoad(1, 4000);
		house.step(10);
		house.setOtherLoad(1, 500);
		house.step(3000);
		expect(value(house, 'SMAXSN')).to.equal('04000');
		house.step(1200);
		expect(value(house, 'SMAXSN')).to.equal('00500');
		expect(value(house, 'SMAXSN-1')).to.equal('04000');
	});

	it('a Linky says its rating as IMAX, an old meter the highest current it saw', () => {
		const linky = metered({ mode: 'historic' });
		const old = metered({ mode: 'historic', kind: 'electronic' });
		for (const house of [linky, old]) {
			house.setOtherLoad(1, 20 * 230);
			house.step(5);
			house.setOtherLoad(1, 0);
			house.step(5);
		}
		expect(value(linky, 'IMAX')).to.equal('090');
		expect(value(old, 'IMAX')).to.equal('020');
		expect(value(metered({ mode: 'historic', kind: 'electronic', papp: false }), 'PAPP')).to.equal(undefined);
	});

	it('a house that feeds in draws 0 VA, shows its current unsigned and what it injects', () => {
		const changes = { panels: { peakW: 3000, phases: [1 as const], cloudiness: 0 }, startsAt: '2026-01-12T11:30:00Z' };
		const house = metered({}, changes);
		house.step(60);
		expect(value(house, 'SINSTS')).to.equal('00000');
		expect(Number(value(house, 'IRMS1'))).to.be.above(8);
		expect(Number(value(house, 'SINSTI'))).to.be.above(2500);
		expect(decoded(house).reading.status).to.include({ producer: true, activeEnergyNegative: true });
		const historic = metered({ mode: 'historic' }, changes);
		historic.step(60);
		expect(value(historic, 'PAPP')).to.equal('00000');
		expect(value(historic, 'ADPS')).to.equal(undefined);
	});
});

describe("the meter's line", () => {
	/** Sends for so many seconds of the house; the parts with the moment each began. */
	function send(house: House, line: MeterLine, forS: number): { atS: number; text: string }[] {
		const parts: { atS: number; text: string }[] = [];
		const endMs = house.elapsedMs + forS * 1000;
		while (house.elapsedMs < endMs) {
			const { bytes, restMs } = line.next();
			parts.push({ atS: house.elapsedMs / 1000, text: Buffer.from(bytes).toString('latin1') });
			house.step((bytes.length * 10) / line.baud + restMs / 1000);
		}
		return parts;
	}

	const frames = (parts: { text: string }[]): string[] =>
		parts
			.map(({ text }) => text)
			.join('')
			.split('\x02')
			.slice(1);

	it('sends whole frames with right groups, at 9600 bd in standard mode', () => {
		const house = createHouse(demoHouse(), 1);
		const line = new MeterLine(house);
		const text = send(house, line, 20)
			.map((part) => part.text)
			.join('');
		expect(line.baud).to.equal(9600);
		expect(decodedBytes('standard', Buffer.from(text, 'latin1')).length).to.be.within(10, 25);
	});

	it('on overload of a three-phase historic meter: EOT behind the current group, then 20 short frames and 1 long', () => {
		const house = metered({ mode: 'historic', phases: 3, prefKVA: 9 });
		const line = new MeterLine(house);
		send(house, line, 4);
		house.setOtherLoad(2, 16 * 230);
		const parts = send(house, line, 40);
		const eot = parts.findIndex(({ text }) => text === '\x04');
		expect(parts[eot]?.atS).to.be.below(6.5);
		expect(parts[eot - 1]?.text).to.match(/\r$/);
		const sent = frames(parts.slice(eot)).map((frame) => (frame.includes('OPTARIF') ? 'long' : 'short'));
		expect(sent.slice(0, 21)).to.deep.equal([...Array(20).fill('short'), 'long']);
		expect(sent.slice(21, 25)).to.deep.equal(Array(4).fill('short'));
		const short = frames(parts.slice(eot))[0] as string;
		expect([...short.matchAll(/\n(\w+) (\w+) /g)].map(([, label, data]) => [label, data])).to.deep.equal([
			['ADIR2', '016'],
			['ADCO', house.meter.description.adsc],
			['IINST1', '000'],
			['IINST2', '016'],
			['IINST3', '000'],
		]);
	});

	it('sends short frames until one minute after the overload, ADIR only during it', () => {
		const house = metered({ mode: 'historic', phases: 3, prefKVA: 9 });
		const line = new MeterLine(house);
		house.setOtherLoad(1, 16 * 230);
		send(house, line, 10);
		house.setOtherLoad(1, 0);
		const endS = house.elapsedMs / 1000;
		const parts = send(house, line, 120);
		const shortAt = parts.filter(({ text }) => text.startsWith('\x02\nADCO')).map(({ atS }) => atS - endS);
		const adir = parts.filter(({ text }) => text.includes('ADIR')).map(({ atS }) => atS - endS);
		expect(Math.max(...adir)).to.be.below(2);
		const isShort = (atS: number): boolean => {
			const at = parts.findIndex((part) => part.atS - endS === atS);
			return parts[at + 1]?.text.includes('IINST1') === true;
		};
		const lastShort = Math.max(...shortAt.filter(isShort));
		expect(lastShort).to.be.within(57, 62);
		expect(shortAt.filter((atS) => atS > 63).every((atS) => !isShort(atS))).to.equal(true);
	});

	it('leaves 16.7 to 33.4 ms between frames', () => {
		const house = metered({ mode: 'historic' });
		const line = new MeterLine(house);
		for (let part = 0; part < 40; part++) {
			const { bytes, restMs } = line.next();
			expect(restMs).to.satisfy((ms: number) => (bytes.at(-1) === 0x03 ? ms >= 16.7 && ms <= 33.4 : ms === 0));
		}
	});
});
