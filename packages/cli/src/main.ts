import { endOf } from './end.ts';
import { program } from './program.ts';

function leave(error: unknown): never {
	const { text, exitCode } = endOf(error);
	if (text !== undefined) console.error(text);
	process.exit(exitCode);
}

process.on('uncaughtException', leave);
process.on('unhandledRejection', leave);
// The reader of a pipe may leave (`pilotwire ... | head`).
process.stdout.on('error', (error) => {
	if ((error as { code?: string }).code === 'EPIPE') process.exit(0);
});

await program().parseAsync();
