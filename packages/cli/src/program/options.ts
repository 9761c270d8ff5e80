import { SIZES_KVA } from '@pilotwire/house/sizes';
import { type Command, InvalidArgumentError } from 'commander';

/** An option that may be given again. */
export const collect = (value: string, all: string[] = []): string[] => [...all, value];

/** A command that reads the configuration; its action takes `ConfigOptions`. */
export function configurable(command: Command): Command {
	return command
		.option('-c, --config <file>', 'configuration file (YAML); without one a simulated house runs')
		.option('-s, --set <path=value>', 'a single setting, over the file, such as log.level=warn; repeatable', collect);
}

/** An option that is a number within bounds. */
export function numberWithin(from: number, to: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (text.trim() !== '' && value >= from && value <= to) return value;
		throw new InvalidArgumentError(`expected a number from ${from} to ${to}.`);
	};
}

/** `--speed`: a number above 0, or `max`. */
export function speedOf(text: string): number | undefined {
	if (text === 'max') return undefined;
	const speed = Number(text);
	if (!(speed > 0) || !Number.isFinite(speed)) throw new InvalidArgumentError('expected a number above 0, or max.');
	return speed;
}

/** `--now`: one of the sizes on sale. */
export function sizeOf(text: string): number {
	const size = SIZES_KVA.find((one) => one === Number(text));
	if (size === undefined) throw new InvalidArgumentError(`expected a size out of ${SIZES_KVA.join(', ')} kVA.`);
	return size;
}

/** `--radiators`: ratings in watts, comma-separated. */
export function ratingsOf(text: string): number[] {
	const ratings = text.split(',').map(Number);
	if (ratings.some((watts) => !(watts > 0 && watts <= 10_000))) {
		throw new InvalidArgumentError('expected ratings in watts up to 10000, such as 1500,1000,750.');
	}
	return ratings;
}

/** `--price 9=182.4`, repeated: euros (or any money) a year for a size in kVA. */
export function priceOf(text: string, known: ReadonlyMap<number, number> = new Map()): ReadonlyMap<number, number> {
	const [, kva, price] = /^(\d+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
	if (kva === undefined || !SIZES_KVA.some((size) => size === Number(kva))) {
		throw new InvalidArgumentError(`expected SIZE=PRICE, such as 9=182.40; sizes are ${SIZES_KVA.join(', ')} kVA.`);
	}
	return new Map([...known, [Number(kva), Number(price)]]);
}
