// Holds the built page to its budget of script and style (gzip): the shell and the first screen, and everything there is.
// Exits 1 where it is exceeded. Run it after the build.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_KB = 60;
const ALL_KB = 220;

const dist = new URL('dist/', import.meta.url);
const size = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;

let manifest;
try {
	manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));
} catch {
	console.error('expected a built page in dist/, found none: run "npm run build -w @pilotwire/dashboard" first');
	process.exit(1);
}

/** The files of a chunk and of all it imports at once. */
function filesOf(key, found = new Set()) {
	const { file: script, css = [], imports = [] } = manifest[key];
	if (found.has(script)) return found;
	found.add(script);
	for (const style of css) found.add(style);
	for (const next of imports) filesOf(next, found);
	return found;
}

const first = [...filesOf('index.html'), 'first-paint.js'];
// With the service worker: it is no part of the page, but people fetch it too.
const all = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|css)$/.test(name));
const sum = (names) => names.reduce((total, name) => total + size(name), 0) / 1000;

let exceeded = false;
for (const [what, names, limit] of [
	['shell and first screen', first, FIRST_KB],
	['everything', all, ALL_KB],
]) {
	const kB = sum(names);
	exceeded ||= kB > limit;
	console.log(`${what}: ${kB.toFixed(1)} kB of ${limit} kB gzip${kB > limit ? ' - EXCEEDED' : ''}`);
}
process.exit(exceeded ? 1 : 0);
