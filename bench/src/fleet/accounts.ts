import { writeFileSync } from 'node:fs';
import type { Accounts, Principal } from '@pilotwire/accounts';

/** Who may sign in: the one who reads all homes, then the homes. */
export interface FleetAccount {
	readonly principal: Extract<Principal, { kind: 'home' | 'integrator' }>;
	readonly secret: string;
}

/** Gives a reader and so many homes their accounts. */
export async function addFleet(accounts: Pick<Accounts, 'addHouseAccount'>, homes: number): Promise<FleetAccount[]> {
	const names = Array.from({ length: homes }, (_, index) => `h${index}`);
	const principals: FleetAccount['principal'][] = [
		{ kind: 'integrator', name: 'reader', houses: [] },
		...names.map((name) => ({ kind: 'home', name, house: name }) as const),
	];
	const fleet: FleetAccount[] = [];
	for (const principal of principals) fleet.push({ principal, ...(await accounts.addHouseAccount(principal)) });
	return fleet;
}

/** Writes names and secrets as the generator reads them. */
export function writeFleet(file: string, fleet: readonly FleetAccount[]): void {
	writeFileSync(file, fleet.map(({ principal, secret }) => `${principal.name} ${secret}\n`).join(''), { mode: 0o600 });
}
