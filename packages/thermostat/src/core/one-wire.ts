/** What one look at a probe gave. */
export type Look =
	| {
			readonly ok: true;
			readonly temperatureC?: number;
			readonly humidityPercent?: number;
			readonly pressureHPa?: number;
	  }
	| { readonly ok: false; readonly fault: ProbeFault; readonly received: string };

/** What can be wrong with a probe: a word, so that screens translate it. */
export type ProbeFault = 'missing' | 'unreadable' | 'checksum' | 'power_on' | 'jump' | 'range' | 'silent';

/** What a DS18B20 says before its first conversion, or after its supply dropped (datasheet, "Power-On Reset"). °C. */
export const POWER_ON_C = 85;

/** Milli-°C that the sensor's registers can hold (datasheet: -55 to +125 °C). */
const RANGE_MILLI_C = [-55_000, 125_000] as const;

/**
 * Reads `w1_slave` of the kernel's w1_therm: nine bytes with their CRC's verdict, the same bytes and the temperature in
 * thousandths (kernel documentation, w1_therm).
 *
 *     72 01 4b 46 7f ff 0e 10 57 : crc=57 YES
 *     72 01 4b 46 7f ff 0e 10 57 t=23125
 */
export function readW1Slave(text: string): Look {
	const [verdict = '', figures = ''] = text.trim().split('\n');
	const received = text.trim().replaceAll('\n', ' | ').slice(0, 120);
	if (!/^([0-9a-f]{2} ){9}: crc=[0-9a-f]{2} (YES|NO)$/.test(verdict))
		return { ok: false, fault: 'unreadable', received };
	// A bus that is held down reads as zeros, whose CRC is right.
	if (verdict.endsWith('NO') || verdict.startsWith('00 '.repeat(9))) return { ok: false, fault: 'checksum', received };
	const milli = Number(/ t=(-?\d+)$/.exec(figures)?.[1] ?? 'none');
	if (!Number.isInteger(milli)) return { ok: false, fault: 'unreadable', received };
	const [least, most] = RANGE_MILLI_C;
	if (milli < least || milli > most) return { ok: false, fault: 'range', received };
	return { ok: true, temperatureC: milli / 1_000 };
}
