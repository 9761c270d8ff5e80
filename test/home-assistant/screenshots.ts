// The three pictures of docs/guides/home-assistant.md, from a real Home Assistant with its frontend that has found the
// simulated house: PILOTWIRE_HASS=COMMAND node --import @pilotwire/test/typescript --conditions=pilotwire:source test/home-assistant/screenshots.ts
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoHouse } from '@pilotwire/house';
import type { Page } from 'playwright-core';
import { openBrowser } from '../browser/visitors.ts';
import { Hass } from '../support/hass.ts';
import { SimulatedHouse } from '../support/simulated-house.ts';
import { createTemporaryDirectory } from '../support/temporary.ts';

const HOST = '127.0.9.12';
const PASSWORD = 'of Home Assistant';
/** Home Assistant makes statistics every five minutes: before that the Energy dashboard has nothing to offer. */
const SEEN_FOR_S = 330;

const root = new URL('../../', import.meta.url).pathname;

/** The frontend keeps its session there. */
async function signIn(page: Page, hass: Hass): Promise<void> {
	const tokens = {
		...{
			access_token: hass.token,
			token_type: 'Bearer',
			expires_in: 1_800,
			hassUrl: hass.url,
			clientId: `${hass.url}/`,
		},
		...{ expires: Date.now() + 86_400_000, refresh_token: '' },
	};
	await page.addInitScript(`localStorage.setItem('hassTokens', ${JSON.stringify(JSON.stringify(tokens))})`);
}

async function shoot(page: Page, hass: Hass, path: string, name: string): Promise<void> {
	await page.goto(`${hass.url}${path}`);
	await page.waitForLoadState('networkidle');
	// Its pages are drawn piece by piece; none of them says when it is done.
	await sleep(8_000);
	await page.screenshot({ path: join(root, 'docs', 'images', `home-assistant-${name}.png`) });
}

const folder = createTemporaryDirectory();
const house = new SimulatedHouse({
	...{ folder: join(folder.path, 'house'), host: HOST, house: demoHouse(), services: ['home-assistant'] },
	config: {
		broker: {
			host: HOST,
			port: 1883,
			wsPort: 9001,
			accounts: [{ name: 'hass', role: 'resident', password: PASSWORD }],
		},
	},
});
const hass = new Hass({
	...{
		folder: join(folder.path, 'hass'),
		host: HOST,
		integrations: ['frontend', 'lovelace', 'diagnostics', 'logbook'],
	},
	broker: { host: HOST, port: 1883, username: 'hass', password: PASSWORD },
});
try {
	await house.start();
	await hass.start();
	await hass.until('climate.salon', ({ state }) => state === 'auto');
	const registers = [...(await hass.states()).keys()].filter((id) => id.startsWith('sensor.meter_energy_easf'));
	const flow = (stat_energy_from: string) => ({
		...{ type: 'grid', stat_energy_from, stat_energy_to: null, stat_cost: null, cost_adjustment_day: 0 },
	});
	await hass.command('energy/save_prefs', { energy_sources: registers.map(flow), device_consumption: [] });
	const devices = (await hass.command('config/device_registry/list')) as { id: string; identifiers: string[][] }[];
	const idOf = (thing: string) =>
		devices.find(({ identifiers }) => identifiers[0]?.[1] === `pilotwire_home_${thing}`)?.id;
	console.log(`looking at the house for ${SEEN_FOR_S} s first`);
	await sleep(SEEN_FOR_S * 1_000);
	await hass
		.until('climate.salon', ({ state }) => state !== 'unavailable')
		.catch((error: Error) => {
			throw new Error(`${error.message}\n${house.text()}`);
		});
	const browser = await openBrowser();
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
	await signIn(page, hass);
	await shoot(page, hass, `/config/devices/device/${idOf('circuit_salon')}`, 'radiator');
	await shoot(page, hass, `/config/devices/device/${idOf('meter_main')}`, 'meter');
	await shoot(page, hass, '/config/energy', 'energy');
	await browser.close();
} finally {
	await hass.stop();
	await house.stop();
	folder.remove();
}
process.exit(0);
