// `node --import @pilotwire/test/typescript` runs TypeScript from source, as ts-blank-space/register does, but remembers
// what it stripped: of the hundreds of processes and threads of a test run, none but the first to read a file loads the
// TypeScript compiler for it.
import { register } from 'node:module';

// The thread that strips runs nothing of the project: what it covers would be written by each process and each thread, and
// read at the end, to be left out.
const { NODE_V8_COVERAGE: coverage } = process.env;
delete process.env.NODE_V8_COVERAGE;
register('./typescript-hooks.js', import.meta.url);
if (coverage !== undefined) process.env.NODE_V8_COVERAGE = coverage;
