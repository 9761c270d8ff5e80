// npm run docs: writes the reference pages that follow from the code.
import { writeFileSync } from 'node:fs';
import { pages } from './reference.ts';

for (const [path, text] of Object.entries(pages())) {
	writeFileSync(new URL(`../../docs/${path}`, import.meta.url), text);
	console.log(`docs/${path}`);
}
