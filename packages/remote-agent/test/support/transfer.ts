// Up and down as a client does it, for files that fit into memory.
import { createHash } from 'node:crypto';
import type { RemoteClient } from '@pilotwire/contract';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Asks for a whole file. */
export async function fetchFile(
	client: RemoteClient,
	agent: string,
	params: Record<string, unknown>,
): Promise<{ readonly bytes: Buffer; readonly end: Readonly<Record<string, unknown>> }> {
	const parts: Buffer[] = [];
	const call = client.call(agent, 'files.download', {
		params,
		onBytes: (bytes) => void parts.push(Buffer.from(bytes)),
	});
	const end = await call.ended;
	return { bytes: Buffer.concat(parts), end };
}

/** Sends a file; with `cutAt`, the call is cancelled there. Resolves with where it began, and how it ended. */
export async function sendFile(
	client: RemoteClient,
	agent: string,
	bytes: Uint8Array,
	params: Record<string, unknown>,
	{ cutAt = Number.POSITIVE_INFINITY, pieceBytes = 40_000, hash = sha256(bytes) } = {},
): Promise<{ readonly offset: number; readonly end: Readonly<Record<string, unknown>> }> {
	let begin: (facts: Readonly<Record<string, unknown>>) => void = () => undefined;
	const begun = new Promise<Readonly<Record<string, unknown>>>((resolve) => {
		begin = resolve;
	});
	const call = client.call(agent, 'files.upload', {
		params: { key: 'k', sizeBytes: bytes.length, ...params },
		onInfo: (facts) => {
			if ('offset' in facts) begin(facts);
		},
	});
	const first = await Promise.race([begun, call.ended]);
	const offset = Number(first['offset']);
	for (let at = offset; at < bytes.length; at += pieceBytes) {
		if (at >= cutAt) {
			call.cancel();
			await call.ended;
		}
		await call.send(bytes.subarray(at, at + pieceBytes));
	}
	call.finish({ sha256: hash });
	return { offset, end: await call.ended };
}

/** The code that a call was refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
	try {
		await call;
	} catch (error) {
		const { fault } = error as { fault?: { code: string } };
		return fault?.code ?? String(error);
	}
	return 'not refused';
}
