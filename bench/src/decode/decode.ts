import { TicDecoder, type TicMode } from '@pilotwire/teleinfo';
import type { Figure } from '../figure.ts';
import { lineOf } from './frames.ts';
import { loadTeleinfo } from './teleinfo-peer.ts';

export const name = 'decode';

/** Bytes decoded in one turn; the best of the turns counts, the others had company on this machine. */
const LINE_BYTES = 1_000_000;
const TURNS = 40;
const CHUNKS = [65_536, 16] as const;
const GOAL_MB_PER_S = 25;

/** Takes chunks; says how many groups it decoded. */
interface Decoder {
	push(chunk: Uint8Array): void;
	groups(): number;
}

function pilotwire(): Decoder {
	let groups = 0;
	const decoder = new TicDecoder({
		onEvent: (event) => {
			if (event.type === 'group') groups++;
		},
	});
	return { push: (chunk) => decoder.push(chunk), groups: () => groups };
}

function cut(line: Uint8Array, size: number): Uint8Array[] {
	const chunks: Uint8Array[] = [];
	for (let at = 0; at < line.length; at += size) chunks.push(line.subarray(at, at + size));
	return chunks;
}

/** Megabytes (10^6 bytes) a second on one core. */
function measure(make: () => Decoder, line: Uint8Array, size: number): { rate: number; groups: number } {
	const chunks = cut(line, size);
	let rate = 0;
	let groups = 0;
	for (let turn = 0; turn < TURNS; turn++) {
		const decoder = make();
		const start = performance.now();
		for (const chunk of chunks) decoder.push(chunk);
		rate = Math.max(rate, line.length / 1000 / (performance.now() - start));
		groups = decoder.groups();
	}
	return { rate, groups };
}

const round = (value: number) => Math.round(value * 10) / 10;
const sizeName = (size: number) => (size >= 1024 ? `${size / 1024} KiB` : `${size} bytes`);

function ownFigures(mode: TicMode): Figure[] {
	const line = lineOf(mode, LINE_BYTES);
	return CHUNKS.map((size) => {
		const { rate, groups } = measure(pilotwire, line, size);
		return {
			name: `pilotwire, ${mode}, chunks of ${sizeName(size)}`,
			value: round(rate),
			unit: 'MB/s',
			goal: { op: '>=', value: GOAL_MB_PER_S },
			note: `${groups} groups, frames and readings`,
		};
	});
}

function peerFigures(): Figure[] {
	const peer = loadTeleinfo();
	if (peer === undefined)
		return [{ name: 'teleinfo', value: 0, unit: 'MB/s', note: 'not measured: npm install --prefix bench/peers' }];
	const line = lineOf('historic', LINE_BYTES);
	return CHUNKS.map((size) => {
		const { rate, groups } = measure(peer.make, line, size);
		return {
			name: `teleinfo ${peer.version}, historic, chunks of ${sizeName(size)}`,
			value: round(rate),
			unit: 'MB/s',
			note: `${groups} groups; historic only, whole frames only, no widths, no forms`,
		};
	});
}

/** Decoding speed of generated lines, beside the decoder of the npm package `teleinfo` in the same run. */
export function run(): Promise<Figure[]> {
	return Promise.resolve([...ownFigures('historic'), ...ownFigures('standard'), ...peerFigures()]);
}
