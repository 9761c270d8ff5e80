import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Clock, Timer } from '@pilotwire/runtime';

/** A pin that a relay hangs on. */
export interface GpioPin {
	/** Such as gpiochip0; on a Pi 5 the header's is gpiochip0 or gpiochip4, by its kernel. */
	readonly chip: string;
	/** Offset of the line: the GPIO number on a Pi. */
	readonly line: number;
	/** The relay is on while the pin is low, as on most relay boards. */
	readonly activeLow: boolean;
}

/** What a relay tells. */
export interface RelayEvents {
	/** The line is held so. */
	held(on: boolean): void;
	/** It could not be held, or was lost, with what the tool said. */
	lost(why: string): void;
}

/** A line that the tool still holds after this long was taken. Milliseconds. */
const TAKEN_MS = 300;
/** What a tool that failed says, at most. Characters. */
const MOST_WORDS = 200;

/** Begins to hold a pin so, until the process is told to end; the relay is off then. */
export type Hold = (pin: GpioPin, on: boolean) => ChildProcess;

/**
 * libgpiod's `gpioset`: version 1 holds with --mode=signal, version 2 always (gpioset(1)). On Raspberry Pi OS a pin that
 * nobody holds any more keeps its level (pinctrl_bcm2835.persist_gpio_outputs), so that letting go would leave a heater
 * on: a small shell stands beside each hold and switches off at its end. The kernel ends it with this program, also where
 * that is killed (setpriv(1), --pdeathsig): a relay never outlives who switched it.
 */
export function holdWithGpioset(command = 'gpioset'): Hold {
	let version: 1 | 2 | undefined;
	return ({ chip, line, activeLow }, on) => {
		version ??= versionOf(command);
		const low = activeLow ? ' --active-low' : '';
		const [stay, leave] = version === 1 ? ['--mode=signal', '--mode=exit'] : ['', '--toggle 0'];
		const words = (how: string, level: 0 | 1): string =>
			`${how}${low} ${version === 1 ? '' : '--chip '}${chip} ${line}=${level}`.trim();
		const script = [
			// The kernel says it again for each thread that dies with this program: what switches off must not die of that.
			`off() { trap '' TERM INT HUP; [ -z "$!" ] || { kill $!; wait $!; } 2>/dev/null; exec "$0" ${words(leave, 0)}; }`,
			'trap off TERM INT HUP',
			// Killed before the guard stood: then nobody would ever tell it.
			`[ "$PPID" = ${process.pid} ] || exit 1`,
			`setpriv --pdeathsig TERM -- "$0" ${words(stay, on ? 1 : 0)} &`,
			'wait $!',
		].join('\n');
		const guarded = ['--pdeathsig', 'TERM', '--', 'sh', '-c', script, command];
		return spawn('setpriv', guarded, { stdio: ['ignore', 'ignore', 'pipe'] });
	};
}

/** The version that is installed; the newer where it doesn't say. Asked once: it answers in milliseconds. */
function versionOf(command: string): 1 | 2 {
	const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', timeout: 2_000 });
	return /\bv?1\.\d/.test(stdout ?? '') ? 1 : 2;
}

/** A relay on a pin, held by a process of its own: when this program is gone, so is its hold, and the relay is off. */
export class GpioRelay {
	readonly #pin: GpioPin;
	readonly #hold: Hold;
	readonly #events: RelayEvents;
	readonly #clock: Pick<Clock, 'after'>;
	#wanted: boolean | undefined;
	#child: ChildProcess | undefined;
	/** How the line is held, once it is. */
	#held: boolean | undefined;
	/** The process was told to let go. */
	#switching = false;
	#taken: Timer | undefined;
	#ended: (() => void) | undefined;

	constructor(pin: GpioPin, hold: Hold, events: RelayEvents, clock: Pick<Clock, 'after'>) {
		this.#pin = pin;
		this.#hold = hold;
		this.#events = events;
		this.#clock = clock;
	}

	/** Switches it; the answer comes as an event. */
	set(on: boolean): void {
		const held = this.#held;
		this.#wanted = on;
		if (this.#child === undefined) {
			this.#take();
			return;
		}
		if (held === on && !this.#switching) {
			this.#events.held(on);
			return;
		}
		// One process a line: the next one begins where the one before has let go.
		this.#switching = true;
		this.#child.kill('SIGTERM');
	}

	/** Lets go: the relay is off. */
	async stop(): Promise<void> {
		this.#wanted = undefined;
		const child = this.#child;
		if (child === undefined) return;
		await new Promise<void>((resolve) => {
			this.#ended = resolve;
			child.kill('SIGTERM');
		});
	}

	#take(): void {
		const on = this.#wanted;
		if (on === undefined) return;
		const child = this.#hold(this.#pin, on);
		this.#child = child;
		let words = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			words = (words + text).slice(0, MOST_WORDS);
		});
		this.#taken = this.#clock.after(TAKEN_MS, () => {
			this.#held = on;
			this.#events.held(on);
		});
		const gone = (why: string): void => {
			if (this.#child !== child) return;
			const switching = this.#switching;
			this.#child = undefined;
			this.#held = undefined;
			this.#switching = false;
			this.#taken?.cancel();
			this.#ended?.();
			if (this.#wanted === undefined) return;
			if (switching) this.#take();
			else this.#events.lost(why);
		};
		child.once('error', (error) => gone(error.message));
		child.once('close', (code, signal) => gone(words.trim() || `ended with ${signal ?? code}`));
	}
}
