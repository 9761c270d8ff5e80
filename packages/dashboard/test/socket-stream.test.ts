import { expect } from 'chai';
import { SocketStream } from '../src/io/socket-stream.ts';

/** A WebSocket that goes nowhere. */
class Socket extends EventTarget {
	static readonly OPEN = 1;
	static last: Socket;
	readyState = 0;
	binaryType = '';
	readonly url: string;
	readonly protocols: readonly string[];
	readonly sent: number[][] = [];
	closed = 0;

	constructor(url: string, protocols: readonly string[]) {
		super();
		this.url = url;
		this.protocols = protocols;
		Socket.last = this;
	}

	open(): void {
		this.readyState = Socket.OPEN;
		this.dispatchEvent(new Event('open'));
	}

	send(bytes: Uint8Array): void {
		this.sent.push([...bytes]);
	}

	close(): void {
		this.closed += 1;
	}
}

describe('the stream that the MQTT client is connected by', () => {
	const real = globalThis.WebSocket;
	let stream: SocketStream;

	beforeEach(() => {
		Object.assign(globalThis, { WebSocket: Socket });
		stream = new SocketStream('ws://house/mqtt');
	});
	afterEach(() => {
		Object.assign(globalThis, { WebSocket: real });
	});

	it('speaks MQTT in binary', () => {
		const { url, protocols, binaryType } = Socket.last;
		expect({ url, protocols, binaryType }).to.deep.equal({
			url: 'ws://house/mqtt',
			protocols: ['mqtt'],
			binaryType: 'arraybuffer',
		});
	});

	it('keeps what is written until the connection is open, then sends it once', () => {
		stream.write(Uint8Array.of(1));
		stream.write('é');
		expect(Socket.last.sent).to.deep.equal([]);
		Socket.last.open();
		stream.write(Uint8Array.of(2));
		expect(Socket.last.sent).to.deep.equal([[1, 0xc3, 0xa9], [2]]);
	});

	it('sends the parts of packets that are put together at a time as one', () => {
		Socket.last.open();
		stream.cork();
		stream.write(Uint8Array.of(1));
		stream.cork();
		stream.write(Uint8Array.of(2));
		stream.uncork();
		expect(Socket.last.sent).to.deep.equal([]);
		stream.uncork();
		expect(Socket.last.sent).to.deep.equal([[1, 2]]);
	});

	it('hands on what arrives until it is over', () => {
		const heard: number[][] = [];
		stream.pipe({ write: (bytes) => void heard.push([...bytes]) });
		Socket.last.dispatchEvent(new MessageEvent('message', { data: Uint8Array.of(7, 8).buffer }));
		stream.destroy();
		Socket.last.dispatchEvent(new MessageEvent('message', { data: Uint8Array.of(9).buffer }));
		expect(heard).to.deep.equal([[7, 8]]);
	});

	it('says why it failed, then its end once, and sends nothing more', async () => {
		const said: unknown[] = [];
		stream.on('error', (error) => said.push(error instanceof Error && error.message));
		stream.on('close', () => said.push('close'));
		Socket.last.dispatchEvent(new Event('error'));
		Socket.last.dispatchEvent(new Event('close'));
		expect(said).to.deep.equal([]);
		await Promise.resolve();
		stream.write(Uint8Array.of(1));
		Socket.last.open();
		expect(said).to.deep.equal(['WebSocket error', 'close']);
		expect(Socket.last.sent).to.deep.equal([]);
		expect(Socket.last.closed).to.equal(1);
	});

	it('sends what waits before it ends', () => {
		Socket.last.open();
		stream.cork();
		stream.write(Uint8Array.of(1));
		stream.end();
		expect(Socket.last.sent).to.deep.equal([[1]]);
		expect(Socket.last.closed).to.equal(1);
	});
});
