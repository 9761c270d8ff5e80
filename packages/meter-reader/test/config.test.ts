import { expect } from 'chai';
import * as z from 'zod';
import { ownLimitVA } from '../src/config.ts';
import { checkMeters, meterSections } from '../src/index.ts';

const schema = z.strictObject(meterSections);
const meters = (...list: Record<string, unknown>[]) => schema.parse({ meters: list }).meters;

describe('the configuration of meters', () => {
	it('is the simulated meter by default', () => {
		expect(schema.parse({}).meters).to.deep.equal([
			{ id: 'main', source: 'simulator:', mode: 'auto', format: 'auto', nominalV: 230, silenceS: 10 },
		]);
	});

	it('refuses a source that is neither a port nor the simulator', () => {
		for (const source of ['/dev/ttyAMA0', 'serial:', 'tcp:host']) {
			expect(schema.safeParse({ meters: [{ id: 'main', source }] }).success, source).to.equal(false);
		}
	});

	it('refuses two meters of one id or one port, naming both', () => {
		const source = 'serial:/dev/ttyAMA0';
		expect(checkMeters({ meters: meters({ id: 'main', source }, { id: 'main', source }) })).to.deep.equal([
			{ path: 'meters[1].id', expected: 'another id than that of meters[0]', received: '"main"' },
			{ path: 'meters[1].source', expected: 'another source than that of meters[0]', received: `"${source}"` },
		]);
	});

	it("takes a household's own limit per phase, the strictest of amperes and VA", () => {
		const limit = (settings: Record<string, unknown>) => {
			const [meter] = meters({ id: 'main', source: 'simulator:', ...settings });
			return meter && ownLimitVA(meter);
		};
		expect(limit({})).to.equal(undefined);
		expect(limit({ limitVA: 5_500 })).to.deep.equal([5_500]);
		expect(limit({ limitA: 20 })).to.deep.equal([4_600]);
		expect(limit({ limitA: [20, 30, 20], limitVA: 5_000 })).to.deep.equal([4_600, 5_000, 4_600]);
	});
});
