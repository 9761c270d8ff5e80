// Runs every test once with mocha and closes with one line that programs can read: "N passed, N failed, N skipped".
// A part that this machine lacks (gcc, the i2c-bus build, ...) is skipped by name; with PILOTWIRE_TEST_ALL=1 it fails instead.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
const reporter = fileURLToPath(new URL('support/reporter.cjs', import.meta.url));

/**
 * The whole suite runs in two lanes beside each other: the first mostly waits for real evenings to pass and for pages,
 * with real processes, lines and locks of the machine; the second mostly computes. More would wait for a core.
 */
const lanes = [
	['test/{fault,native,cli,outside,home-assistant,browser}/**/*.test.ts'],
	[
		'packages/*/test/**/*.test.ts',
		'broker/test/**/*.test.ts',
		'test/!(fault|native|cli|outside|home-assistant|browser)/**/*.test.ts',
	],
];

/** Resolves with mocha's end; its output is shown at once, or handed over whole. */
function run(specs, shown) {
	const child = spawn(process.execPath, [mocha, '--reporter', reporter, ...given, ...specs], {
		cwd: root,
		stdio: ['inherit', 'pipe', 'inherit'],
	});
	const output = [];
	child.stdout.on('data', (bytes) => {
		output.push(bytes);
		if (shown) process.stdout.write(bytes);
	});
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (status, signal) => resolve({ status, signal, text: Buffer.concat(output).toString() }));
	});
}

/** What mocha counted, or nothing where it never came to its end. */
function counted({ text, signal }) {
	const [, ...counts] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(text) ?? [];
	if (counts.length === 0)
		console.error(`mocha ended early${signal === null ? '' : ` by ${signal}`}: its tests count as failed`);
	return counts.length === 0 ? [0, 1, 0] : counts.map(Number);
}

const given = process.argv.slice(2);
const named = given.some((argument) => argument.endsWith('.ts'));
const ends = await Promise.all((named ? [[]] : lanes).map((specs, lane) => run(specs, lane === 0)));
for (const { text } of ends.slice(1)) process.stdout.write(text);
if (ends.length > 1) {
	const [passed, failed, skipped] = ends.map(counted).reduce((sums, counts) => sums.map((sum, at) => sum + counts[at]));
	console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
}
process.exitCode = ends.every(({ status }) => status === 0) ? 0 : 1;
