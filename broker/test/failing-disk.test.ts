// A disk that takes nothing more, under a broker in a process of its own, and what becomes of what a service says meanwhile.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, MqttTransport, silentLog, systemClock } from '@pilotwire/runtime';
import { type BrokerProcess, brokerAccount, startBroker } from '@pilotwire/test/broker-process';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { connectAsync, type MqttClient } from 'mqtt';

/** More than a service may have unanswered. */
const many = 12_000;

describe('a service whose broker can not write', function () {
	this.timeout(120_000);
	const folder = temporaryDirectory();
	let broker: BrokerProcess | undefined;
	let bus: Bus | undefined;
	let reader: MqttClient | undefined;

	afterEach(async () => {
		await bus?.stop();
		await reader?.endAsync(true);
		await broker?.kill();
	});

	/** Bounds every file of the broker, prlimit(1); each write beyond fails as on a full disk. */
	const diskTakes = (pid: number, bytes: 'nothing' | 'all'): void => {
		execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes === 'all' ? 'unlimited' : '0:unlimited'}`]);
	};

	it('goes on, and says by itself what was refused once the disk is back', async () => {
		broker = await startBroker(join(folder.path, 'broker.db'));
		const { url, pid } = broker;
		const failed: unknown[] = [];
		const context = createContext('tester', silentLog, systemClock, (error) => void failed.push(error));
		const transport = new MqttTransport({ url, ...brokerAccount }, 'tester', silentLog);
		let refused = 0;
		const publish = transport.publish.bind(transport);
		transport.publish = (message) => {
			const went = publish(message);
			refused += Number(!went);
			return went;
		};
		bus = new Bus(context, 'home', transport);
		const connected = new Promise<void>((resolve) => bus?.onConnection((is) => is && resolve()));
		bus.start();
		await connected;
		diskTakes(pid, 'nothing');
		const say = (probe: string, temperatureC: number): void =>
			bus?.publish(topics.probe, { probe }, { at: new Date(0).toISOString(), name: probe, temperatureC });
		for (let index = 0; index < many; index += 1) {
			say(`probe-${index % 100}`, 19);
			if (index % 500 === 0) await setImmediate();
		}
		expect(refused).to.be.greaterThan(0);
		for (let index = 0; index < 100; index += 1) say(`probe-${index}`, 20);
		const last = topicName('home', topics.probe, { probe: 'probe-99' });
		const client = await connectAsync(url, { ...brokerAccount, reconnectPeriod: 0 });
		reader = client;
		const told = new Promise<void>((resolve) => {
			client.on('message', (_, payload) => JSON.parse(payload.toString()).temperatureC === 20 && resolve());
		});
		await client.subscribeAsync(last);
		diskTakes(pid, 'all');
		await told;
		expect(failed).to.deep.equal([]);
	});
});
