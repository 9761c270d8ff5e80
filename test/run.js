// Runs every test once with mocha and closes with one line that programs can read: "N passed, N failed, N skipped".
// A part that this machine lacks (gcc, the i2c-bus build, ...) is skipped by name; with PILOTWIRE_TEST_ALL=1 it fails instead.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
const reporter = fileURLToPath(new URL('support/reporter.cjs', import.meta.url));

/**
 * The whole suite runs in three lanes beside each other, which take about as long as each other: the first waits for pages
 * and terminals, the second for real evenings to pass and for real servers, the third computes. Two cores are busy so; with
 * the first two one after the other, they were idle for half of the time.
 */
const lanes = [
	['test/{native,cli,browser}/**/*.test.ts'],
	['test/{fault,deploy,outside,alerts,home-assistant}/**/*.test.ts'],
	[
		'packages/*/test/**/*.test.ts',
		'broker/test/**/*.test.ts',
		'test/!(native|cli|browser|fault|deploy|outside|alerts|home-assistant)/**/*.test.ts',
	],
];

/** Files that failed beside everything else and are run once more alone; where there are more, the change is broken. */
const mostAgain = 4;

/** What a run gets to end by itself after its last test: a test that failed may have left a client or a process open. */
const endsWithinMs = 60_000;

/** What runs now. Who ends the run, as `timeout` and a closed terminal do, ends them with all that they have started. */
const running = new Set();
let isEnded = false;
for (const signal of ['SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		isEnded = true;
		for (const child of running) child.kill('SIGINT');
	});
}

const given = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pilotwire-run-'));

/** Resolves with mocha's end and what each file came to; its output is shown at once, or handed over whole. */
function run(name, specs, shown) {
	const outcome = join(folder, name);
	const child = spawn(process.execPath, [mocha, '--reporter', reporter, ...given, ...specs], {
		cwd: root,
		stdio: ['inherit', 'pipe', 'inherit'],
		env: { ...process.env, PILOTWIRE_TEST_OUTCOME: outcome },
	});
	running.add(child);
	const output = [];
	child.stdout.on('data', (bytes) => {
		output.push(bytes);
		if (shown) process.stdout.write(bytes);
	});
	let end;
	const look = setInterval(() => {
		if (!existsSync(outcome)) return;
		clearInterval(look);
		end = setTimeout(() => child.kill('SIGINT'), endsWithinMs);
	}, 1000);
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (status, signal) => {
			running.delete(child);
			clearInterval(look);
			clearTimeout(end);
			const files = existsSync(outcome) ? JSON.parse(readFileSync(outcome, 'utf8')) : undefined;
			if (files === undefined) console.error(`mocha ended early${signal === null ? '' : ` by ${signal}`}`);
			else if (signal !== null) leftOpen(files);
			resolve({ ok: status === 0, files, text: Buffer.concat(output).toString() });
		});
	});
}

/** Where every test passed and the run did not end, that is a failure of its own. */
function leftOpen(files) {
	console.error('mocha did not end by itself after its last test: a client, a server or a process is still open');
	if (Object.values(files).every(({ failed }) => failed === 0))
		files['(the end)'] = { passed: 0, failed: 1, skipped: 0, contradicted: true };
}

/**
 * Runs the files alone that failed in the crowd. What passes now is named: a test that the machine's load can break is a
 * defect of its own, and nothing that the change did. A property that was contradicted stays so.
 */
async function again(files) {
	const failed = Object.entries(files).filter(([, { failed }]) => failed > 0);
	if (
		isEnded ||
		failed.length === 0 ||
		failed.length > mostAgain ||
		failed.some(([, { contradicted }]) => contradicted)
	)
		return {};
	const names = failed.map(([file]) => file);
	console.log(
		`\nAlone once more, because it failed beside the others: ${names.map((file) => relative(root, file)).join(', ')}`,
	);
	const { files: now = {} } = await run('again', names, true);
	for (const name of names) if (now[name]?.failed === 0) console.log(`unsteady: ${relative(root, name)} passes alone`);
	return now;
}

try {
	if (given.some((argument) => argument.endsWith('.ts'))) {
		process.exitCode = (await run('named', [], true)).ok ? 0 : 1;
	} else {
		const ends = await Promise.all(lanes.map((specs, lane) => run(`${lane}`, specs, lane === 0)));
		for (const { text } of ends.slice(1)) process.stdout.write(text);
		const whole = !isEnded && ends.every(({ files }) => files !== undefined);
		const first = Object.assign({}, ...ends.map(({ files }) => files));
		const files = whole ? { ...first, ...(await again(first)) } : first;
		const sum = (count) => Object.values(files).reduce((all, file) => all + file[count], 0);
		const failed = sum('failed') + (whole ? 0 : 1);
		console.log(`\n${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
		process.exitCode = failed === 0 ? 0 : 1;
	}
} finally {
	rmSync(folder, { recursive: true });
}
