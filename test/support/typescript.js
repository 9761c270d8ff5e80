// `node --import @pilotwire/test/typescript` runs TypeScript from source, as ts-blank-space/register does, but remembers
// what it stripped: of the hundreds of processes and threads of a test run, none but the first to read a file loads the
// TypeScript compiler for it.
import { register } from 'node:module';

register('./typescript-hooks.js', import.meta.url);
