// mocha's own "spec" report, then what was skipped with its reason, then the closing line.
const { reporters } = require('mocha');

/** The reason noted at the test itself or at a suite around it. */
function reasonOf(node) {
	return node === undefined ? undefined : (node.skipReason ?? reasonOf(node.parent));
}

module.exports = class ClosingReporter extends reporters.Spec {
	epilogue() {
		super.epilogue();
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
