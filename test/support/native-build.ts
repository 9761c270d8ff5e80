// The C stand-ins for real parts: built on demand by gcc from test/native into test/build.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../native/', import.meta.url));
const built = fileURLToPath(new URL('../build/', import.meta.url));

function modified(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Compiles where the source is newer than what was built. Two test runs may do so at once: each compiles to a name of its
 * own and renames it into place, which is atomic.
 */
function compile(source: string, target: string, options: string[]): string {
	const from = `${sources}${source}`;
	const to = `${built}${target}`;
	if (modified(to) > modified(from)) return to;
	mkdirSync(built, { recursive: true });
	const temporary = `${to}.${process.pid}`;
	const { status, stderr, error } = spawnSync(
		'gcc',
		['-std=gnu17', '-O2', '-Wall', '-Wextra', '-Werror', ...options, '-o', temporary, from, '-ldl', '-lpthread'],
		{ encoding: 'utf8' },
	);
	if (status !== 0) {
		rmSync(temporary, { force: true });
		throw new Error(`gcc could not build test/native/${source}: ${error?.message ?? stderr}`);
	}
	renameSync(temporary, to);
	return to;
}

/** The path of the program built from test/native/NAME.c. Needs gcc. */
export function nativeProgram(name: string): string {
	return compile(`${name}.c`, name, []);
}

/** The path of the library, to be preloaded, built from test/native/NAME.c. Needs gcc. */
export function nativeLibrary(name: string): string {
	return compile(`${name}.c`, `${name}.so`, ['-shared', '-fPIC']);
}

/** Variables for a child process. */
export type Environment = Readonly<Record<string, string>>;

/**
 * One environment out of several: later ones win, but every LD_PRELOAD is kept, so that a process can have, say, the
 * virtual I2C bus and slow disks at once: `preload(bus.env, slowFsync(200).env)`.
 */
export function preload(...environments: Environment[]): Environment {
	const libraries = environments.flatMap((one) => one['LD_PRELOAD']?.split(':') ?? []);
	const merged = Object.assign({}, ...environments) as Record<string, string>;
	if (libraries.length > 0) merged['LD_PRELOAD'] = [...new Set(libraries)].join(':');
	return merged;
}
