import { legalTime } from '../legal-time.ts';
import { minutes } from '../water-heater.ts';
import { digits, group, index, type MeterGroup } from './group.ts';
import type { Meter } from './meter.ts';

const SUPPLIER_INDEXES = 10;
const DISTRIBUTOR_INDEXES = 4;
const DAY_BLOCKS = 11;
const NO_BLOCK = 'NONUTILE';

/** The whole frame, in the order of Enedis-NOI-CPT_54E, 6.2.3, with the values of this moment. @param isOpen the breaker's state */
export function standardFrame(meter: Meter, isProducer: boolean, isOpen: boolean): MeterGroup[] {
	return [
		...identity(meter),
		...energies(meter, isProducer),
		...instant(meter),
		...maxima(meter, isProducer),
		...means(meter, isProducer),
		...status(meter, isProducer, isOpen),
	];
}

function identity(meter: Meter): MeterGroup[] {
	const isPeak = meter.description.tariff.kind === 'peak';
	const tariffs = isPeak ? [' HEURE  CREUSE  ', ' HEURE  PLEINE  '] : ['      BASE      '];
	return [
		group('ADSC', meter.description.adsc),
		group('VTIC', '02'),
		group('DATE', '', legalTime(meter.nowMs).stamp),
		group('NGTF', isPeak ? 'H PLEINE/CREUSE ' : '      BASE      '),
		group('LTARF', tariffs[meter.tariff] as string),
	];
}

function energies(meter: Meter, isProducer: boolean): MeterGroup[] {
	const { drawnWh } = meter;
	const total = drawnWh.reduce((sum, wh) => sum + Math.floor(wh), 0);
	const register = (name: string, count: number): MeterGroup[] =>
		Array.from({ length: count }, (_, at) =>
			group(`${name}${String(at + 1).padStart(2, '0')}`, index(drawnWh[at] ?? 0)),
		);
	return [
		group('EAST', index(total)),
		...register('EASF', SUPPLIER_INDEXES),
		...register('EASD', DISTRIBUTOR_INDEXES),
		...(isProducer
			? [group('EAIT', index(meter.injectedWh)), ...[1, 2, 3, 4].map((at) => group(`ERQ${at}`, index(0)))]
			: []),
	];
}

function instant(meter: Meter): MeterGroup[] {
	const phases = [...meter.amps.keys()];
	const { prefKVA, pcoupKVA } = meter.description;
	return [
		...phases.map((at) => group(`IRMS${at + 1}`, digits(meter.amps[at] as number, 3))),
		...phases.map((at) => group(`URMS${at + 1}`, digits(meter.volts[at] as number, 3))),
		group('PREF', digits(prefKVA, 2)),
		group('PCOUP', digits(pcoupKVA ?? prefKVA, 2)),
		group('SINSTS', digits(meter.totalVA, 5)),
		...(phases.length === 1
			? []
			: phases.map((at) => group(`SINSTS${at + 1}`, digits(meter.drawnVA[at] as number, 5)))),
	];
}

function maxima(meter: Meter, isProducer: boolean): MeterGroup[] {
	const names = meter.amps.length === 1 ? ['SMAXSN'] : ['SMAXSN', 'SMAXSN1', 'SMAXSN2', 'SMAXSN3'];
	return [
		...names.map((name, at) => dated(name, meter.today[at])),
		...names.map((name, at) => dated(`${name}-1`, meter.yesterday[at])),
		...(isProducer
			? [
					group('SINSTI', digits(meter.injectedVA, 5)),
					dated('SMAXIN', meter.injectedToday),
					dated('SMAXIN-1', meter.injectedYesterday),
				]
			: []),
	];
}

function dated(label: string, peak: { va: number; atMs: number } | undefined): MeterGroup {
	return group(label, digits(peak?.va ?? 0, 5), legalTime(peak?.atMs ?? 0).stamp);
}

function means(meter: Meter, isProducer: boolean): MeterGroup[] {
	return [
		...curve('CCASN', meter.curve),
		...(isProducer ? curve('CCAIN', meter.injectedCurve) : []),
		...meter.meanVolts.map(({ value, atMs }, at) => group(`UMOY${at + 1}`, digits(value, 3), legalTime(atMs).stamp)),
	];
}

function curve(label: string, means: readonly { value: number; atMs: number }[]): MeterGroup[] {
	return means.map(({ value, atMs }, age) =>
		group(age === 0 ? label : `${label}-${age}`, digits(value, 5), legalTime(atMs).stamp),
	);
}

function status(meter: Meter, isProducer: boolean, isOpen: boolean): MeterGroup[] {
	const isCheap = meter.offPeak.length > 0 && meter.tariff === 0;
	return [
		group('STGE', stge(meter, isProducer, isOpen, isCheap)),
		group('MSG1', 'PAS DE          MESSAGE         '),
		group('PRM', meter.description.prm),
		group('RELAIS', isCheap ? '001' : '000'),
		group('NTARF', digits(meter.tariff + 1, 2)),
		group('NJOURF', '00'),
		group('NJOURF+1', '00'),
		group('PJOURF+1', dayProfile(meter)),
	];
}

/** The status register, bit by bit as domain rules name them: 6.2.3.14. */
function stge(meter: Meter, isProducer: boolean, isOpen: boolean, isCheap: boolean): string {
	let bits = isCheap ? 0 : 1;
	if (isOpen) bits |= 1 << 1;
	if (meter.isAbovePref) bits |= 1 << 7;
	if (isProducer) bits |= 1 << 8;
	if (meter.injectedVA > 0) bits |= 1 << 9;
	bits |= (meter.tariff << 10) | (meter.tariff << 14);
	// Standard mode; Euridis secured; power-line carrier registered and synchronised.
	bits |= (1 << 17) | (3 << 19) | (2 << 21) | (1 << 23);
	return (bits >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/** Tomorrow's changes of tariff: `hhmm`, then the action, whose last digit is the supplier's register. */
function dayProfile(meter: Meter): string {
	const changes = new Map<number, number>();
	for (const { from, to } of meter.offPeak) {
		changes.set(minutes(from), 1);
		changes.set(minutes(to), 2);
	}
	if (!changes.has(0)) {
		const last = [...changes].sort(([a], [b]) => a - b).at(-1);
		changes.set(0, last?.[1] ?? 1);
	}
	const blocks = [...changes]
		.sort(([a], [b]) => a - b)
		.map(([minute, register]) => `${digits(Math.floor(minute / 60), 2)}${digits(minute % 60, 2)}400${register}`);
	return Array.from({ length: DAY_BLOCKS }, (_, at) => blocks[at] ?? NO_BLOCK).join(' ');
}
