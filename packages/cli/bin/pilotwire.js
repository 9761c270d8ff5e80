#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
	console.error('Pilotwire is not built yet. Type: npm install');
	process.exit(70);
}
await import(main);
