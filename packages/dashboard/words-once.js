const dictionary = /\/src\/i18n\/(?!words|index)[\w-]+\.ts$/;
/** Stands between texts; no text holds it. */
const BETWEEN = '|';

const ADDING = '\0adding-words';
const adding = (words) => `import { addWords } from ${JSON.stringify(words)};
const under = (names, texts) => Object.fromEntries(texts.split('${BETWEEN}').map((text, index) => [names[index], text]));
export function add(keys, en, fr) {
	const names = keys.split('${BETWEEN}');
	addWords({ en: under(names, en), fr: under(names, fr) });
}`;

/**
 * Writes each dictionary of the screens as three texts: its keys, once for both languages, and the words in their order.
 * The sources say the keys twice, where people read them; together they are a tenth of the page.
 *
 * @returns {import('vite').Plugin}
 */
export function wordsOnce() {
	return {
		name: 'words-once',
		apply: 'build',
		resolveId: (source) => (source === ADDING ? ADDING : undefined),
		async load(id) {
			if (id !== ADDING) return undefined;
			const words = await this.resolve('/src/i18n/words.ts');
			return adding(words.id);
		},
		transform(code, id) {
			if (!dictionary.test(id)) return undefined;
			const program = this.parse(code);
			const [en, fr] = ['en', 'fr'].map((language) => textsOf(program, language, id));
			const keys = [...en.keys()];
			const columns = [keys, keys.map((key) => en.get(key)), keys.map((key) => fr.get(key))];
			const texts = columns.map((column) => JSON.stringify(column.join(BETWEEN)));
			return { code: `import { add } from '${ADDING}';\nadd(${texts.join(', ')});`, map: null };
		},
	};
}

/** The object `const en = {...}` of a dictionary. */
function textsOf(program, language, id) {
	const made = program.body
		.flatMap(({ type, declarations }) => (type === 'VariableDeclaration' ? declarations : []))
		.find((one) => one.id.name === language);
	if (made?.init?.type !== 'ObjectExpression') throw new Error(`expected const ${language} = {...} in ${id}`);
	return new Map(
		made.init.properties.map(({ key, value }) => {
			const pair = [key.value, value.value];
			if (pair.some((text) => typeof text !== 'string' || text.includes(BETWEEN)))
				throw new Error(`expected plain texts without ${BETWEEN} in ${id}, found ${pair.join(': ')}`);
			return pair;
		}),
	);
}
