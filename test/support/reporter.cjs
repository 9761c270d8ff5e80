// mocha's own "spec" report, then the suites that took 10 s and longer, what was skipped with its reason, then the closing line.
// Into the file that PILOTWIRE_TEST_OUTCOME names: what each test file came to.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** The reason noted at the test itself or at a suite around it. */
function reasonOf(node) {
	return node === undefined ? undefined : (node.skipReason ?? reasonOf(node.parent));
}

module.exports = class ClosingReporter extends reporters.Spec {
	/** Seconds that each outermost suite took, hooks included: where the time of a long run went. */
	#seconds = new Map();
	/** By file. `contradicted`: a property met values that it doesn't hold for, which another run need not meet. */
	#files = {};

	constructor(runner, options) {
		super(runner, options);
		this.#countFiles(runner);
		let since = 0;
		runner.on('suite', (suite) => {
			if (suite.parent?.root) since = performance.now();
		});
		runner.on('suite end', (suite) => {
			if (suite.parent?.root) this.#seconds.set(suite, Math.round((performance.now() - since) / 1000));
		});
	}

	#countFiles(runner) {
		const of = ({ file, parent }) => {
			this.#files[file ?? parent.file] ??= { passed: 0, failed: 0, skipped: 0, contradicted: false };
			return this.#files[file ?? parent.file];
		};
		runner.on('pass', (test) => of(test).passed++);
		runner.on('pending', (test) => of(test).skipped++);
		runner.on('fail', (test, { message }) => {
			const file = of(test);
			file.failed++;
			file.contradicted ||= /^Property failed after/.test(message);
		});
	}

	epilogue() {
		super.epilogue();
		const { PILOTWIRE_TEST_OUTCOME: outcome } = process.env;
		if (outcome !== undefined) writeFileSync(outcome, JSON.stringify(this.#files));
		const slow = [...this.#seconds].filter(([, seconds]) => seconds >= 10).sort(([, a], [, b]) => b - a);
		for (const [suite, seconds] of slow) console.log(`${String(seconds).padStart(4)} s  ${suite.title}`);
		const { passes, failures, pending } = this.stats;
		const skipped = new Map();
		this.runner.suite.eachTest((test) => {
			if (!test.isPending()) return;
			const reason = reasonOf(test) ?? 'no reason given';
			skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
		});
		for (const [reason, count] of skipped) console.log(`skipped ${count}: ${reason}`);
		console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
	}
};
