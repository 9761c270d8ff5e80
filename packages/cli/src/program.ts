import { Command } from 'commander';
import { accountCommand } from './commands/account.ts';
import { callService } from './commands/call.ts';
import { runOne } from './commands/service.ts';
import { up } from './commands/up.ts';
import { serviceNames, services } from './services.ts';
import { version } from './version.ts';

const collect = (value: string, all: string[] = []): string[] => [...all, value];

function configurable(command: Command): Command {
	return command
		.option('-c, --config <file>', 'configuration file (YAML); without one a simulated house runs')
		.option('-s, --set <path=value>', 'a single setting, over the file, such as log.level=warn; repeatable', collect);
}

/** The `pilotwire` command: every command, its options and its help. Throws `CommanderError` where it ends by itself. */
export function program(): Command {
	const root = new Command('pilotwire')
		.description(
			'Electric heating over MQTT: reads the meter, drives the pilot wires, sheds load before the breaker opens.',
		)
		.version(version, '-V, --version', 'print the version')
		.helpOption('-h, --help', 'print this help')
		.helpCommand('help [command]', "print a command's help")
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
			.description(`run one service: ${about}`)
			.action((options) => runOne(name, options));
	}
	accountCommand(root, configurable);
	configurable(root.command('call'))
		.description('call a method of a running service over the bus and print its answer as JSON')
		.argument('<service>', 'such as meter-reader')
		.argument('<method>', 'such as lastFrame')
		.argument('[parameters]', 'a JSON object', '{}')
		.action(callService);
	return root;
}
