import { once } from 'node:events';
import {
	type AddressInfo,
	connect,
	createServer,
	type IpcNetConnectOpts,
	type Socket,
	type TcpNetConnectOpts,
} from 'node:net';

/** A port that stays the same, whatever is behind it at the moment. */
export interface Door {
	readonly url: string;
	/** Leads to the port of this address, or to a socket's path, from now on; who is connected is not. */
	leadTo(urlOrPath: string): void;
	/**
	 * From now on nothing passes, and nobody is told: as where a cable is cut. Who is connected stays so, for good, and gets
	 * nothing any more; who comes is let in, and hears nothing either.
	 */
	cut(): void;
	/** Whoever comes from now on is led on again. */
	mend(): void;
	close(): Promise<void>;
}

export async function openDoor(): Promise<Door> {
	let behind: TcpNetConnectOpts | IpcNetConnectOpts = { port: 0 };
	const sockets = new Set<Socket>();
	let isCut = false;
	const keep = (socket: Socket): void => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy());
		socket.on('close', () => sockets.delete(socket));
	};
	const server = createServer((socket) => {
		if (isCut) {
			keep(socket);
			return;
		}
		const inside = connect(behind);
		for (const [one, other] of [
			[socket, inside],
			[inside, socket],
		] as const) {
			keep(one);
			one.setNoDelay(true);
			one.on('error', () => other.destroy());
			one.on('close', () => {
				if (!isCut) other.destroy();
			});
			one.pipe(other);
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
		leadTo: (urlOrPath) => {
			behind = urlOrPath.startsWith('/')
				? { path: urlOrPath }
				: { host: '127.0.0.1', port: Number(new URL(urlOrPath).port) };
		},
		cut: () => {
			isCut = true;
			for (const socket of sockets) {
				socket.unpipe();
				// What it sends is taken, and goes nowhere.
				socket.resume();
			}
		},
		mend: () => {
			isCut = false;
		},
		close: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
