// Holds the built page to its budget (gzip): the shell and the first screen, every screen of a house, and those of
// services that most houses leave off. Exits 1 where it is exceeded. Run it after the build.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_KB = 60;
const HOUSE_KB = 220;
/** Screens of services that are off until somebody configures them, and what they need beyond the others. */
const BESIDE_KB = 24;
const beside = ['src/views/remote.tsx', 'src/views/devices.tsx'];

const file = (name) => new URL(`dist/${name}`, import.meta.url);
const size = (name) => gzipSync(readFileSync(file(name)), { level: 9 }).length;

let manifest;
try {
	manifest = JSON.parse(readFileSync(file('manifest.json'), 'utf8'));
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

const first = new Set([...filesOf('index.html'), 'first-paint.js']);
// The service worker is no part of the page, but people fetch it too.
const filesOfAll = (keys) => keys.flatMap((key) => [...filesOf(key)]);
// A part without a place of its own is shared by screens, and is counted with those that ask for it.
const screens = Object.keys(manifest).filter((key) => manifest[key].isEntry || manifest[key].isDynamicEntry);
const house = new Set([...first, 'sw.js', ...filesOfAll(screens.filter((key) => !beside.includes(key)))]);
const rest = new Set(filesOfAll(beside).filter((name) => !house.has(name)));
const sum = (names) => [...names].reduce((total, name) => total + size(name), 0) / 1000;

let exceeded = false;
for (const [what, names, limit] of [
	['shell and first screen', first, FIRST_KB],
	['every screen of the house', house, HOUSE_KB],
	['remote control and devices beside them', rest, BESIDE_KB],
]) {
	const kB = sum(names);
	exceeded ||= kB > limit;
	console.log(`${what}: ${kB.toFixed(1)} kB of ${limit} kB gzip${kB > limit ? ' - EXCEEDED' : ''}`);
}
process.exit(exceeded ? 1 : 0);
