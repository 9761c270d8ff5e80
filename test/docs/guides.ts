// The guides as a test reads them: their links, what is to be typed, and the outline of a page.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);
const FRENCH = 'guides/fr/';

/** A page below docs/, such as `guides/fr/wiring.md`. */
export const pageText = (path: string): string => readFileSync(new URL(path, docs), 'utf8');

/** The pages of a folder below docs/, by their file names. */
export const pagesIn = (folder: string): string[] =>
	readdirSync(new URL(folder, docs)).filter((name) => name.endsWith('.md'));

const FENCE = /^ *```.*\n([\s\S]*?)^ *```$/gm;

/** A page without what stands in fences. */
const proseOf = (text: string): string => text.replace(FENCE, '');

/** A line as it is typed: without what only explains it, which each language says in its own words. */
const typed = (line: string): string => line.replace(/(^|\s)#.*$/, '').trimEnd();

/** What stands in fences, one by one: commands, settings, what a program prints. */
export const blocksOf = (text: string): string[] =>
	[...text.matchAll(FENCE)].map(([, block = '']) =>
		block
			.split('\n')
			.map(typed)
			.filter((line) => line !== '')
			.join('\n'),
	);

/** The block of a page that begins with this line, as it stands there. */
export const blockThat = (text: string, firstLine: string): string => {
	const blocks = [...text.matchAll(FENCE)].map(([, block = '']) => block);
	const found = blocks.find((block) => block.startsWith(`${firstLine}\n`));
	if (found === undefined) throw new Error(`No block begins with: ${firstLine}`);
	return found;
};

/** The blocks of YAML of a page, each as it stands there. */
export const yamlOf = (text: string): string[] =>
	[...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

/** Single words and lines of code in the prose of a page. */
export const codeOf = (text: string): string[] =>
	[...proseOf(text).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));

/** The levels of a page's headings, in order. */
export const outlineOf = (text: string): number[] =>
	[...proseOf(text).matchAll(/^(#+) /gm)].map(([, marks = '']) => marks.length);

/** The anchors of a page's headings, as GitHub makes them: a no-break space leaves nothing. */
export const anchorsOf = (text: string): string[] => {
	const seen = new Map<string, number>();
	return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
		const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
		const anchor = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
		const before = seen.get(anchor) ?? 0;
		seen.set(anchor, before + 1);
		return before === 0 ? anchor : `${anchor}-${before}`;
	});
};

/** What a page refers to, links and pictures: paths relative to it, with their anchors. */
export const linksOf = (text: string): string[] => {
	const prose = proseOf(text).replace(/`[^`]+`/g, '');
	const inMarkdown = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
	const inHtml = [...prose.matchAll(/<img[^>]* src="([^"]+)"/g)].map(([, target = '']) => target);
	return [...inMarkdown, ...inHtml].filter((target) => !/^[a-z]+:/.test(target));
};

/** The page below docs/ that a French guide translates: a guide, or one of the pages beside the guides. */
export const originalOf = (name: string): string =>
	existsSync(new URL(`guides/${name}`, docs)) ? `guides/${name}` : name;

/** Where a page's links lead, in the same words in each language: the original's path, and which of its headings. */
export const leadsOf = (page: string): string[] => {
	const leads = linksOf(pageText(page)).map((target) => {
		const url = new URL(target, new URL(page, docs));
		const anchor = decodeURIComponent(url.hash.slice(1));
		url.hash = '';
		const path = url.href.startsWith(docs.href) ? url.href.slice(docs.href.length) : url.href;
		const heading = anchor === '' ? '' : `#${anchorsOf(readFileSync(url, 'utf8')).indexOf(anchor)}`;
		const original = path.startsWith(FRENCH) ? originalOf(path.slice(FRENCH.length)) : path.replace('.fr.svg', '.svg');
		return `${original}${heading}`;
	});
	return leads.sort();
};

const kindOf = (line: string): string => {
	if (line.trim() === '') return '';
	if (/^\s*(?:[-*]|\d+\.) /.test(line)) return 'item';
	return /^(?:#+(?= )|\||```)/.exec(line)?.[0] ?? 'text';
};

/** What a page is made of, in order: headings, rows of tables, items of lists, blocks of code, paragraphs. */
export const shapeOf = (text: string): string[] => {
	const kinds = text.replace(FENCE, '```').split('\n').map(kindOf);
	const goesOn = (i: number): boolean => kinds[i] === 'text' && ['text', 'item'].includes(kinds[i - 1] ?? '');
	return kinds.filter((kind, i) => kind !== '' && !goesOn(i));
};

/** The sections of a page: what stands before the first heading below the title, and then one for each heading. */
export const sectionsOf = (text: string): string[] => proseOf(text).split(/^(?=##+ )/m);

/** The figures in a text, as programs write them: English has 1,000 and 0.5, French 1 000 and 0,5. */
export const figuresOf = (text: string, language: 'en' | 'fr'): string[] => {
	const prose = text.replace(/`[^`]*`|\]\([^)]*\)/g, '');
	const plain =
		language === 'en'
			? prose.replace(/(\d),(?=\d{3}\b)/g, '$1')
			: prose.replace(/(\d)[\u00a0\u202f](?=\d{3}\b)/g, '$1').replace(/(\d),(?=\d)/g, '$1.');
	return [...plain.matchAll(/\d+(?:[.:]\d+)*/g)].map(([figure]) => figure);
};

/** Where a text is not set as French is: a space that may break before a mark or inside guillemets, a typewriter's apostrophe. */
export const slipsOf = (text: string): string[] => {
	const prose = proseOf(text).replace(/`[^`]*`|\]\([^)]*\)|<[^>]*>|!(?=\[)/g, '');
	return [...prose.matchAll(/.{0,20}(?:[ \n][;:?!»]|«[ \n]|[^\s\u00a0][;?!»](?=\s)|\p{L}'\p{L}).{0,20}/gu)].map(
		([slip]) => slip,
	);
};

/** A drawing without its words. */
export const linesOfDrawing = (path: string): string => pageText(path).replace(/(<(?:text|title)[^>]*>)[^<]*/g, '$1');
