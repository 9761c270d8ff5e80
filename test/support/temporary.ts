import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTheEnd } from './hooks.ts';

/** Makes a directory of one's own; whoever makes it removes it. */
export function createTemporaryDirectory(): { readonly path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), 'pilotwire-'));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A directory for the tests of a suite; call it in the body of `describe` or of a file. It is empty at the start of each
 * test and gone after it, or is shared by the suite's tests and hooks and goes with the suite.
 */
export function temporaryDirectory(lifetime: 'test' | 'suite' = 'test'): { readonly path: string } {
	let directory: ReturnType<typeof createTemporaryDirectory> | undefined;
	const make = (): void => {
		directory = createTemporaryDirectory();
	};
	const remove = (): void => {
		directory?.remove();
		directory = undefined;
	};
	if (lifetime === 'test') beforeEach(make);
	else before(make);
	atTheEnd(lifetime, remove);
	return {
		get path() {
			if (directory === undefined) throw new Error('The temporary directory exists only while its tests and hooks run');
			return directory.path;
		},
	};
}
