import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { type Lock, takeLock } from '@pilotwire/runtime';
import type { SerialPort } from 'serialport';
import { portError } from '../errors.ts';
import type { Line, LineEvents } from '../line.ts';

/** How a port frames its characters: the TIC's own 7E1, or 8N1 for ports that know nothing else. */
export type PortFormat = '7e1' | '8n1';

/** How often the path is looked at: an adapter that is pulled out may go on as a port that reads nothing. Milliseconds. */
const LOOK_MS = 1_000;

/**
 * A serial port. 7 data bits, even parity, 1 stop bit; where a port refuses that it is opened with 8 bits and no
 * parity, and bit 7 carries the parity. One reader per port on this machine, by the port's real path.
 */
export class SerialLine implements Line {
	readonly name: string;
	readonly hasSpeed = true;
	readonly quietMs = 60_000;
	readonly #path: string;
	readonly #format: PortFormat | 'auto';
	#port: SerialPort | undefined;
	#lock: Lock | undefined;
	#look: NodeJS.Timeout | undefined;

	constructor(path: string, format: PortFormat | 'auto' = 'auto') {
		this.name = path;
		this.#path = path;
		this.#format = format;
	}

	/** Rejects with `LOCK_HELD` where another reader of this machine has the port, with `PORT_*` where it can't be opened. */
	async open(baud: number, events: LineEvents): Promise<void> {
		const path = await realpath(this.#path).catch((error: unknown) => {
			throw portError(this.#path, error);
		});
		this.#lock = await takeLock(`serial-${path}`, `serial port ${path}`, 'meter-reader');
		try {
			const device = await stat(path);
			const port = await this.#openPort(path, baud);
			this.#port = port;
			this.#follow(port, events);
			this.#look = setInterval(() => void this.#lookAt(port, device, events), LOOK_MS);
		} catch (error) {
			await this.close();
			throw portError(this.#path, error);
		}
	}

	async setSpeed(baud: number): Promise<void> {
		const port = this.#port;
		if (port === undefined) return;
		await new Promise<void>((resolve, reject) => {
			port.update({ baudRate: baud }, (error) => (error ? reject(portError(this.#path, error)) : resolve()));
		});
	}

	async close(): Promise<void> {
		const port = this.#port;
		this.#port = undefined;
		clearInterval(this.#look);
		port?.removeAllListeners();
		// A port that is pulled out while it closes reports it once more; there is nobody left to tell.
		port?.on('error', () => undefined);
		if (port?.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
		const lock = this.#lock;
		this.#lock = undefined;
		await lock?.release();
	}

	async #openPort(path: string, baud: number): Promise<SerialPort> {
		if (this.#format !== 'auto') return openPort(path, baud, this.#format);
		try {
			return await openPort(path, baud, '7e1');
		} catch (error) {
			if (!/invalid argument|EINVAL/i.test(String(error))) throw error;
			return openPort(path, baud, '8n1');
		}
	}

	#follow(port: SerialPort, events: LineEvents): void {
		port.on('data', (chunk: Uint8Array) => events.bytes(chunk));
		// An error that ends the port is followed by `close`.
		port.on('error', () => undefined);
		port.on('close', () => void this.#gone(port, events));
	}

	/** The same path may soon be another device: only the device that was opened counts. */
	async #lookAt(port: SerialPort, opened: Stats, events: LineEvents): Promise<void> {
		const now = await stat(this.#path).catch(() => undefined);
		if (now?.dev === opened.dev && now.ino === opened.ino && now.rdev === opened.rdev) return;
		await this.#gone(port, events);
	}

	async #gone(port: SerialPort, events: LineEvents): Promise<void> {
		if (this.#port !== port) return;
		await this.close();
		events.closed(`${this.#path} is gone: the adapter was pulled out, or its driver ended`);
	}
}

async function openPort(path: string, baudRate: number, format: PortFormat): Promise<SerialPort> {
	// Loaded where there is a port: a meter behind a server, and every `pilotwire` command, needs none.
	const { SerialPort } = await import('serialport');
	const bits =
		format === '7e1' ? ({ dataBits: 7, parity: 'even' } as const) : ({ dataBits: 8, parity: 'none' } as const);
	return new Promise((resolve, reject) => {
		const port = new SerialPort({ path, baudRate, stopBits: 1, ...bits, autoOpen: false });
		port.open((error) => (error ? reject(error) : resolve(port)));
	});
}
