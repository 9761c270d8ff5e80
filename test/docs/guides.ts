// The guides as a test reads them: their links, what is to be typed, and the outline of a page.
import { readdirSync, readFileSync } from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);

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

/** A drawing without its words. */
export const linesOfDrawing = (path: string): string => pageText(path).replace(/(<(?:text|title)[^>]*>)[^<]*/g, '$1');
