import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { silentLog } from '@pilotwire/runtime';
import { expect } from 'chai';
import { MqttLink } from '../src/io/link.ts';

const CONNECT = 0x10;
const SUBSCRIBE = 0x82;

describe("an agent's link to a broker", () => {
	it('tells what the broker refused to let it read', async () => {
		const sockets: Socket[] = [];
		const broker = createServer((socket) => {
			sockets.push(socket);
			socket.on('error', () => {});
			socket.on('data', (bytes) => {
				if (bytes[0] === CONNECT) socket.write(Buffer.from([0x20, 2, 0, 0]));
				// SUBACK (MQTT 3.1.1 section 3.9): the second of two is refused.
				if (bytes[0] === SUBSCRIBE) socket.write(Buffer.from([0x90, 4, bytes[2] ?? 0, bytes[3] ?? 0, 1, 0x80]));
			});
		});
		broker.listen(0, '127.0.0.1');
		await once(broker, 'listening');
		const { port } = broker.address() as AddressInfo;
		const link = new MqttLink({ url: `mqtt://127.0.0.1:${port}` }, 'agent', silentLog);
		const refused = await new Promise<readonly string[]>((resolve) => {
			const up = (): void => link.subscribe(['a/b', 'c/d'], resolve);
			link.start({ up, down: () => undefined, message: () => undefined }, { topic: 'w', payload: '', qos: 0 });
		});
		expect(refused).to.deep.equal(['c/d']);
		await link.stop();
		for (const socket of sockets) socket.destroy();
		broker.close();
	});
});
