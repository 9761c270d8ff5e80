import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Has bytes in a file for as long as they are used. */
export async function withTemporaryFile<Result>(
	bytes: Uint8Array | string,
	name: string,
	use: (path: string) => Promise<Result>,
): Promise<Result> {
	const folder = await mkdtemp(join(tmpdir(), 'pilotwire-agent-'));
	try {
		const path = join(folder, name);
		await writeFile(path, bytes, { mode: 0o600 });
		return await use(path);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
