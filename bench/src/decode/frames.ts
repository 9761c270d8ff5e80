import { encodeFrame, type GroupToEncode, type TicMode } from '@pilotwire/teleinfo';

/** Figures that look like a house's and come out the same each time. */
function* numbers(): Generator<number> {
	let state = 20_241_202;
	for (;;) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		yield state / 2 ** 32;
	}
}

const pad = (value: number, width: number) => String(Math.floor(value)).padStart(width, '0');

function historicFrame(index: number, next: () => number): GroupToEncode[] {
	const powerVA = 200 + next() * 8000;
	return [
		{ label: 'ADCO', data: '012345678912' },
		{ label: 'OPTARIF', data: 'HC..' },
		{ label: 'ISOUSC', data: '45' },
		{ label: 'HCHC', data: pad(6_906_827 + index, 9) },
		{ label: 'HCHP', data: pad(7_617_931 + index * 2, 9) },
		{ label: 'PTEC', data: index % 3 === 0 ? 'HC..' : 'HP..' },
		{ label: 'IINST', data: pad(powerVA / 230, 3) },
		{ label: 'IMAX', data: '044' },
		{ label: 'PAPP', data: pad(powerVA / 10, 4).concat('0') },
		{ label: 'HHPHC', data: 'A' },
		{ label: 'MOTDETAT', data: '000000' },
	];
}

function standardFrame(index: number, next: () => number): GroupToEncode[] {
	const phases = [1, 2, 3].map((phase) => ({ phase, powerVA: 100 + next() * 3500, voltage: 225 + next() * 12 }));
	const stamp = `H2412${pad(1 + (index % 28), 2)}${pad(next() * 24, 2)}${pad(next() * 60, 2)}00`;
	return [
		{ label: 'ADSC', data: '012345678912' },
		{ label: 'VTIC', data: '02' },
		{ label: 'DATE', data: '', date: stamp },
		{ label: 'NGTF', data: '     TEMPO      ' },
		{ label: 'LTARF', data: '    HP  BLEU    ' },
		{ label: 'EAST', data: pad(17_026_175 + index, 9) },
		...Array.from({ length: 10 }, (_, at) => ({ label: `EASF${pad(at + 1, 2)}`, data: pad(next() * 1e9, 9) })),
		...Array.from({ length: 4 }, (_, at) => ({ label: `EASD${pad(at + 1, 2)}`, data: pad(next() * 1e9, 9) })),
		...phases.map(({ phase, powerVA, voltage }) => ({ label: `IRMS${phase}`, data: pad(powerVA / voltage, 3) })),
		...phases.map(({ phase, voltage }) => ({ label: `URMS${phase}`, data: pad(voltage, 3) })),
		{ label: 'PREF', data: '09' },
		{ label: 'PCOUP', data: '09' },
		{
			label: 'SINSTS',
			data: pad(
				phases.reduce((sum, { powerVA }) => sum + powerVA, 0),
				5,
			),
		},
		...phases.map(({ phase, powerVA }) => ({ label: `SINSTS${phase}`, data: pad(powerVA, 5) })),
		{ label: 'SMAXSN', data: '05706', date: stamp },
		{ label: 'CCASN', data: '00521', date: stamp },
		...phases.map(({ phase, voltage }) => ({ label: `UMOY${phase}`, data: pad(voltage, 3), date: stamp })),
		{ label: 'STGE', data: '003A8000' },
		{ label: 'MSG1', data: 'PAS DE          MESSAGE         ' },
		{ label: 'PRM', data: '01234567891234' },
		{ label: 'RELAIS', data: '001' },
		{ label: 'NTARF', data: '02' },
		{ label: 'NJOURF', data: '00' },
		{ label: 'NJOURF+1', data: '00' },
		{ label: 'PJOURF+1', data: ['00008002', '06004001', ...Array<string>(9).fill('NONUTILE')].join(' ') },
	];
}

/** At least `bytes` of whole frames of one mode, no two with the same figures. */
export function lineOf(mode: TicMode, bytes: number): Uint8Array {
	const source = numbers();
	const next = () => source.next().value as number;
	const frames: Uint8Array[] = [];
	for (let length = 0; length < bytes; length += frames.at(-1)?.length ?? 0) {
		const index = frames.length;
		frames.push(encodeFrame(mode, mode === 'historic' ? historicFrame(index, next) : standardFrame(index, next)));
	}
	return Uint8Array.from(Buffer.concat(frames));
}
