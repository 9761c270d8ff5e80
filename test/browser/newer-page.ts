// A newer version of the page: a server before the house's own that changes one file, as an update would.
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect } from 'chai';
import { radiator, type Stage } from './stage.ts';
import { signIn } from './visitors.ts';

/** Hands everything on to the house; `isNewer` makes the service worker another one. */
class Updating {
	isNewer = false;
	readonly #server: Server;
	readonly #host: string;

	constructor(houseUrl: string) {
		const { hostname, port } = new URL(houseUrl);
		this.#host = hostname;
		this.#server = createServer((incoming, answer) => {
			const { method, url } = incoming;
			const { 'if-none-match': _, 'if-modified-since': __, ...headers } = incoming.headers;
			const asked = { hostname, port, method, path: url, headers: { ...headers, 'accept-encoding': 'identity' } };
			const onward = request(asked, (given) => {
				const isWorker = url === '/sw.js' && this.isNewer;
				const { 'content-length': ___, ...rest } = given.headers;
				answer.writeHead(given.statusCode ?? 502, isWorker ? rest : given.headers);
				given.pipe(answer, { end: !isWorker });
				if (isWorker) given.once('end', () => answer.end('\n// newer'));
			});
			onward.once('error', () => answer.destroy());
			incoming.pipe(onward);
		});
		this.#server.on('upgrade', ({ url, rawHeaders }, socket, head) => {
			const house = connect(Number(port), hostname, () => {
				const lines = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
				house.write(`GET ${url} HTTP/1.1\r\n${lines}\r\n`);
				house.write(head);
				socket.pipe(house).pipe(socket);
			});
			for (const end of [socket, house]) end.on('error', () => [socket, house].map((one) => one.destroy()));
		});
	}

	async start(): Promise<string> {
		this.#server.listen(0, this.#host);
		await once(this.#server, 'listening');
		return `http://${this.#host}:${(this.#server.address() as AddressInfo).port}`;
	}

	stop(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}

export function newerPages(stage: Stage): void {
	it('offers a newer version beside the one that runs, and takes it at the same place', async () => {
		const updating = new Updating(stage.home.url);
		const browser = (await stage.visitAs()).context().browser();
		if (browser === null) throw new Error('expected a browser of its own');
		const context = await browser.newContext({ locale: 'en-GB' });
		try {
			const page = await context.newPage();
			await page.goto(`${await updating.start()}/#/radiators`);
			await signIn(page, 'lou');
			await radiator(page, 'Salon').waitFor();
			await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
			expect(await page.getByText('A new version is ready.').count()).to.equal(0);
			updating.isNewer = true;
			await page.evaluate('navigator.serviceWorker.getRegistration().then((one) => one.update())');
			await page.getByText('A new version is ready.').waitFor();
			await page.getByRole('button', { name: 'Use it now' }).click();
			await page.getByText('A new version is ready.').waitFor({ state: 'detached' });
			await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
			await radiator(page, 'Salon').waitFor();
		} finally {
			await context.close();
			updating.stop();
		}
	});
}
