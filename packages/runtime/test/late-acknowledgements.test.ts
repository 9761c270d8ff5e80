import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { MqttClient } from 'mqtt';
import { LateAcknowledgements } from '../src/io/late-acknowledgements.ts';

/** As much of the library's client as acknowledges. */
class HandClient extends EventEmitter {
	readonly sent: string[] = [];
	_sendPacket(packet: { cmd: string; messageId?: number }, done?: () => void): this {
		this.sent.push(`${packet.cmd} ${packet.messageId}`);
		done?.();
		return this;
	}
}

describe('late acknowledgements', () => {
	let client: HandClient;
	let late: LateAcknowledgements;
	let next: number;
	/** A message comes, is handed over, and the library acknowledges it. */
	const receive = (messageId: number, hold: boolean, qos: 0 | 1 = 1): (() => void) | undefined => {
		const release = hold ? late.holdOf({ qos, messageId })?.() : undefined;
		client._sendPacket({ cmd: 'puback', messageId }, () => {
			next += 1;
		});
		return release;
	};

	beforeEach(() => {
		client = new HandClient();
		late = new LateAcknowledgements(client as unknown as MqttClient);
		next = 0;
	});

	it('follow when they are let go, and the next message comes meanwhile', () => {
		const release = receive(1, true);
		receive(2, false);
		expect(client.sent).to.deep.equal(['puback 2']);
		expect(next).to.equal(2);
		release?.();
		release?.();
		expect(client.sent).to.deep.equal(['puback 2', 'puback 1']);
	});

	it('wait for the last who holds', () => {
		const [first, second] = [late.holdOf({ qos: 1, messageId: 5 })?.(), late.holdOf({ qos: 1, messageId: 5 })?.()];
		receive(5, false);
		first?.();
		first?.();
		expect(client.sent).to.deep.equal([]);
		second?.();
		expect(client.sent).to.deep.equal(['puback 5']);
	});

	it('are those of their connection: one that was lost has none', () => {
		const release = receive(1, true);
		client.emit('close');
		receive(1, true);
		release?.();
		expect(client.sent).to.deep.equal([]);
	});

	it('are sent at once where they were let go while the message was handed over', () => {
		late.holdOf({ qos: 1, messageId: 3 })?.()();
		receive(3, false);
		expect(client.sent).to.deep.equal(['puback 3']);
	});

	it('are none where a message is not acknowledged', () => {
		expect(late.holdOf({ qos: 0, messageId: 3 })).to.equal(undefined);
	});

	it('leave every other packet alone', () => {
		late.holdOf({ qos: 1, messageId: 3 })?.();
		client._sendPacket({ cmd: 'pubrel', messageId: 3 });
		expect(client.sent).to.deep.equal(['pubrel 3']);
	});

	it('find the method of the library that they stand in for', async () => {
		const { MqttClient: Client } = await import('mqtt');
		expect((Client.prototype as unknown as Record<string, unknown>)['_sendPacket']).to.be.a('function');
	});
});
