import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The peer's own module: opens a port and emits `tramedecodee` for each frame. */
interface Teleinfo {
	teleinfo(path: string): EventEmitter;
}

/** What Module has at run time and its types leave out: compiling a file whose `require` is ours. */
interface CompilableModule extends NodeModule {
	_compile(code: string, path: string): void;
}

type Parser = (emitter: EventEmitter, chunk: Buffer) => void;

/** A port without hardware, with the interface of serialport 1 that the peer was written for. */
class MemoryPort extends EventEmitter {
	static last: MemoryPort | undefined;
	readonly #parse: Parser;

	constructor(_path: string, options: { parser: Parser }) {
		super();
		this.#parse = options.parser;
		MemoryPort.last = this;
	}

	receive(chunk: Uint8Array): void {
		this.#parse(this, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
	}
}

function readline(delimiter: string): Parser {
	let held = '';
	return (emitter, chunk) => {
		const parts = (held + chunk.toString('latin1')).split(delimiter);
		held = parts.pop() ?? '';
		for (const part of parts) emitter.emit('data', part);
	};
}

export interface Peer {
	readonly version: string;
	readonly make: () => { push(chunk: Uint8Array): void; groups(): number };
}

/** The decoder of npm's `teleinfo`, its own code on a port in memory; undefined where it is not installed. */
export function loadTeleinfo(): Peer | undefined {
	const { resolve } = createRequire(new URL('../../peers/package.json', import.meta.url));
	let path: string;
	try {
		path = resolve('teleinfo');
	} catch {
		return undefined;
	}
	const { version } = JSON.parse(readFileSync(join(dirname(path), 'package.json'), 'utf8')) as { version: string };
	const peer = compile(path);
	return { version, make: () => openPeer(peer) };
}

/** Runs the peer's file with our port in place of serialport 1, a native addon that no longer builds. */
function compile(path: string): Teleinfo {
	const module = new Module(path) as CompilableModule;
	const outside = createRequire(path);
	const require = (id: string): unknown =>
		id === 'serialport' ? { SerialPort: MemoryPort, parsers: { readline } } : outside(id);
	Object.defineProperty(module, 'require', { value: require });
	module._compile(readFileSync(path, 'utf8'), path);
	return module.exports as Teleinfo;
}

function openPeer(peer: Teleinfo): ReturnType<Peer['make']> {
	let groups = 0;
	const events = peer.teleinfo('memory');
	const port = MemoryPort.last;
	events.on('tramedecodee', (frame: object) => {
		for (const _ in frame) groups++;
	});
	return { push: (chunk) => port?.receive(chunk), groups: () => groups };
}
