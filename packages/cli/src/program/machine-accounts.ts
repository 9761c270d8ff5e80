import { Argument, type Command, Option } from 'commander';
import { collect, configurable } from './options.ts';

const actions = () => import('../commands/machine-accounts.ts');

/** `pilotwire account token`, `rotate` and `houses`: whoever signs in with a secret that is made here. */
export function machineCommands(account: Command): void {
	const name = new Argument('<name>', 'lower-case letters, digits and "-"');
	configurable(account.command('token'))
		.description('add a device, program or house and print its secret, once; it is the password of its MQTT connection')
		.addArgument(name)
		.addOption(
			new Option(
				'--kind <kind>',
				'a device publishes below devices/NAME; a service is a program of Pilotwire elsewhere; a home is a whole house on a broker that several share; an integrator reads all of these and commands those it is given',
			)
				.choices(['device', 'service', 'home', 'integrator'])
				.default('device'),
		)
		.option('--type <type>', 'what a device is, such as box or station')
		.option(
			'--house <house>',
			'house of a home (default: its name), or of an integrator; may be given again',
			collect,
			[],
		)
		.action(async (who, options, command) => (await actions()).addMachine(who, options, command));
	configurable(account.command('rotate'))
		.description('give a device, program or house another secret, print it once, and end what is open with the old one')
		.addArgument(name)
		.action(async (who, options) => (await actions()).rotateSecret(who, options));
	configurable(account.command('houses'))
		.description('say which houses an integrator may command; it reads all of them')
		.addArgument(name)
		.addArgument(new Argument('[house...]', 'all that it may command from now on'))
		.action(async (who, houses, options) => (await actions()).setHouses(who, houses, options));
}
