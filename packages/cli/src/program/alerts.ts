import type { Command } from 'commander';
import { configurable } from './options.ts';

/** `pilotwire alerts test`, beside `pilotwire alerts`, which runs the service. */
export function alertsCommand(alerts: Command): void {
	configurable(alerts.command('test'))
		.description('send a test message by each channel of the running house, and say which arrived')
		.argument('[channel]', 'only by this one, such as email')
		// Commander gives the options that both have to the outer command, wherever they stand.
		.action(async (channel, _, command: Command) =>
			(await import('../commands/alerts.ts')).testAlerts(channel, command.optsWithGlobals()),
		);
}
