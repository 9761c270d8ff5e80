import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { findingCodes } from '../../src/doctor/codes.ts';

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe("the doctor's words for programs", () => {
	it('are all in the guide, each once', () => {
		const guide = text('../../../../docs/guides/doctor.md');
		const named = [...guide.matchAll(/`([A-Z][A-Z0-9_]{5,})`/g)].map(([, word]) => word);
		expect(named.filter((word, index) => named.indexOf(word) !== index)).to.deep.equal([]);
		expect(named).to.include.members([...findingCodes]);
	});

	it('are all said by something', () => {
		const folders = ['../../src/doctor/', '../../src/io/doctor/'];
		const source = folders.flatMap((folder) =>
			readdirSync(new URL(folder, import.meta.url))
				.filter((name) => name !== 'codes.ts')
				.map((name) => text(`${folder}${name}`)),
		);
		for (const code of findingCodes) expect(source.join('\n')).to.include(`'${code}'`);
	});
});
