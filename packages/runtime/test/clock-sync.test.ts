import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { clockIsSynchronised } from '../src/io/clock-sync.ts';

describe("this machine's clock", () => {
	const folder = temporaryDirectory();

	it('is synchronised, is not, or nobody says', async () => {
		const mark = join(folder.path, 'synchronized');
		expect(await clockIsSynchronised(join(folder.path, 'none'), mark)).to.equal(undefined);
		expect(await clockIsSynchronised(folder.path, mark)).to.equal(false);
		writeFileSync(mark, '');
		expect(await clockIsSynchronised(folder.path, mark)).to.equal(true);
	});
});
