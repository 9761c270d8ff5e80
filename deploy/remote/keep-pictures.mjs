// Keeps the pictures of a machine's camera elsewhere: asks its agent for a still now and then, and writes it down here.
// node keep-pictures.mjs URL NAME AGENT FOLDER [SECONDS] ; the password is in MQTT_PASSWORD. See docs/guides/remote-agent.md.
import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt from 'mqtt';

const [url, username, agent, folder, seconds = '600'] = process.argv.slice(2);
if (folder === undefined || !(Number(seconds) > 0)) {
	console.error('usage: node keep-pictures.mjs URL NAME AGENT FOLDER [SECONDS], with the password in MQTT_PASSWORD');
	process.exit(64);
}
const site = process.env.PILOTWIRE_SITE ?? 'home';
const me = `keeper-${randomBytes(6).toString('hex')}`;
const to = `pilotwire/${site}/agents/${agent}/to/${me}`;
const from = `pilotwire/${site}/agents/${agent}/from/${me}`;
const PICTURE_WITHIN_MS = 60_000;

const client = await mqtt.connectAsync(url, { username, password: process.env.MQTT_PASSWORD, clientId: me });
await client.subscribeAsync(from, { qos: 1 });
await mkdir(folder, { recursive: true });

/** One picture, as it comes: JSON with base64, so that this needs no more than JSON. */
function picture() {
	const id = randomBytes(6).toString('hex');
	const parts = [];
	return new Promise((resolve, reject) => {
		const over = (settle) => {
			clearTimeout(timer);
			client.off('message', hear);
			settle();
		};
		const hear = (topic, payload) => {
			const said = topic === from ? JSON.parse(payload.toString()) : {};
			if (said.id !== id) return;
			if (said.base64 !== undefined) parts.push(Buffer.from(said.base64, 'base64'));
			if (said.error !== undefined)
				over(() => reject(new Error(`${said.error.received} (${said.error.code}). ${said.error.action}`)));
			else if (said.end !== undefined) over(() => resolve(Buffer.concat(parts)));
			else if (said.seq !== undefined) client.publish(to, JSON.stringify({ id, ack: said.seq }));
		};
		const timer = setTimeout(() => over(() => reject(new Error('no answer of the agent'))), PICTURE_WITHIN_MS);
		client.on('message', hear);
		client.publish(to, JSON.stringify({ id, op: 'camera.still', text: true }), { qos: 1 });
	});
}

for (;;) {
	const at = new Date().toISOString();
	try {
		const bytes = await picture();
		const path = join(folder, `${at.replaceAll(':', '-')}.jpg`);
		await writeFile(`${path}.new`, bytes);
		await rename(`${path}.new`, path);
		console.log(`${at} ${path}, ${bytes.length} bytes`);
	} catch (error) {
		console.error(`${at} ${error.message}`);
	}
	await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
}
