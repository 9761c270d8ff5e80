import type { Socket } from 'node:net';
import { messageOf } from '@pilotwire/runtime';
import { type Command, command } from '../core/command.ts';
import { Listener } from './listener.ts';

/** No command is longer, bytes. */
const MOST_BYTES = 16 * 1024;

/**
 * Commands over a socket: one JSON object a line, answered by one, in order.
 * `{"id":1,"do":"start","appliance":"oven","forS":60}` is answered by `{"id":1,"ok":true}`, with `result` where there is
 * one, or by `{"id":1,"ok":false,"error":"..."}`. `id` may be left out.
 */
export class Control {
	readonly listener: Listener;
	readonly #execute: (given: Command) => unknown;

	constructor(end: string, execute: (given: Command) => unknown) {
		this.#execute = execute;
		this.listener = new Listener(end, (socket) => this.#serve(socket));
	}

	#serve(socket: Socket): void {
		let received = '';
		socket.setEncoding('utf8');
		socket.on('data', (text: string) => {
			const lines = (received + text).split('\n');
			received = lines.pop() ?? '';
			for (const line of lines) if (line.trim() !== '') socket.write(`${JSON.stringify(this.#answer(line))}\n`);
			if (received.length > MOST_BYTES) socket.destroy();
		});
	}

	#answer(line: string): Record<string, unknown> {
		let id: unknown;
		try {
			const data: unknown = JSON.parse(line);
			id = (data as { id?: unknown } | null)?.id;
			const parsed = command.safeParse(data);
			if (!parsed.success) return { id, ok: false, error: sentence(parsed.error.issues) };
			return { id, ok: true, result: this.#execute(parsed.data) };
		} catch (error) {
			return { id, ok: false, error: messageOf(error) };
		}
	}
}

function sentence(issues: readonly { path: PropertyKey[]; message: string }[]): string {
	return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ');
}
