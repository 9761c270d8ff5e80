#!/usr/bin/env -S node --max-semi-space-size=2 --heap-growing-percent=25 --optimize-for-size
// V8 doubles its space for new objects up to 32 MB where many live for a moment, as while a program loads, and seldom
// gives it back. Pilotwire makes a few kB a second: it needs no more than 2 MB, in its worker threads either. And it lets
// old objects pile up to several times those in use before it looks, on a machine with much memory: here a quarter more.
// What is left is compiled for size rather than for speed. The first limit can't be set from within, so all stand here and
// in the script `start` of the workspace.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
	console.error('Pilotwire is not built yet. Type: npm install');
	process.exit(70);
}
await import(main);
