/**
 * Runs something after each test of a suite, or after the suite, and behind the suite's own hooks of that kind, wherever
 * they are written: mocha runs them in the order in which they were made, and this one is made when the suite begins.
 */
export function atTheEnd(lifetime: 'test' | 'suite', act: () => void | Promise<void>): void {
	before(function () {
		const suite = this.test?.parent;
		if (lifetime === 'test') suite?.afterEach(() => act());
		else suite?.afterAll(() => act());
	});
}
