import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { program } from '@pilotwire/cli/program';
import { houseSchema } from '@pilotwire/cli/schema';
import { expect } from 'chai';
import { parse } from 'yaml';
import {
	anchorsOf,
	blocksOf,
	codeOf,
	figuresOf,
	leadsOf,
	linesOfDrawing,
	linksOf,
	originalOf,
	outlineOf,
	pagesIn,
	pageText,
	sectionsOf,
	shapeOf,
	slipsOf,
	yamlOf,
} from './guides.ts';
import { configurationSchema } from './reference.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
/** Remote calls and series of the history that begin with the name of a section of the configuration. */
const ofTheHistory = new Set(
	['history.query', 'history.series', 'history.energy', 'history.cost', 'history.export'].concat([
		'tariff.period',
		'tariff.colour',
		'shedder.headroomVA',
		'shedder.limitVA',
	]),
);
/** Guides with names of their own that look like codes: the doctor's findings, answers over HTTP, the environment. */
const withOwnCodes = ['doctor.md', 'api.md', 'settings.md', 'docker.md'];
const french = pagesIn('guides/fr/').filter((name) => name !== 'README.md');
const guides = [...pagesIn('guides/').map((name) => `guides/${name}`), ...french.map((name) => `guides/fr/${name}`)];

const isObject = (value: unknown): value is object =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

describe('the guides', () => {
	const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
		['docs/', 'deploy/'].flatMap((folder) =>
			readdirSync(new URL(folder, root), { recursive: true })
				.map(String)
				.filter((name) => name.endsWith('.md'))
				.map((name) => `${folder}${name}`),
		),
	);

	it('refer to pages, headings and pictures that exist', () => {
		const broken = pages.flatMap((page) =>
			linksOf(text(page)).flatMap((target) => {
				const url = new URL(target, new URL(page, root));
				const anchor = decodeURIComponent(url.hash.slice(1));
				url.hash = '';
				if (!existsSync(url)) return [`${page}: ${target}`];
				const isThere = anchor === '' || anchorsOf(readFileSync(url, 'utf8')).includes(anchor);
				return isThere ? [] : [`${page}: ${target}`];
			}),
		);
		expect(broken).to.deep.equal([]);
	});

	it('name only commands of pilotwire that exist', () => {
		const commands = [...program().commands.map((command) => command.name()), 'help'];
		const unknown = guides.flatMap((page) => {
			const lines = [...blocksOf(pageText(page)).flatMap((block) => block.split('\n')), ...codeOf(pageText(page))];
			return lines
				.map((line) => /^(?:\$ )?(?:sudo (?:-u \S+ )?)?(?:npx )?pilotwire ([a-z][a-z-]*)/.exec(line)?.[1])
				.filter((command) => command !== undefined && !commands.includes(command))
				.map((command) => `${page}: pilotwire ${command}`);
		});
		expect(unknown).to.deep.equal([]);
	});

	it('name only settings that exist', () => {
		interface Schema {
			readonly properties?: Readonly<Record<string, Schema>>;
			readonly additionalProperties?: Schema | boolean;
			readonly items?: Schema;
			readonly anyOf?: readonly Schema[];
		}
		const below = (schema: Schema, key: string): Schema[] => [
			...(schema.properties?.[key] === undefined ? [] : [schema.properties[key]]),
			...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
			...(schema.items === undefined ? [] : below(schema.items, key)),
			...(schema.anyOf ?? []).flatMap((one) => below(one, key)),
		];
		const schema = configurationSchema() as Schema;
		const sections = Object.keys(schema.properties ?? {});
		const unknown = guides.flatMap((page) =>
			codeOf(pageText(page)).filter((code) => {
				const keys = code.replaceAll('[]', '').split('.');
				const isSetting = keys.length > 1 && keys.every((key) => /^[a-z][A-Za-z0-9]*$/.test(key));
				if (!isSetting || !sections.includes(keys[0] ?? '') || ofTheHistory.has(code)) return false;
				return keys.reduce((found, key) => found.flatMap((one) => below(one, key)), [schema]).length === 0;
			}),
		);
		expect(unknown).to.deep.equal([]);
	});

	it('show only settings that a house can have', () => {
		const sections = Object.keys(houseSchema.shape);
		const refused = guides.flatMap((page) =>
			yamlOf(pageText(page)).flatMap((block) => {
				const settings: unknown = parse(block);
				// Others' files, and pieces of a list or a section, have no section of ours at the top.
				if (!isObject(settings) || !Object.keys(settings).some((key) => sections.includes(key))) return [];
				const issues = houseSchema.safeParse(settings, { reportInput: true }).error?.issues ?? [];
				// An example may leave out what it is not about.
				return issues
					.filter(({ input }) => input !== undefined)
					.map((issue) => `${page}: ${issue.path.join('.')}: ${issue.message}`);
			}),
		);
		expect(refused).to.deep.equal([]);
	});

	it('quote the installer as it speaks', () => {
		const table = sectionsOf(pageText('guides/troubleshooting.md')).find((one) =>
			one.startsWith('## The installation'),
		);
		const quoted = [...(table ?? '').matchAll(/^\| `([A-Z][^`]*)`/gm)].map(([, sentence = '']) => sentence);
		expect(quoted).to.include('Nothing was changed');
		const folder = new URL('deploy/install/', root);
		const said = readdirSync(folder)
			.map((name) => readFileSync(new URL(name, folder), 'utf8'))
			.join('\n');
		const beginning = (sentence: string): string => sentence.split(' ').slice(0, 4).join(' ');
		expect(quoted.filter((sentence) => !said.includes(beginning(sentence)))).to.deep.equal([]);
	});

	it('name only error codes that the reference explains', () => {
		const errors = pageText('reference/errors.md');
		const explained = [errors, ...withOwnCodes.map((name) => pageText(`guides/${name}`))].join('\n');
		const families = [...errors.matchAll(/^\| `([A-Z]+)_/gm)].map(([, family]) => family);
		const unknown = guides.flatMap((page) =>
			codeOf(pageText(page))
				.filter((code) => /^[A-Z]+(_[A-Z]+)+$/.test(code) && families.includes(code.split('_')[0] ?? ''))
				.filter((code) => !explained.includes(`\`${code}\``))
				.map((code) => `${page}: ${code}`),
		);
		expect(unknown).to.deep.equal([]);
	});
});

describe('the guides in French', () => {
	for (const name of french) {
		const original = originalOf(name);
		const page = `guides/fr/${name}`;

		it(`${name}: made of the same parts, and the same to type, as its original`, () => {
			const [en, fr] = [pageText(original), pageText(page)];
			expect(outlineOf(fr), 'levels of headings').to.deep.equal(outlineOf(en));
			expect(shapeOf(fr), 'headings, paragraphs, rows, items, code').to.deep.equal(shapeOf(en));
			expect(blocksOf(fr), 'blocks of code').to.deep.equal(blocksOf(en));
			const said = new Set(codeOf(fr));
			expect(
				codeOf(en).filter((code) => !said.has(code)),
				'code in the text',
			).to.deep.equal([]);
		});

		it(`${name}: every figure of its original, section by section`, () => {
			const translations = sectionsOf(pageText(page)).map((section) => figuresOf(section, 'fr'));
			const missing = sectionsOf(pageText(original)).flatMap((section, i) =>
				figuresOf(section, 'en')
					.filter((figure) => !translations[i]?.includes(figure))
					.map((figure) => `${section.split('\n', 1)[0]}: ${figure}`),
			);
			expect(missing).to.deep.equal([]);
		});

		it(`${name}: leads where its original does, and to French pages where there are some`, () => {
			expect(leadsOf(page)).to.deep.equal(leadsOf(original));
			const inEnglish = linksOf(pageText(page)).filter((target) => {
				const path = target.split('#')[0] ?? '';
				return french.some((one) => path.endsWith(`../${one}`) && one !== name);
			});
			expect(inEnglish, 'pages that there are in French').to.deep.equal([]);
			expect(linksOf(pageText(original)), 'the way to the translation').to.include(
				original === name ? page : `fr/${name}`,
			);
		});

		it(`${name}: is set as French is`, () => {
			expect(slipsOf(pageText(page))).to.deep.equal([]);
		});
	}

	it('are there for every guide', () => {
		expect(french).to.include.members(pagesIn('guides/'));
	});

	it('are all in the index, in French and in English', () => {
		const listed = (page: string) => linksOf(pageText(page)).map((target) => target.split('#')[0]);
		expect(listed('guides/fr/README.md')).to.include.members(french);
		expect(listed('README.md')).to.include.members(french.map(originalOf));
	});

	it('show the same drawings, with French words', () => {
		const drawings = readdirSync(new URL('docs/images/', root)).filter((name) => /^wiring-[a-z-]+\.svg$/.test(name));
		expect(drawings).to.not.be.empty;
		for (const name of drawings) {
			const translated = name.replace('.svg', '.fr.svg');
			expect(linesOfDrawing(`images/${translated}`), name).to.equal(linesOfDrawing(`images/${name}`));
			expect(linksOf(pageText('guides/fr/wiring.md'))).to.include(`../../images/${translated}`);
		}
	});
});
