// Real touches on the history's chart, as a finger's driver sends them.
import { expect } from 'chai';
import type { CDPSession, Page } from 'playwright-core';
import { eventually, open, type Stage } from './stage.ts';

interface Finger {
	readonly x: number;
	readonly y: number;
}

/** Fingers that come down, move together in steps, and are lifted. */
async function touch(client: CDPSession, from: readonly Finger[], to: readonly Finger[], steps = 6): Promise<void> {
	const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', fingers: readonly Finger[]) =>
		client.send('Input.dispatchTouchEvent', { type, touchPoints: fingers.map((at, id) => ({ ...at, id })) });
	await send('touchStart', from);
	for (let step = 1; step <= steps; step += 1) {
		const between = from.map((start, index) => {
			const end = to[index] ?? start;
			const share = step / steps;
			return { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share };
		});
		await send('touchMove', between);
	}
	await send('touchEnd', []);
}

const spanChosen = (page: Page): Promise<number> => page.getByRole('radio', { name: 'Day', checked: true }).count();
const scrolled = (page: Page): Promise<number> => page.evaluate('scrollY') as Promise<number>;

export function touches(stage: Stage): void {
	it('moves the chart under one finger, scales it under two, and leaves the page its scroll', async () => {
		const page = await stage.visitAs('lou', { hasTouch: true, isMobile: true });
		await open(page, /^History/);
		await page.getByText('As a table').waitFor();
		const client = await page.context().newCDPSession(page);
		const over = page.locator('.plot .u-over');
		await over.scrollIntoViewIfNeeded();
		const box = await over.boundingBox();
		if (box === null) throw new Error('the chart has no place');
		const at = (share: number, y = 0.5): Finger => ({ x: box.x + box.width * share, y: box.y + box.height * y });
		const range = page.getByRole('region', { name: /–/ }).getByRole('heading', { level: 2 });

		const before = await range.textContent();
		await touch(client, [at(0.2)], [at(0.8)]);
		await eventually('one finger moved the chart', async () => (await range.textContent()) !== before);
		expect(await spanChosen(page), 'as long as before').to.equal(1);

		const moved = await range.textContent();
		await touch(client, [at(0.4), at(0.6)], [at(0.1), at(0.9)]);
		await eventually('two fingers scaled the chart', async () => (await range.textContent()) !== moved);
		expect(await spanChosen(page), 'shorter than a day').to.equal(0);
		const scale = 'visualViewport.scale';
		expect(await page.evaluate(scale), 'the page itself was not scaled').to.equal(1);

		const scaled = await range.textContent();
		const top = await scrolled(page);
		await touch(client, [at(0.5, 0.9)], [at(0.5, 0.1)], 12);
		await eventually('the page scrolled', async () => (await scrolled(page)) > top);
		expect(await range.textContent()).to.equal(scaled);
	});
}
