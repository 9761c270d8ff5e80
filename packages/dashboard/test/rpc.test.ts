import { expect } from 'chai';
import { RpcCaller } from '../src/core/rpc.ts';

const bytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('a question to a service', () => {
	const sent: { topic: string; payload: string }[] = [];
	let expire: (() => void) | undefined;
	let caller: RpcCaller;
	beforeEach(() => {
		sent.length = 0;
		caller = new RpcCaller('home', 'web-0123456789ab', {
			publish: async (topic, payload) => void sent.push({ topic, payload }),
			after: (_, act) => {
				expire = act;
				return () => {
					expire = undefined;
				};
			},
		});
	});
	const reply = 'pilotwire/home/services/telemetry/rpc/web-0123456789ab/reply';

	it('gets the answer that carries its number', async () => {
		const answer = caller.call('telemetry', 'query', { points: 1 });
		expect(sent[0]?.topic).to.equal('pilotwire/home/services/telemetry/rpc/web-0123456789ab');
		const { id } = JSON.parse(sent[0]?.payload ?? '') as { id: string };
		expect(caller.hear('pilotwire/home/circuits/salon/state', bytes({}))).to.equal(false);
		expect(caller.hear(reply, bytes({ jsonrpc: '2.0', id: 'another', result: 1 }))).to.equal(true);
		expect(caller.hear(reply, bytes({ jsonrpc: '2.0', id, result: 7 }))).to.equal(true);
		expect(await answer).to.equal(7);
		expect(expire).to.equal(undefined);
	});

	it('is given up where it is refused, or not answered in time', async () => {
		const refused = caller.call('telemetry', 'query', {}).catch(String);
		caller.hear(reply, bytes({ jsonrpc: '2.0', id: '0', error: { code: -32602, message: 'no such series' } }));
		expect(await refused).to.include('no such series');
		const late = caller.call('telemetry', 'query', {}).catch(String);
		expire?.();
		expect(await late).to.include('does not answer');
	});
});
