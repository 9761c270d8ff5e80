// The meter's line out of a black box, as `pilotwire replay` takes it.
import type { BoxEntry } from '@pilotwire/telemetry/black-box';

/** The bytes of one meter, in order; a byte of another meter, or one that is there twice, is left out. */
export function lineOf(entries: readonly BoxEntry[], meter: string): Buffer {
	const lines = entries.filter((entry) => entry.k === 'line');
	const chosen = lines.some((line) => line.meter === meter) ? meter : lines[0]?.meter;
	const parts: Buffer[] = [];
	let next = 0;
	for (const { first, text, meter: of } of lines) {
		if (of !== chosen) continue;
		const bytes = Buffer.from(text, 'latin1');
		// Numbers begin anew with the meter-reader.
		const known = first < next && first + bytes.length > next ? next - first : 0;
		parts.push(bytes.subarray(known));
		next = first + bytes.length;
	}
	return Buffer.concat(parts);
}
