import { access } from 'node:fs/promises';

/** Where systemd-timesyncd says that it runs, and that it has set the clock since the machine started. */
const RUNS = '/run/systemd/timesync';
const SYNCHRONISED = `${RUNS}/synchronized`;

/** Whether this machine's clock has been set from the network; undefined where the system doesn't say. */
export async function clockIsSynchronised(runs = RUNS, synchronised = SYNCHRONISED): Promise<boolean | undefined> {
	if (await isThere(synchronised)) return true;
	return (await isThere(runs)) ? false : undefined;
}

async function isThere(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
