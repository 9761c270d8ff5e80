import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '@pilotwire/runtime';
import { expect } from 'chai';
import { errorCodes, refusalCodesOf } from './error-codes.ts';
import { pages } from './reference.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The folders of the packages that the command is made of: what isn't among them can report nothing to a user. */
function foldersOfCommand(): string[] {
	const folders = ['broker', ...readdirSync(new URL('packages/', root)).map((name) => `packages/${name}`)];
	const packages = new Map(
		folders.map((folder) => {
			const { name, dependencies = {} } = JSON.parse(text(`${folder}/package.json`)) as PackageFile;
			return [name, { folder, dependencies: Object.keys(dependencies) }];
		}),
	);
	const reached = new Set<string>();
	const reach = (name: string): void => {
		const found = packages.get(name);
		if (found === undefined || reached.has(found.folder)) return;
		reached.add(found.folder);
		found.dependencies.forEach(reach);
	};
	reach('@pilotwire/cli');
	return [...reached];
}

interface PackageFile {
	readonly name: string;
	readonly dependencies?: Readonly<Record<string, string>>;
}

const sources = (folder: string): string[] =>
	readdirSync(new URL(`${folder}/src/`, root), { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => join(entry.parentPath, entry.name));

describe('the reference', () => {
	for (const path of Object.keys(pages())) {
		it(`${path} says what the code says (npm run docs writes it)`, () => {
			expect(text(`docs/${path}`)).to.equal(pages()[path]);
		});
	}

	const errorsPage = () => {
		const page = text('docs/reference/errors.md');
		const codes = (part: string) => [...part.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(([, code]) => code);
		const [errors = '', groups = ''] = page.split('\n## Refused groups\n');
		return { errors: codes(errors).sort(), groups: codes(groups).sort(), page };
	};

	it('lists every error code that the code can report, each once, and no other', () => {
		const inCode = [...errorCodes(foldersOfCommand().flatMap(sources))].sort();
		expect(inCode).to.include.members(['LOCK_HELD', 'PORT_BUSY', 'DATABASE_CORRUPT', 'SIMULATOR_SOCKET_BUSY']);
		expect(errorsPage().errors).to.deep.equal(inCode);
	});

	it('lists every reason for which a group of the meter is refused', () => {
		const reasons = refusalCodesOf(text('packages/teleinfo/src/errors.ts'));
		expect(reasons).to.include('CHECKSUM');
		expect(errorsPage().groups).to.deep.equal(reasons.sort());
	});

	it('lists every exit code', () => {
		const listed = [...errorsPage().page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
		const expected = [0, 1, ...Object.values(exitCodes), 130];
		expect(listed).to.deep.equal(expected);
	});
});
