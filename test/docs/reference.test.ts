import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pages } from './reference.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

function sources(folder: string): string[] {
	return readdirSync(new URL(folder, root), { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && /\/src(\/|$)/.test(entry.parentPath))
		.filter((entry) => !/\/(dist|node_modules)(\/|$)/.test(entry.parentPath))
		.map((entry) => `${entry.parentPath}/${entry.name}`);
}

describe('the reference', () => {
	for (const path of ['reference/topics.md', 'reference/configuration.md', 'reference/pilotwire.schema.json']) {
		it(`${path} says what the code says (npm run docs writes it)`, () => {
			expect(text(`docs/${path}`)).to.equal(pages()[path]);
		});
	}

	it('lists every error code that the code can report, and no other', () => {
		const files = [...sources('packages/'), ...sources('broker/')];
		const inCode = new Set<string>();
		for (const file of files) {
			for (const [, code] of readFileSync(file, 'utf8').matchAll(/\bcode: '([A-Z][A-Z0-9_]+)'/g))
				inCode.add(code as string);
		}
		const inDocs = new Set(
			[...text('docs/reference/errors.md').matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code]) => code as string),
		);
		expect(inCode.size).to.be.greaterThan(10);
		expect([...inDocs].sort()).to.deep.equal([...inCode].sort());
	});

	it('links only to pages that exist', () => {
		const pagesOfDocs = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
			readdirSync(new URL('docs/', root), { recursive: true })
				.map(String)
				.filter((name) => name.endsWith('.md'))
				.map((name) => `docs/${name}`),
		);
		for (const page of pagesOfDocs) {
			for (const [, target = ''] of text(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
				if (/^[a-z]+:/.test(target)) continue;
				const url = new URL(target, new URL(page, root));
				expect(
					() => readdirSync(fileURLToPath(new URL('.', url))).includes(url.pathname.split('/').at(-1) ?? ''),
					`${page}: ${target}`,
				).to.not.throw();
				expect(readFileSync(fileURLToPath(url)).length, `${page}: ${target}`).to.be.greaterThan(0);
			}
		}
	});
});
