import { createHash, type Hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Call, InputEnd } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import { placeOf } from '../core/path.ts';
import {
	diskFull,
	fileBusy,
	fileChanged,
	fileFault,
	fileIncomplete,
	hashDiffers,
	nameInvalid,
	requestInvalid,
} from '../errors.ts';
import { type FileHandle, type Folder, whileOpen } from '../io/folder.ts';
import { freeBytes, type Root, type Roots, renameTo } from '../io/roots.ts';

/** Facts of progress are said this often. Bytes. */
const PROGRESS_BYTES = 8 * 1024 * 1024;
/** A file that is hashed from its start is read in pieces of this. Bytes. */
const HASH_BYTES = 256 * 1024;
/** A part that nobody went on with is forgotten after this. Milliseconds. */
const PART_KEPT_MS = 7 * 24 * 3_600_000;

const PART = /^\.pilotwire-[0-9a-f]{24}\.part$/;
/** Whether a name is that of a file whose upload has not ended. */
export const isPartial = (name: string): boolean => PART.test(name);

const root = z.string().check(z.maxLength(64));
const path = z.string().check(z.maxLength(4_096));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected SHA-256 as 64 hexadecimal digits'));
const size = z.int().check(z.nonnegative(), z.lte(Number.MAX_SAFE_INTEGER));

const download = z.strictObject({
	root,
	path,
	/** Bytes that the client has already, and their SHA-256. */
	have: z.optional(z.strictObject({ bytes: size, sha256 })),
});

const upload = z.strictObject({
	root,
	path,
	sizeBytes: size,
	/** The client's word for this very upload; with it an upload that was cut goes on. */
	key: z.string().check(z.minLength(1), z.maxLength(200)),
	/** Forgets what came of it before. */
	fresh: z.optional(z.boolean()),
	replace: z.optional(z.boolean()),
});
type Upload = z.infer<typeof upload>;

/** Sending and receiving files. */
export function transfers(roots: Roots): Operations {
	const busy = new Map<string, { readonly call: Call; readonly over: Promise<void> }>();
	return {
		'files.download': operation(download, async (call, at) => {
			const from = roots.root(at.root, 'read');
			const { folder: levels, name } = placeOf(at.path);
			const file = await whileOpen(await roots.folderOf(at.root, levels, 'read'), (folder) =>
				folder.file(name, 'read', from.hardLinks),
			);
			return whileOpen(file, () => send(call, file, name, at.have));
		}),
		'files.upload': operation(upload, async (call, at) => {
			const to = roots.root(at.root, 'write');
			const { folder: levels, name } = placeOf(at.path);
			if (isPartial(name)) throw nameInvalid('another name', name);
			return whileOpen(await roots.folderOf(at.root, levels, 'write'), async (folder) => {
				const part = partOf(at.key, name);
				const { dev, ino } = await folder.look('.');
				const place = `${dev} ${ino} ${part}`;
				// The newer goes on: who sends the same again has mostly lost the connection of the one before.
				for (let other = busy.get(place); other !== undefined; other = busy.get(place)) {
					other.call.stop(fileBusy(name));
					await other.over;
				}
				let end: () => void = () => undefined;
				const over = new Promise<void>((resolve) => {
					end = resolve;
				});
				busy.set(place, { call, over });
				try {
					return await receive(call, { folder, name, part }, at, to);
				} finally {
					busy.delete(place);
					end();
				}
			});
		}),
	};
}

const partOf = (key: string, name: string): string =>
	`.pilotwire-${createHash('sha256').update(`${key}\0${name}`).digest('hex').slice(0, 24)}.part`;

/** Hashes the first bytes of a file; how many there were. */
async function hashStart(call: Call, file: FileHandle, hash: Hash, bytes: number): Promise<number> {
	const buffer = Buffer.allocUnsafe(Math.min(HASH_BYTES, Math.max(bytes, 1)));
	let at = 0;
	while (at < bytes) {
		call.signal.throwIfAborted();
		const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
		if (bytesRead === 0) break;
		hash.update(buffer.subarray(0, bytesRead));
		at += bytesRead;
	}
	return at;
}

async function send(
	call: Call,
	file: FileHandle,
	name: string,
	have: { readonly bytes: number; readonly sha256: string } = { bytes: 0, sha256: '' },
): Promise<object> {
	const { size: sizeBytes, mtimeMs } = await file.stat();
	const hash = createHash('sha256');
	if (have.bytes > 0) {
		const there = await hashStart(call, file, hash, have.bytes);
		if (there < have.bytes || hash.copy().digest('hex') !== have.sha256) throw fileChanged(name);
	}
	call.info({ sizeBytes, modifiedAt: new Date(mtimeMs).toISOString(), offset: have.bytes });
	// One for all: what is sent is a copy.
	const buffer = Buffer.allocUnsafe(call.chunkBytes);
	for (let at = have.bytes; at < sizeBytes; ) {
		const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, sizeBytes - at), at);
		if (bytesRead === 0) throw fileChanged(name);
		const bytes = buffer.subarray(0, bytesRead);
		hash.update(bytes);
		await call.send(bytes);
		at += bytesRead;
	}
	const after = await file.stat();
	if (after.mtimeMs !== mtimeMs || after.size !== sizeBytes) throw fileChanged(name);
	return { sizeBytes, sha256: hash.digest('hex') };
}

/** Where an upload goes: at first by the name of its part. */
interface Target {
	readonly folder: Folder;
	readonly name: string;
	readonly part: string;
}

async function receive(call: Call, target: Target, asked: Upload, { hardLinks }: Root): Promise<object> {
	const { folder, name, part } = target;
	const { sizeBytes, fresh = false, replace = false } = asked;
	await forgetOldParts(folder, part);
	if (!replace) await mustBeFree(folder, name);
	if (fresh) await folder.removeFile(part).catch(() => undefined);
	const digest = await whileOpen(await openPart(folder, part, hardLinks), (file) =>
		fill(call, file, target, sizeBytes),
	);
	await renameTo(folder, part, folder, name, replace);
	await folder.sync();
	return { sizeBytes, sha256: digest };
}

/** Writes what is missing of a part; its hash, which is what the client says it is. */
async function fill(call: Call, file: FileHandle, { folder, name, part }: Target, sizeBytes: number): Promise<string> {
	const { size: offset } = await file.stat();
	if (offset > sizeBytes) throw fileChanged(name);
	const hash = createHash('sha256');
	await hashStart(call, file, hash, offset);
	const free = await freeBytes(folder);
	if (sizeBytes - offset > free) throw diskFull(`${free} bytes free for ${sizeBytes - offset}`);
	call.info({ offset, sha256: hash.copy().digest('hex') });
	const { at, end } = await write(call, { file, hash, folder }, offset, sizeBytes);
	if (at !== sizeBytes) throw fileIncomplete(sizeBytes, at);
	const digest = hash.digest('hex');
	const expected = sha256.safeParse(end['sha256']);
	if (!expected.success) throw requestInvalid('the SHA-256 of the whole file at its end', 'none');
	if (expected.data !== digest) {
		await folder.removeFile(part).catch(() => undefined);
		throw hashDiffers(expected.data, digest);
	}
	await file.sync();
	return digest;
}

async function mustBeFree(folder: Folder, name: string): Promise<void> {
	const names = await folder.look(name).catch(() => undefined);
	if (names !== undefined) throw fileFault({ code: 'EEXIST' }, name);
}

async function openPart(folder: Folder, part: string, hardLinks: boolean): Promise<FileHandle> {
	const known = await folder.look(part).catch(() => undefined);
	return known === undefined ? folder.create(part) : folder.file(part, 'write', hardLinks);
}

/** Writes the client's bytes behind those that are there. */
async function write(
	call: Call,
	{ file, hash, folder }: { readonly file: FileHandle; readonly hash: Hash; readonly folder: Folder },
	offset: number,
	sizeBytes: number,
): Promise<{ readonly at: number; readonly end: InputEnd }> {
	const input = call.input();
	let at = offset;
	let said = offset;
	for (;;) {
		const next = await input.next();
		if (next.done === true) return { at, end: next.value };
		const bytes = next.value;
		if (at + bytes.length > sizeBytes) throw requestInvalid(`${sizeBytes} bytes, as it was begun`, 'more');
		await writeAll(file, bytes, at);
		hash.update(bytes);
		at += bytes.length;
		if (at - said >= PROGRESS_BYTES) {
			said = at;
			// Others write there too.
			const free = await freeBytes(folder);
			if (free === 0) throw diskFull('what is kept free for the machine itself');
			call.info({ offset: at });
		}
	}
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
	try {
		for (let written = 0; written < bytes.length; ) {
			const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written);
			written += bytesWritten;
		}
	} catch (error) {
		throw fileFault(error, 'the upload');
	}
}

/** Parts that nobody went on with. */
async function forgetOldParts(folder: Folder, own: string): Promise<void> {
	const { names } = await folder.names();
	for (const name of names.filter((one) => isPartial(one) && one !== own)) {
		const stats = await folder.look(name).catch(() => undefined);
		if (stats !== undefined && Date.now() - stats.mtimeMs > PART_KEPT_MS)
			await folder.removeFile(name).catch(() => undefined);
	}
}
