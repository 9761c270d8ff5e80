import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const budget = fileURLToPath(new URL('../../../packages/dashboard/budget.js', import.meta.url));

/** Script and style of the built page's first screen, before the MQTT client is loaded: kB (10^3 bytes), gzip. */
export function firstScreenKB(): number {
	const { stdout, stderr } = spawnSync(process.execPath, [budget], { encoding: 'utf8' });
	const said = /^shell and first screen: ([\d.]+) kB/m.exec(stdout)?.[1];
	if (said === undefined) throw new Error(`the dashboard's budget said no size:\n${stdout}${stderr}`);
	return Number(said);
}
