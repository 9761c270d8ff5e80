#!/usr/bin/env -S node --max-semi-space-size=2 --heap-growing-percent=25 --optimize-for-size
// V8 doubles its space for new objects up to 32 MB where many live for a moment, as while a program loads, and seldom
// gives it back. Pilotwire makes a few kB a second: it needs no more than 2 MB, in its worker threads either. And it lets
// old objects pile up to several times those in use before it looks, on a machine with much memory: here a quarter more.
// What is left is compiled for size rather than for speed. The first limit can't be set from within, so all stand here and
// in the script `start` of the workspace.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../dist/main.js', import.meta.url))) {
	console.error('Pilotwire is not built yet. Type: npm install');
	process.exit(70);
}
// An older Node fails at the first thing it lacks, in words that help nobody. These two files lack nothing there.
const { judgeNode } = await import('../dist/doctor/machine.js');
const node = judgeNode(process.version);
if (node.verdict === 'wrong') {
	const { reportText } = await import('../dist/doctor/finding.js');
	if (process.argv.includes('--json')) console.log(JSON.stringify({ isWell: false, findings: [node] }, undefined, 2));
	else console.error(reportText([node]));
	process.exit(69);
}
await import('../dist/main.js');
