const contract = /\/contract\/src\/[\w-]+\.ts$/;
/** The words of zod's own errors. */
const ERROR_WORDS = 'z.config(z.locales.en());';

/**
 * Leaves the words out that the contract has for people who write to the bus: what zod's errors say, what a payload was
 * expected to be, and what each topic is about. The page says what is wrong in its own words, and asks only whether it is.
 *
 * @returns {import('vite').Plugin}
 */
export function withoutWords() {
	return {
		name: 'without-words',
		apply: 'build',
		transform(code, id) {
			if (!contract.test(id)) return undefined;
			if (id.endsWith('/common.ts') && !code.includes(ERROR_WORDS)) throw new Error(`expected ${ERROR_WORDS} in ${id}`);
			let left = code;
			// From the end, so that the places before stay right.
			for (const { start, end } of wordsIn(this.parse(code)).toReversed())
				left = `${left.slice(0, start)}''${left.slice(end)}`;
			return { code: left.replace(ERROR_WORDS, ''), map: null };
		},
	};
}

/** The texts of a program that are left out, in their order. */
function wordsIn(node) {
	if (node === null || typeof node !== 'object') return [];
	if (Array.isArray(node)) return node.flatMap(wordsIn);
	if (isExpectation(node)) return [node];
	if (node.type === 'CallExpression' && node.callee.name === 'defineTopic') {
		const [about] = node.arguments.slice(-1);
		return [...wordsIn(node.arguments.slice(0, -1)), about];
	}
	return Object.values(node).flatMap(wordsIn);
}

function isExpectation({ type, value, quasis }) {
	const text = type === 'Literal' ? value : type === 'TemplateLiteral' ? quasis[0].value.cooked : undefined;
	return typeof text === 'string' && text.startsWith('expected ');
}
