import type { HostFigures } from '@pilotwire/contract';

type Throttling = NonNullable<HostFigures['throttling']>;

/**
 * The firmware's word on supply and heat: bit 0 under-voltage now, 1 frequency capped, 2 throttled, 3 soft temperature
 * limit; 16 to 19 the same since the start (Raspberry Pi documentation, vcgencmd get_throttled). Undefined where the
 * text is none.
 */
export function throttlingOf(text: string): Throttling | undefined {
	const digits = /^(?:throttled=)?(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim())?.[1];
	if (digits === undefined) return undefined;
	const word = Number.parseInt(digits, 16);
	const any = (...bits: number[]): boolean => bits.some((bit) => (word & (1 << bit)) !== 0);
	return {
		underVoltage: any(0),
		throttled: any(1, 2, 3),
		underVoltageSeen: any(16),
		throttledSeen: any(17, 18, 19),
	};
}

/**
 * How much of its life a medium has used, percent, at most: the worse of the two estimates of eMMC, each in tenths, 0x0b
 * for beyond its end (JEDEC JESD84-B51, EXT_CSD 268 and 269). Undefined where it says nothing (0x00), as SD cards do.
 */
export function wearOf(lifeTime: string): number | undefined {
	const tenths = lifeTime
		.trim()
		.split(/\s+/)
		.map((word) => (/^0x[0-9a-f]{1,2}$/i.test(word) ? Number.parseInt(word, 16) : 0));
	const worst = Math.max(...tenths);
	return worst >= 1 && worst <= 11 ? worst * 10 : undefined;
}
