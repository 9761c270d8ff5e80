import { expect } from 'chai';
import { apiDocumentOnce } from '../src/api/document-once.ts';

describe("the API's document", () => {
	it('is made once, and tried again where that failed', async () => {
		let times = 0;
		const document = apiDocumentOnce(async () => {
			times += 1;
			if (times === 1) throw new Error('too many open files');
			return { openapi: '3.1.0' };
		});
		expect(await document().catch((error: Error) => error.message)).to.equal('too many open files');
		expect(await document()).to.deep.equal({ openapi: '3.1.0' });
		await document();
		expect(times).to.equal(2);
	});
});
