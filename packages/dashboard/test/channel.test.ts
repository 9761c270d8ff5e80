import { expect } from 'chai';
import { type ChannelSaid, joinChannel } from '../src/app/channel.ts';
import type { Listener, Open } from '../src/core/connection.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const request = { name: 'attic', password: 'open sesame', member: 'page', broker: { url: 'ws://elsewhere:9001' } };

/** A broker that answers as it is told to, and remembers what was asked of it. */
class FakeBroker {
	readonly asked: string[] = [];
	/** Why the next join is refused. */
	refuses: string | undefined;
	/** One without channels hands everything on as it comes. */
	hasChannels = true;
	listener: Listener | undefined;

	readonly opener = () => (listener: Listener) => {
		this.listener = listener;
		return () => this.asked.push('closed');
	};

	up(): void {
		const open: Open = {
			publish: async (topic, payload) => {
				const isLeave = topic.endsWith('/leave');
				if (!isLeave) this.asked.push(`${topic} ${payload}`);
				const code = isLeave ? 'not_member' : this.refuses;
				if (!this.hasChannels || !/\/(join|leave)$/.test(topic) || code === undefined) return;
				this.hears('channels/attic/notice', { refused: { code, message: '', topic } });
				throw new Error('refused');
			},
			subscribe: (filter) => this.asked.push(`subscribe ${filter}`),
			unsubscribe: () => undefined,
			close: () => undefined,
		};
		this.listener?.up(open);
	}

	hears(topic: string, value: unknown): void {
		this.listener?.message({ topic, payload: encode(value), retained: false });
	}
}

describe('a joined channel', () => {
	const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

	it('joins before it subscribes, at each new connection, and knows who is there', async () => {
		const broker = new FakeBroker();
		const channel = joinChannel(request, broker.opener);
		broker.up();
		await settled();
		expect(channel.state.value).to.equal('joined');
		expect(broker.asked).to.deep.equal([
			'channels/attic/join {"member":"page","password":"open sesame"}',
			'subscribe channels/attic/#',
		]);
		broker.hears('channels/attic/members', { members: ['page', 'pi'] });
		broker.hears('channels/attic/members', { joined: 'attic-pi' });
		broker.hears('channels/attic/members', { left: 'pi', why: 'gone' });
		expect(channel.members.value).to.deep.equal(['page', 'attic-pi']);
		broker.listener?.down();
		expect(channel.state.value).to.equal('away');
		expect(channel.members.value).to.deep.equal([]);
		channel.leave();
	});

	it('says what it is told to by its own name, and hands out what others say', async () => {
		const broker = new FakeBroker();
		const channel = joinChannel({ ...request, password: undefined }, broker.opener);
		const said: ChannelSaid[] = [];
		channel.onMessage((message) => said.push(message));
		broker.up();
		await settled();
		await channel.command(['pi', 'nas'], '/lamp', 'on');
		await channel.command('all', '', 'hello');
		await channel.broadcast('/here', 'yes');
		expect(broker.asked.filter((line) => !line.startsWith('subscribe'))).to.deep.equal([
			'channels/attic/join {"member":"page"}',
			'channels/attic/command/page/pi,nas/lamp on',
			'channels/attic/command/page/all hello',
			'channels/attic/broadcast/page/here yes',
		]);
		broker.hears('channels/attic/answer/pi/page/lamp', 'done');
		broker.hears('channels/other/answer/pi/page/lamp', 'elsewhere');
		expect(
			said.map(({ kind, from, rest, payload }) => [kind, from, rest, new TextDecoder().decode(payload)]),
		).to.deep.equal([['answer', 'pi', '/lamp', '"done"']]);
		channel.leave();
	});

	it('says why it was not let in, or put out, and tries no more', async () => {
		const broker = new FakeBroker();
		broker.refuses = 'wrong_password';
		const refused = joinChannel(request, broker.opener);
		broker.up();
		await settled();
		expect([refused.state.value, refused.refusal.value]).to.deep.equal(['refused', 'wrong_password']);
		expect(broker.asked.at(-1)).to.equal('closed');
		const other = new FakeBroker();
		const slow = joinChannel(request, other.opener);
		other.up();
		await settled();
		other.hears('channels/attic/notice', { left: { member: 'page', why: 'slow' } });
		expect([slow.state.value, slow.refusal.value]).to.deep.equal(['refused', 'slow']);
	});

	it('tells no password to a broker without channels, which would hand it to whoever reads', async () => {
		const broker = new FakeBroker();
		broker.hasChannels = false;
		const channel = joinChannel(request, broker.opener);
		broker.up();
		await settled();
		expect([channel.state.value, channel.refusal.value]).to.deep.equal(['refused', 'not_allowed']);
		expect(broker.asked).to.deep.equal(['closed']);
	});

	it('gives up a broker that was never reached', () => {
		const broker = new FakeBroker();
		const channel = joinChannel(request, broker.opener);
		broker.listener?.down();
		expect(channel.state.value).to.equal('unreachable');
		expect(broker.asked).to.deep.equal(['closed']);
	});
});
