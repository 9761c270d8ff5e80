import type { Accounts } from '@pilotwire/accounts';
import { deviceType } from '@pilotwire/contract';
import { exitCodes, PilotwireError } from '@pilotwire/runtime';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { ConfigOptions } from './options.ts';
import { withAccounts } from './with-accounts.ts';

const kinds = ['device', 'service', 'home', 'integrator'] as const;
type MachineKind = (typeof kinds)[number];

interface TokenOptions extends ConfigOptions {
	readonly kind: MachineKind;
	readonly type?: string;
	readonly house: readonly string[];
}

/** `pilotwire account token`, `rotate` and `houses`: whoever signs in with a secret that is made here. */
export function machineCommands(account: Command, configurable: (command: Command) => Command): void {
	const name = new Argument('<name>', 'lower-case letters, digits and "-"');
	configurable(account.command('token'))
		.description('add a device, program or house and print its secret, once; it is the password of its MQTT connection')
		.addArgument(name)
		.addOption(
			new Option(
				'--kind <kind>',
				'a device publishes below devices/NAME; a service is a program of Pilotwire elsewhere; a home is a whole house on a broker that several share; an integrator reads all of these and commands those it is given',
			)
				.choices(kinds)
				.default('device'),
		)
		.option('--type <type>', 'what a device is, such as box or station', typeIn)
		.option('--house <house>', 'house of a home (default: its name), or of an integrator; may be given again', more, [])
		.action((who: string, options: TokenOptions) =>
			withAccounts(options, async (accounts) => {
				console.log((await added(accounts, who, options)).secret);
			}),
		);
	configurable(account.command('rotate'))
		.description('give a device, program or house another secret, print it once, and end what is open with the old one')
		.addArgument(name)
		.action((who: string, options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				console.log((await accounts.rotateSecret(who)).secret);
			}),
		);
	configurable(account.command('houses'))
		.description('say which houses an integrator may command; it reads all of them')
		.addArgument(name)
		.addArgument(new Argument('[house...]', 'all that it may command from now on'))
		.action((who: string, houses: string[], options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				await accounts.setHouses(who, houses);
				console.log(`${who} may command ${houses.length === 0 ? 'no house' : houses.join(', ')}.`);
			}),
		);
}

function added(accounts: Accounts, name: string, options: TokenOptions): Promise<{ secret: string }> {
	const { kind, type, house } = options;
	if (kind === 'integrator') return accounts.addHouseAccount({ kind, name, houses: house });
	if (kind !== 'home') return accounts.addMachine(kind, name, type);
	const [own = name, ...others] = house;
	if (others.length > 0) throw oneHouse(house.join(', '));
	return accounts.addHouseAccount({ kind, name, house: own });
}

function more(given: string, before: readonly string[]): string[] {
	return [...before, given];
}

function typeIn(given: string): string {
	const { success, error } = deviceType.safeParse(given);
	if (!success) throw new InvalidArgumentError(error.issues[0]?.message ?? '');
	return given;
}

function oneHouse(received: string): PilotwireError {
	return new PilotwireError({
		code: 'HOUSE_NOT_ONE',
		expected: 'one house for a home',
		received,
		action: 'Make an account for each house; an integrator has several (--kind integrator).',
		exitCode: exitCodes.usage,
	});
}
