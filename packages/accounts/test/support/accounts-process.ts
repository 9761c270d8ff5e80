// Another process on the same accounts.db: does what each line of its standard input says, and answers with a line.
import { createInterface } from 'node:readline';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { Accounts, ensureFirstAdmin, type Role } from '../../src/index.ts';

const [path = ''] = process.argv.slice(2);
const accounts = await Accounts.open({ path, log: silentLog, clock: systemClock });
accounts.onChange((names) => console.log(`changed ${names.join(' ')}`));
console.log('ready');

async function run(action: string, name: string, argument: string): Promise<string> {
	switch (action) {
		case 'role':
			await accounts.setRole(name, argument as Role);
			return 'done';
		case 'remove':
			await accounts.remove(name);
			return 'done';
		case 'passwd':
			await accounts.setPassword(name, argument);
			return 'done';
		case 'devices':
			for (let index = 0; index < Number(argument); index += 1) await accounts.addMachine('device', `${name}-${index}`);
			return 'done';
		case 'token':
			return `token ${await accounts.issueToken({ name, role: argument as Role })}`;
		case 'verify':
			return `verified ${JSON.stringify(await accounts.verifyToken(argument))}`;
		default:
			return `first ${JSON.stringify(await ensureFirstAdmin(accounts))}`;
	}
}

for await (const line of createInterface({ input: process.stdin })) {
	const [action = '', name = '', argument = ''] = line.split(' ');
	console.log(await run(action, name, argument));
}
await accounts.close();
