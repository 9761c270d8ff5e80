// The history: what load shedding did on the chart's axis, the same time before, a file, and figures under their own name.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import mqtt from 'mqtt';
import { PASSWORD } from './home.ts';
import { eventually, open, type Stage } from './stage.ts';
import { signIn } from './visitors.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** When the listed events happened, and when by their place the marks over the chart's last hour. */
const eventsAndMarks = `(() => {
	const field = document.querySelector('.plot .u-over').getBoundingClientRect();
	const listed = [...document.querySelectorAll('.event')].map((row) => ({
		kind: row.dataset.kind,
		atMs: Date.parse(row.querySelector('time').dateTime),
	}));
	const marked = [...document.querySelectorAll('.marks .sign')].map((mark) => {
		const { left, width } = mark.getBoundingClientRect();
		const share = (left + width / 2 - field.left) / field.width;
		return { sign: mark.dataset.sign, atMs: Date.now() - (1 - share) * 3_600_000 };
	});
	return { listed, marked };
})()`;
const SIGNS = { down: ['shed', 'withdraw'], up: ['restore', 'admit'] };

/** Keeps back what the history answers about the load, once `held` is a list, until it is called. */
const holding = `
	const Plain = WebSocket;
	window.WebSocket = class extends Plain {
		constructor(...args) {
			super(...args);
			this.addEventListener('message', (event) => {
				const isAnswer = /load\\.(apparentPowerVA|currentA)/.test(new TextDecoder().decode(event.data));
				if (window.held === undefined || !event.isTrusted || !isAnswer) return;
				event.stopImmediatePropagation();
				window.held.push(() => this.dispatchEvent(new MessageEvent('message', { data: event.data })));
			});
		}
	};
`;

export function thePast(stage: Stage): void {
	it('marks what load shedding did on the axis of the chart, each at its time and by its shape', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^History/);
		await page.getByRole('radio', { name: 'Hour', exact: true }).check();
		// The oven of an earlier test made radiators wait.
		const journal = page.getByRole('region', { name: /^What load shedding did/ });
		await journal.getByRole('listitem').first().waitFor();
		const rest = journal.getByRole('button', { name: /^Show all/ });
		if (await rest.isVisible()) await rest.click();
		await journal.getByRole('listitem').filter({ hasText: 'Shed' }).first().waitFor();
		const figures = page.getByRole('region', { name: /–/ });
		for (const name of ['Shed', 'Back']) await figures.getByRole('listitem').getByText(name, { exact: true }).waitFor();
		const { listed, marked } = (await page.evaluate(eventsAndMarks)) as {
			listed: { kind: string; atMs: number }[];
			marked: { sign: string; atMs: number }[];
		};
		for (const [sign, kinds] of Object.entries(SIGNS)) {
			const events = listed.filter(({ kind }) => kinds.includes(kind));
			const marks = marked.filter((one) => one.sign === sign);
			expect(events.length, sign).to.be.greaterThan(0);
			for (const { atMs, kind } of events) {
				const away = Math.min(...marks.map((mark) => Math.abs(mark.atMs - atMs)));
				expect(away, `${kind}, from its mark`).to.be.lessThan(MINUTE_MS);
			}
			expect(marks.length, `${sign}: no more marks than events`).to.be.at.most(events.length);
		}
	});

	it('compares with the same time a day before: in the chart, in its legend and in the table behind it', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^History/);
		await page.getByRole('radio', { name: 'Hour', exact: true }).check();
		await page.getByRole('radio', { name: 'Temperatures' }).check();
		const probe = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
		const say = (atMs: number, temperatureC: number): Promise<unknown> => {
			const measured = { at: new Date(atMs).toISOString(), name: 'Greenhouse', temperatureC };
			return probe.publishAsync('pilotwire/home/probes/greenhouse/state', JSON.stringify(measured), { qos: 1 });
		};
		try {
			await say(Date.now() - DAY_MS - 5 * MINUTE_MS, 7.5);
			await say(Date.now(), 12.5);
		} finally {
			await probe.endAsync();
		}
		await page.getByText('As a table').click();
		const table = page.getByRole('region', { name: 'As a table' });
		await table.getByRole('cell', { name: '12.5', exact: true }).first().waitFor();
		const legend = page.getByRole('listitem').filter({ hasText: /^Before/ });
		expect(await legend.count()).to.equal(0);
		expect(await table.getByText('7.5', { exact: true }).count()).to.equal(0);
		await page.getByRole('checkbox', { name: 'Compare with the day before' }).check();
		await legend.waitFor();
		await table.getByRole('columnheader', { name: 'Greenhouse, before' }).waitFor();
		await table.getByRole('cell', { name: '7.5', exact: true }).first().waitFor();
		await page.getByRole('checkbox', { name: 'Compare with the day before' }).uncheck();
		await legend.waitFor({ state: 'detached' });
	});

	it('saves what it shows as a file', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^History/);
		const coming = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Save as CSV' }).click();
		const [head, ...lines] = readFileSync(await (await coming).path(), 'utf8')
			.trim()
			.split('\n');
		expect(head).to.match(/^time,series,/);
		expect(lines.length).to.be.greaterThan(5);
		expect(lines.every((line) => line.includes('load.apparentPowerVA'))).to.equal(true);
	});

	it('never draws figures under the name of others, chosen while they were on their way', async () => {
		const page = await stage.visitAs();
		await page.addInitScript(holding);
		await page.reload();
		await signIn(page, 'lou');
		await open(page, /^History/);
		await page.getByText('As a table').waitFor();
		await page.evaluate('window.held = []');
		await page.getByRole('radio', { name: 'Hour', exact: true }).check();
		await eventually('the power is on its way', async () => (await page.evaluate('window.held.length')) === 1);
		const shown = await page.evaluate(`new Promise((settle) => {
			document.querySelectorAll('input[name="subject"]')[1].click();
			window.held.shift()();
			requestAnimationFrame(() => requestAnimationFrame(() => settle(document.querySelector('.plot-note')?.textContent)));
		})`);
		expect(shown).to.equal('Asking for these figures…');
		await eventually('the current is on its way', async () => (await page.evaluate('window.held.length')) === 1);
		await page.evaluate('window.held.splice(0).forEach((release) => release())');
		await page.getByText('As a table').waitFor();
	});
}
