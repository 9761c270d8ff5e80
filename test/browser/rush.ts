// Fifty messages a second on a processor a quarter as quick: each on the screen with the next frame, the frames kept, the
// memory where it was. The soak takes an hour of it, minute by minute.
import { expect } from 'chai';
import mqtt from 'mqtt';
import type { CDPSession } from 'playwright-core';
import { PASSWORD } from './home.ts';
import { live, type Stage } from './stage.ts';
import { signIn } from './visitors.ts';

const SLOWED = 4;
const PER_SECOND = 50;
/** One message in so many is a radiator's, the others are loads. */
const NAMED_EVERY = 10;
/** Of the time: what comes in bursts still finds its frame. */
const MOST_BUSY = 0.7;
const isSoak = process.env['PILOTWIRE_SOAK'] !== undefined;
const ROUNDS = isSoak ? 60 : 1;
const ROUND_S = isSoak ? 60 : 10;
/** Before it, so that what is made once is there: code compiled, lists filled (of the last five minutes, and of the chart). */
const WARM_S = isSoak ? 330 : 5;
/** The collector leaves so much more or less from time to time. */
const HEAP_NOISE_BYTES = 1_000_000;

/** Watches from within: from when a marked message came out of the socket, how many frames until it shows. */
const witness = `
	window.witness = [];
	const Plain = WebSocket;
	window.WebSocket = class extends Plain {
		constructor(...args) {
			super(...args);
			this.addEventListener('message', ({ data }) => {
				// Several may come in one piece: the last is the one to be seen.
				const marks = [...new TextDecoder().decode(data).matchAll(/Rush-(\\d+)/g)];
				if (marks.length === 0) return;
				const mark = Number(marks.at(-1)[1]);
				let frames = 0;
				const look = () => {
					frames += 1;
					// After the frame's own work, once it has been drawn.
					const { port1, port2 } = new MessageChannel();
					port1.onmessage = () => {
						port1.close();
						const shown = /Rush-(\\d+)/.exec(document.querySelector('main').textContent);
						if (Number(shown?.[1]) >= mark || frames > 30) window.witness.push(frames);
						else requestAnimationFrame(look);
					};
					port2.postMessage(0);
				};
				requestAnimationFrame(look);
			});
		}
	};
`;

interface Figures {
	readonly heapBytes: number;
	/** The page's thread has worked so long, s. */
	readonly busyS: number;
}

async function figuresOf(client: CDPSession): Promise<Figures> {
	await client.send('HeapProfiler.collectGarbage');
	const { metrics } = await client.send('Performance.getMetrics');
	const value = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
	return { heapBytes: value('JSHeapUsedSize'), busyS: value('TaskDuration') };
}

/** What a busy house says: loads, and now and then a radiator under another name. */
async function rush(stage: Stage, forS: number): Promise<void> {
	const client = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
	const kept = new Promise<Record<string, unknown>>((resolve) => {
		client.once('message', (_, payload) => resolve(JSON.parse(String(payload))));
	});
	await client.subscribeAsync('pilotwire/home/circuits/salon/state');
	const salon = await kept;
	await client.unsubscribeAsync('pilotwire/home/circuits/salon/state');
	let sent = 0;
	await new Promise<void>((resolve) => {
		const timer = setInterval(() => {
			const at = new Date().toISOString();
			const figures = {
				apparentPowerVA: 1_000 + (sent % 50),
				limitVA: 6_000,
				over: false,
				alert: false,
				label: 'SINSTS',
			};
			if (sent % NAMED_EVERY === 0) {
				const named = { ...salon, name: `Rush-${sent}` };
				client.publish('pilotwire/home/circuits/salon/state', JSON.stringify(named));
			} else
				client.publish(
					'pilotwire/home/meter/rush/load/state',
					JSON.stringify({ at, over: false, phases: [{ phase: 1, at, ...figures }] }),
				);
			sent += 1;
			if (sent < forS * PER_SECOND) return;
			clearInterval(timer);
			resolve();
		}, 1_000 / PER_SECOND);
	});
	await client.endAsync();
}

export function rushOfMessages(stage: Stage): void {
	it(`keeps up with ${PER_SECOND} messages a second on a processor slowed ${SLOWED} times`, async function () {
		this.timeout((WARM_S + ROUNDS * ROUND_S * 1.5 + 120) * 1_000);
		const page = await stage.visitAs();
		await page.addInitScript(witness);
		await page.reload();
		await signIn(page, 'lou');
		await live(page);
		const client = await page.context().newCDPSession(page);
		// The time of the thread alone: what else the machine does is not counted.
		await client.send('Performance.enable', { timeDomain: 'threadTicks' });
		await client.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
		await rush(stage, WARM_S);
		await page.evaluate('window.witness.length = 0');
		const before = await figuresOf(client);
		let last = before;
		for (let round = 1; round <= ROUNDS; round += 1) {
			await rush(stage, ROUND_S);
			const after = await figuresOf(client);
			const frames = (await page.evaluate('window.witness.splice(0)')) as number[];
			const busy = (after.busyS - last.busyS) / ROUND_S;
			if (isSoak) {
				const grown = ((after.heapBytes - before.heapBytes) / 1_000).toFixed(0);
				console.log(`minute ${round}: ${frames.length} names, ${Math.max(...frames)} frame(s), heap ${grown} kB`);
			}
			expect(frames.length, 'names seen').to.be.greaterThan((ROUND_S * PER_SECOND) / NAMED_EVERY / 2);
			expect(Math.max(...frames), 'frames until a message shows').to.equal(1);
			expect(busy, 'share of the time that the page works').to.be.lessThan(MOST_BUSY);
			expect(after.heapBytes - before.heapBytes, 'growth of the heap').to.be.lessThan(HEAP_NOISE_BYTES);
			last = after;
		}
	});
}
