// mocha's own "spec" report, then the suites that took 10 s and longer, what was skipped with its reason, then the closing line.
const { reporters } = require('mocha');

/** The reason noted at the test itself or at a suite around it. */
function reasonOf(node) {
	return node === undefined ? undefined : (node.skipReason ?? reasonOf(node.parent));
}

module.exports = class ClosingReporter extends reporters.Spec {
	/** Seconds that each outermost suite took, hooks included: where the time of a long run went. */
	#seconds = new Map();

	constructor(runner, options) {
		super(runner, options);
		let since = 0;
		runner.on('suite', (suite) => {
			if (suite.parent?.root) since = performance.now();
		});
		runner.on('suite end', (suite) => {
			if (suite.parent?.root) this.#seconds.set(suite, Math.round((performance.now() - since) / 1000));
		});
	}

	epilogue() {
		super.epilogue();
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
