import { Command, Option } from 'commander';
import { accountCommand } from './program/account.ts';
import { alertsCommand } from './program/alerts.ts';
import { backupCommands } from './program/backup.ts';
import { historyCommand } from './program/history.ts';
import { collect, configurable, numberWithin, priceOf, ratingsOf, sizeOf, speedOf } from './program/options.ts';
import { serviceNames, services } from './services.ts';
import { version } from './version.ts';

/**
 * The `pilotwire` command: every command, its options and its help. Throws `CommanderError` where it ends by itself. What
 * a command does is loaded when it is given: to print help or the version, and to run one service, is to load little.
 */
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
		.addOption(new Option('--except <services>', 'run all that the house has but these').conflicts('only'))
		.option('--processes', 'one process a service, each watched and started again when it ends or hangs')
		.option('--no-show', "don't show the house, only the log")
		.action(async (options) => (await import('./commands/up.ts')).up(options));
	for (const [name, { about }] of Object.entries(services)) {
		const command = configurable(root.command(name))
			.description(`run one service: ${about}`)
			.action(async (options) => (await import('./commands/service.ts')).runOne(name, options));
		if (name === 'alerts') alertsCommand(command);
	}
	accountCommand(root);
	historyCommand(root);
	backupCommands(root);
	configurable(root.command('upgrade-files'))
		.description('list the files that an older version may not be able to read any more once this one has run')
		.action(async (options) => (await import('./commands/upgrade-files.ts')).listUpgradeFiles(options));
	configurable(root.command('doctor'))
		.description('look at everything the house needs: what is well, what is wrong, and what to type')
		.option('--json', 'print the findings as JSON')
		.action(async (options) => (await import('./commands/doctor.ts')).doctor(options));
	configurable(root.command('support'))
		.description('pack what somebody who helps needs to know, without secrets, names and numbers of the meter')
		.argument('<file>', 'a .tar.gz to write')
		.option('--log <file>', 'a log to pack too; repeatable', collect)
		.action(async (file, options) => (await import('./commands/support.ts')).support(file, options));
	configurable(root.command('replay'))
		.description('run a recorded line, or a load curve, through the real services: what would have happened?')
		.argument('<file>', "raw bytes of a meter's line, or a CSV with time and active_power_w; packed with gzip or not")
		.option('--speed <n>', 'times as fast as it was, or max', speedOf)
		.option('--kva <kVA>', 'subscription of the house of a load curve', numberWithin(1, 36))
		.option('--outside <°C>', 'mean temperature outside, for a load curve', numberWithin(-40, 40), 2)
		.option('--json', 'print what would have happened as JSON')
		.action(async (file, options) => (await import('./commands/replay.ts')).replayFile(file, options));
	configurable(root.command('advise'))
		.description('try each subscription on sale on a recorded load, or on what the house drew: which would do?')
		.option('--load <file>', 'the load without the radiators, a row a minute: CSV, packed with gzip or not')
		.option('--history', "the running house's own history, the radiators estimated and taken out")
		.addOption(
			new Option('--radiators <watts>', 'ratings, comma-separated, instead of those of the configuration')
				.argParser(ratingsOf)
				.conflicts('history'),
		)
		.option('--outside <°C>', 'mean temperature outside', numberWithin(-40, 40), 2)
		.option('--days <n>', 'at most so many days of the recording', numberWithin(1, 366), 14)
		.addOption(new Option('--mode <mode>', 'how the shedder sheds').choices(['strict', 'tolerant']).default('tolerant'))
		.option('--price <kVA=amount>', 'what a size costs a year; repeatable', priceOf)
		.option('--now <kVA>', 'the size held today, which prices are compared with', sizeOf)
		.option('--json', 'print the figures as JSON')
		.action(async (options, command) => (await import('./commands/advise.ts')).adviseSubscription(options, command));
	configurable(root.command('why'))
		.description('tell from the black box why the breaker opened, or why a circuit had to wait')
		.argument('[what]', 'a circuit, or the file of a saved box; without it the last opening, or else the last hour')
		.option('--at <time>', 'explain this moment: now, 19:30, "2026-01-15 19:30" or ISO 8601')
		.option('--last', 'the last opening of the breaker, and nothing else')
		.option('--save', 'save the black box aside first, and explain what was saved')
		.option('--line <file>', "write the meter's line of the box into a file, for pilotwire replay")
		.option('--json', 'print the story as JSON')
		.action(async (what, options, command) => (await import('./commands/why.ts')).tellWhy(what, options, command));
	configurable(root.command('commission'))
		.description('try each circuit of the running house in turn: does it draw what, and where, the configuration says?')
		.argument('[circuits...]', 'only these; all unless given')
		.option('--json', 'print what was found as JSON')
		.action(async (circuits, options) => (await import('./commands/commission.ts')).commission(circuits, options));
	configurable(root.command('call'))
		.description('call a method of a running service over the bus and print its answer as JSON')
		.argument('<service>', 'such as meter-reader')
		.argument('<method>', 'such as lastFrame')
		.argument('[parameters]', 'a JSON object', '{}')
		.action(async (service, method, parameters, options) => {
			const { callService } = await import('./commands/call.ts');
			await callService(service, method, parameters, options);
		});
	return root;
}
