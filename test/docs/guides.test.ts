import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { program } from '@pilotwire/cli/program';
import { expect } from 'chai';
import { anchorsOf, blocksOf, codeOf, linesOfDrawing, linksOf, outlineOf, pagesIn, pageText } from './guides.ts';
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

/** Code that is the same in every language: what is typed, and names of files, settings and topics. */
const isTyped = (code: string): boolean =>
	/^(sudo|npx|npm|pilotwire|systemctl|journalctl|ssh|ls|apt|raspi-config|dtoverlay|dtparam)\b/.test(code);

describe('the guides in French', () => {
	for (const name of french) {
		it(`${name}: the same outline, and the same to type, as its original`, () => {
			const [original, translation] = [pageText(`guides/${name}`), pageText(`guides/fr/${name}`)];
			expect(outlineOf(translation), 'levels of headings').to.deep.equal(outlineOf(original));
			expect(blocksOf(translation), 'blocks of code').to.deep.equal(blocksOf(original));
			const said = new Set(codeOf(translation));
			expect(
				codeOf(original).filter((code) => isTyped(code) && !said.has(code)),
				'commands in the text',
			).to.deep.equal([]);
		});

		it(`${name}: links to its original, and back`, () => {
			expect(linksOf(pageText(`guides/fr/${name}`))).to.include(`../${name}`);
			expect(linksOf(pageText(`guides/${name}`))).to.include(`fr/${name}`);
		});
	}

	it('are all in the index, in French and in English', () => {
		const listed = (page: string) => linksOf(pageText(page)).map((target) => target.split('#')[0]);
		expect(listed('guides/fr/README.md')).to.include.members(french);
		expect(listed('README.md')).to.include.members(french.map((name) => `guides/${name}`));
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
