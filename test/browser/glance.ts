// What is told at a glance: the tariff with its colours, and how warm it is inside and outside.
import { expect } from 'chai';
import mqtt from 'mqtt';
import { PASSWORD } from './home.ts';
import { live, type Stage } from './stage.ts';
import { barriers } from './visitors.ts';

/** What tells the colours' signs apart besides their colour. */
const shapes = `[...document.querySelectorAll('.colour-tag i')].map((sign) => {
	const { borderRadius, rotate, borderStyle } = getComputedStyle(sign);
	return [borderRadius, rotate, borderStyle].join(' ');
})`;
const HOUR_MS = 3_600_000;

export function atAGlance(stage: Stage): void {
	for (const colorScheme of ['light', 'dark'] as const) {
		it(`tells the tariff and the colours of today and tomorrow, each by a shape and a word: ${colorScheme}`, async () => {
			const page = await stage.visitAs('lou', { colorScheme });
			await live(page);
			const house = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
			const topic = 'pilotwire/home/tariff/state';
			const own = new Promise<Buffer>((resolve) => house.once('message', (_, payload) => resolve(payload)));
			await house.subscribeAsync(topic);
			const before = await own;
			const say = (colours: object): Promise<unknown> => {
				const next = { at: new Date(Date.now() + HOUR_MS).toISOString(), period: 'off_peak' };
				const tempo = { at: new Date().toISOString(), source: 'topic', period: 'peak', next, ...colours };
				return house.publishAsync(topic, JSON.stringify(tempo), { qos: 1, retain: true });
			};
			const glance = page.getByRole('region', { name: 'At a glance' });
			try {
				await say({ colour: 'blue', colourToday: 'blue', colourTomorrow: 'red' });
				await glance.getByText('Peak hours', { exact: true }).waitFor();
				await glance.getByText(/^until .*\d\d:\d\d, then Off-peak hours$/).waitFor();
				await glance.getByText('Today: Blue day').waitFor();
				await glance.getByText('Tomorrow: Red day').waitFor();
				expect(await barriers(page)).to.deep.equal([]);
				const signs = (await page.evaluate(shapes)) as string[];
				await say({ colour: 'white', colourToday: 'white' });
				await glance.getByText('Today: White day').waitFor();
				await glance.getByText('Tomorrow: not known yet').waitFor();
				signs.push(...((await page.evaluate(shapes)) as string[]));
				expect(new Set(signs).size, signs.join(', ')).to.equal(4);
			} finally {
				await house.publishAsync(topic, before, { qos: 1, retain: true });
				await house.endAsync();
			}
		});
	}

	it('tells how warm it is inside and outside, by the probes that speak', async () => {
		const page = await stage.visitAs('lou', { locale: 'fr-FR' });
		await live(page);
		const client = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
		const topicOf = (probe: string): string => `pilotwire/home/probes/${probe}/state`;
		const say = (probe: string, temperatureC: number, agoMs = 0): Promise<unknown> => {
			const measured = { at: new Date(Date.now() - agoMs).toISOString(), name: probe, temperatureC };
			return client.publishAsync(topicOf(probe), JSON.stringify(measured), { qos: 1 });
		};
		const glance = page.getByRole('region', { name: 'D’un coup d’œil' });
		try {
			// Beside those of the house's rooms.
			await say('sauna', 60);
			await say('cave', 4.5);
			await say('outside', -3.5);
			await glance.getByText('de 4,5 °C à 60,0 °C').waitFor();
			await glance.getByText('-3,5 °C', { exact: true }).waitFor();
			await glance
				.getByText(/^\d+,\d\s°C$/)
				.first()
				.waitFor();
			// What was measured hours ago is not how warm it is.
			await say('sauna', 60, 2 * HOUR_MS);
			await glance.getByText(/^de 4,5\s°C à [12]\d,\d\s°C$/).waitFor();
		} finally {
			await client.endAsync();
		}
	});
}
