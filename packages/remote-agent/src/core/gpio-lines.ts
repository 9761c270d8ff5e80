import type { PinConfig } from '../config.ts';

/** Of libgpiod's tools: they take their arguments otherwise (gpioget(1) of each). */
export type ToolVersion = 1 | 2;

/** What says its version, in words. */
export const versionOf = (said: string): ToolVersion => (/\bv?1\.\d/.test(said) ? 1 : 2);

function options({ activeLow, bias }: PinConfig, version: ToolVersion): string[] {
	const words = { 'pull-up': 'pull-up', 'pull-down': 'pull-down', disabled: version === 1 ? 'disable' : 'disabled' };
	return [...(activeLow ? ['--active-low'] : []), ...(bias === undefined ? [] : [`--bias=${words[bias]}`])];
}

const place = ({ chip, line }: PinConfig, version: ToolVersion, level?: 0 | 1): string[] => [
	...(version === 1 ? [chip] : ['--chip', chip]),
	level === undefined ? String(line) : `${line}=${level}`,
];

/** Reads a pin: the output is `0` or `1`. */
export const getLine = (pin: PinConfig, version: ToolVersion): string[] => [
	'gpioget',
	...options(pin, version),
	...(version === 1 ? [] : ['--numeric']),
	...place(pin, version),
];

/** Holds a pin at a level until it is ended. */
export const holdLine = (pin: PinConfig, version: ToolVersion, level: 0 | 1): string[] => [
	'gpioset',
	...options({ ...pin, bias: undefined }, version),
	...(version === 1 ? ['--mode=signal'] : []),
	...place(pin, version, level),
];

/** On for a while, then off, by the tool itself: it ends in time whatever becomes of the agent. */
export const pulseLines = (pin: PinConfig, version: ToolVersion, ms: number): string[][] => {
	const own = options({ ...pin, bias: undefined }, version);
	if (version === 2) return [['gpioset', ...own, '--toggle', `${ms}ms,0`, ...place(pin, version, 1)]];
	const forAWhile = ['--mode=time', `--sec=${Math.floor(ms / 1_000)}`, `--usec=${(ms % 1_000) * 1_000}`];
	return [
		['gpioset', ...own, ...forAWhile, ...place(pin, version, 1)],
		['gpioset', ...own, '--mode=exit', ...place(pin, version, 0)],
	];
};

/** Tells each edge in a line: `1` for one up, otherwise one down. */
export const watchLine = (pin: PinConfig, version: ToolVersion): string[] => [
	'gpiomon',
	...options(pin, version),
	...(version === 1 ? ['--line-buffered'] : []),
	'--format=%e',
	...place(pin, version),
];
