import { exitCodes, messageOf, PilotwireError } from '@pilotwire/runtime';
import { Command, CommanderError } from 'commander';
import { callService } from './commands/call.ts';
import { runOne } from './commands/service.ts';
import { up } from './commands/up.ts';
import { serviceNames, services } from './services.ts';
import { version } from './version.ts';

const collect = (value: string, all: string[]): string[] => [...all, value];

function configurable(command: Command): Command {
	return command
		.option('-c, --config <file>', 'configuration file (YAML); without one a simulated house runs')
		.option('-s, --set <path=value>', 'a single setting, over the file (can be repeated)', collect, []);
}

function program(): Command {
	const root = new Command('pilotwire')
		.description(
			'Electric heating over MQTT: reads the meter, drives the pilot wires, sheds load before the breaker opens.',
		)
		.version(version)
		.showHelpAfterError('(pilotwire --help lists commands and options)')
		.exitOverride();
	configurable(root.command('up'))
		.description('run all services; in a terminal, show the house once a second')
		.option('--only <services>', `run only these, comma-separated: ${serviceNames.join(', ')}`)
		.option('--processes', 'one process a service, each watched and started again when it ends or hangs')
		.option('--no-show', "don't show the house, only the log")
		.action(up);
	for (const [name, { about }] of Object.entries(services)) {
		configurable(root.command(name))
			.description(about)
			.action((options) => runOne(name, options));
	}
	configurable(root.command('call'))
		.description('call a method of a running service over the bus and print its answer as JSON')
		.argument('<service>', 'such as meter-reader')
		.argument('<method>', 'such as lastFrame')
		.argument('[parameters]', 'a JSON object', '{}')
		.action(callService);
	return root;
}

/** Says what went wrong in one sentence and leaves with the exit code it means. */
function leave(error: unknown): never {
	if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : exitCodes.usage);
	if (error instanceof PilotwireError) {
		console.error(error.message);
		process.exit(error.exitCode ?? 1);
	}
	console.error(error instanceof Error ? error.stack : messageOf(error));
	process.exit(exitCodes.software);
}

// An error that nobody owns: what state the process is in is unknown, so it ends and is started again (design rule 8).
process.on('uncaughtException', leave);
process.on('unhandledRejection', leave);
// The reader of a pipe may leave (`pilotwire ... | head`).
process.stdout.on('error', (error) => {
	if ((error as { code?: string }).code === 'EPIPE') process.exit(0);
});

await program().parseAsync();
