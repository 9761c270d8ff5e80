// Files on their way to an agent and from it: how far they are, going on where they were cut, and whether they are whole.
import { sha256 } from '@noble/hashes/sha2';
import type { RemoteCall, RemoteFault } from '@pilotwire/contract';
import { signal } from '@preact/signals';
import { saveFile } from '../io/save-file.ts';
import { ask, faultOf } from './remote.ts';

/** Bytes in one message. */
const PIECE = 48 * 1024;
/** Pieces become one, so that the browser may keep it on its disk. */
const PIECES_TOGETHER = 128;

/** A file on its way. */
export interface Transfer {
	readonly key: number;
	readonly name: string;
	readonly sizeBytes: number;
	readonly at: number;
	/** Where it has arrived: its hash. */
	readonly hash?: string;
	readonly fault?: RemoteFault;
	readonly stop: () => void;
	/** Goes on from where it was cut. */
	readonly resume: () => void;
}

export const transfers = signal<readonly Transfer[]>([]);

let lastKey = 0;

function change(key: number, what: Partial<Transfer>): void {
	transfers.value = transfers.peek().map((one) => (one.key === key ? { ...one, ...what } : one));
}

/** Forgets those that have ended. */
export function clearEnded(): void {
	transfers.value = transfers.peek().filter(({ hash, fault }) => hash === undefined && fault === undefined);
}

function begin(
	name: string,
	sizeBytes: number,
	run: (key: number, held: (call: RemoteCall) => void) => Promise<string>,
): void {
	lastKey += 1;
	const key = lastKey;
	let call: RemoteCall | undefined;
	const resume = (): void => {
		transfers.value = transfers.peek().map((one) => {
			if (one.key !== key) return one;
			const { fault: _, ...rest } = one;
			return rest;
		});
		run(key, (held) => {
			call = held;
		}).then(
			(hash) => change(key, { hash }),
			(error: unknown) => change(key, { fault: faultOf(error) }),
		);
	};
	transfers.value = [...transfers.peek(), { key, name, sizeBytes, at: 0, stop: () => call?.cancel(), resume }];
	resume();
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Fetches a file and saves it. */
export function download(root: string, path: string, sizeBytes: number): void {
	const name = path.split('/').at(-1) ?? path;
	const hash = sha256.create();
	let blobs: Blob[] = [];
	let pieces: Uint8Array<ArrayBuffer>[] = [];
	let have = 0;
	begin(name, sizeBytes, async (key, held) => {
		const params = { root, path, ...(have === 0 ? {} : { have: { bytes: have, sha256: hex(hash.clone().digest()) } }) };
		const call = ask('files.download', {
			params,
			onInfo: ({ sizeBytes: size }) => {
				if (typeof size === 'number') change(key, { sizeBytes: size });
			},
			onBytes: (bytes) => {
				const piece = bytes.slice() as Uint8Array<ArrayBuffer>;
				hash.update(piece);
				have += piece.length;
				pieces.push(piece);
				if (pieces.length >= PIECES_TOGETHER) {
					blobs.push(new Blob(pieces));
					pieces = [];
				}
				change(key, { at: have });
			},
		});
		held(call);
		const { sha256: said } = await call.ended;
		const own = hex(hash.clone().digest());
		if (said !== own) throw new Error('SHA-256');
		saveFile(new Blob([...blobs, ...pieces]), name);
		[blobs, pieces] = [[], []];
		return own;
	});
}

/** Sends a file into a folder. */
export function upload(root: string, path: string, file: File, then: () => void): void {
	// The same file goes on where it was cut, also from another page.
	const key = `${file.name} ${file.size} ${file.lastModified}`;
	begin(file.name, file.size, async (transfer, held) => {
		const digest = await sendFile({ root, path, sizeBytes: file.size, key }, file, held, (at) =>
			change(transfer, { at }),
		);
		then();
		return digest;
	});
}

/** The bytes of a file, piece by piece. */
async function* piecesOf(file: Blob, from: number, to: number): AsyncGenerator<Uint8Array> {
	for (let at = from; at < to; at += PIECE)
		yield new Uint8Array(await file.slice(at, Math.min(at + PIECE, to)).arrayBuffer());
}

async function sendFile(
	params: Record<string, unknown>,
	file: File,
	held: (call: RemoteCall) => void,
	onWay: (at: number) => void,
): Promise<string> {
	let begun: (facts: Readonly<Record<string, unknown>>) => void = () => undefined;
	const first = new Promise<Readonly<Record<string, unknown>>>((resolve) => {
		begun = resolve;
	});
	const call = ask('files.upload', {
		params,
		onInfo: (facts) => {
			if ('sha256' in facts) begun(facts);
		},
	});
	held(call);
	const { offset, sha256: said } = await Promise.race([first, call.ended]);
	const hash = sha256.create();
	let at = 0;
	for await (const piece of piecesOf(file, 0, Number(offset))) {
		hash.update(piece);
		at += piece.length;
	}
	if (hex(hash.clone().digest()) !== said) {
		// What is there is of another file of this name.
		call.cancel();
		return sendFile({ ...params, fresh: true }, file, held, onWay);
	}
	for await (const piece of piecesOf(file, at, file.size)) {
		hash.update(piece);
		await call.send(piece);
		at += piece.length;
		onWay(at);
	}
	const digest = hex(hash.digest());
	call.finish({ sha256: digest });
	await call.ended;
	return digest;
}
