// Runs every test once with mocha and closes with one line that programs can read: "N passed, N failed, N skipped".
// A part that this machine lacks (gcc, the i2c-bus build, ...) is skipped by name; with PILOTWIRE_TEST_ALL=1 it fails instead.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
const given = process.argv.slice(2);
const specs = given.some((argument) => argument.endsWith('.ts'))
	? []
	: ['packages/*/test/**/*.test.ts', 'broker/test/**/*.test.ts', 'test/**/*.test.ts'];

const { status, signal } = spawnSync(
	process.execPath,
	[mocha, '--reporter', fileURLToPath(new URL('support/reporter.cjs', import.meta.url)), ...given, ...specs],
	{ cwd: root, stdio: 'inherit' },
);
if (signal !== null) console.error(`mocha was ended by ${signal}`);
process.exit(status ?? 1);
