import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { version } = createRequire(import.meta.url)('ts-blank-space/package.json');
const folder = fileURLToPath(new URL('../../node_modules/.cache/pilotwire-typescript/', import.meta.url));
mkdirSync(folder, { recursive: true });

/** Blanks the types of a file out, or reads what was left of the same text before. */
async function strip(text) {
	const kept = `${folder}${createHash('sha256').update(version).update(text).digest('hex')}.js`;
	try {
		return readFileSync(kept, 'utf8');
	} catch {
		const { default: blankSpace } = await import('ts-blank-space');
		const stripped = blankSpace(text);
		// Others may be writing the same: whoever comes last replaces it by its equal, and nobody reads half of it.
		const own = `${kept}.${process.pid}.${performance.now()}`;
		writeFileSync(own, stripped);
		renameSync(own, kept);
		return stripped;
	}
}

export async function load(url, context, nextLoad) {
	if (!/\.m?ts$/.test(url)) return nextLoad(url, context);
	const source = await strip(readFileSync(fileURLToPath(url), 'utf8'));
	return { format: 'module', shortCircuit: true, source: `${source}\n//# sourceURL=${url}` };
}
