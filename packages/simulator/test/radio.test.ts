import type { ProbeState } from '@pilotwire/contract';
import { demoHouse } from '@pilotwire/house';
import { Bus, createContext, ForeignTopics, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { Simulator, type SimulatorConfig, simulatorConfig, type TrueState } from '@pilotwire/simulator';
import { expect } from 'chai';

const PLUG = 'zigbee2mqtt/boiler';

describe("the simulated house's wireless devices", () => {
	let clock: VirtualClock;
	let hub: MemoryHub;
	let simulator: Simulator;

	async function start(config: Partial<SimulatorConfig> = {}): Promise<void> {
		clock = new VirtualClock();
		hub = new MemoryHub();
		const context = createContext('simulator', silentLog, clock, (error) => {
			throw error;
		});
		const foreign = new ForeignTopics(context, hub.transport());
		const radio = { bus: new Bus(context, 'home', foreign), foreign };
		simulator = new Simulator(context, { config: simulatorConfig.parse(config), house: demoHouse(), radio });
		await simulator.start();
	}

	afterEach(async () => {
		await simulator.stop();
		expect(clock.pending).to.equal(0);
	});

	const probes = (): (ProbeState & { topic: string })[] =>
		hub.published
			.filter(({ name }) => name.includes('/probes/'))
			.map(({ name, payload }) => ({ topic: name, ...(JSON.parse(payload) as ProbeState) }));
	const tell = (payload: string, topic = 'set', retain = false): void =>
		hub.publish({ name: `${PLUG}/${topic}`, payload, qos: 0, retain });
	const states = () =>
		hub.published
			.filter(({ name }) => name === PLUG)
			.map(({ payload }) => JSON.parse(payload) as { state: string; power: number; energy: number });
	const trueState = (): TrueState => simulator.command({ do: 'state' }) as TrueState;

	it('say how warm each room is, at once and once a minute, retained', async () => {
		await start();
		clock.advance(1000);
		const rooms = demoHouse().rooms.map(({ id }) => id);
		expect(probes().map(({ room }) => room)).to.deep.equal(rooms);
		const [salon] = probes();
		expect(salon).to.include({ topic: 'pilotwire/home/probes/salon/state', name: 'Salon', room: 'salon' });
		expect(hub.retained.size).to.be.at.least(rooms.length);
		clock.advance(120_000);
		expect(probes().filter(({ room }) => room === 'salon')).to.have.length.within(3, 40);
	});

	it('say each tenth of a degree that a room gains or loses', async () => {
		await start({ timeScale: 60 });
		clock.advance(60_000);
		const figures = probes()
			.filter(({ room }) => room === 'salon')
			.map(({ temperatureC }) => temperatureC ?? Number.NaN);
		expect(figures.length).to.be.above(5);
		for (const [at, figure] of figures.entries()) {
			expect(Math.round(figure * 10) / 10).to.equal(figure);
			if (at > 0) expect(Math.abs(figure - (figures[at - 1] ?? 0))).to.be.below(0.35);
		}
		expect(Math.abs((figures.at(-1) ?? 0) - (trueState().rooms[0]?.temperatureC ?? 99))).to.be.below(0.2);
	});

	it('say nothing while the broker is away, and where they stand once it is back', async () => {
		await start();
		hub.down();
		clock.advance(300_000);
		const before = probes().length;
		hub.up();
		clock.advance(1000);
		expect(probes().length).to.be.at.least(before + demoHouse().rooms.length);
	});

	it('switch the water heater as a Zigbee2MQTT plug does, and say what it draws', async () => {
		await start({ waterHeaterTopic: PLUG });
		clock.advance(60_000);
		expect(trueState().waterC).to.be.at.most(35);
		tell('{"state":"ON"}');
		expect(states().at(-1)).to.include({ state: 'ON' });
		clock.advance(2000);
		expect(states().at(-1)?.power).to.be.within(2700, 3300);
		clock.advance(58_000);
		tell('', 'get');
		expect(states().at(-1)?.energy).to.be.within(0.04, 0.06);
		tell('toggle');
		clock.advance(1000);
		expect(states().at(-1)).to.include({ state: 'OFF', power: 0 });
		for (const nonsense of ['', '{', '{"state":3}', 'null', '{"brightness":1}']) tell(nonsense);
		tell('ON', 'set', true);
		await simulator.stop();
		await start({ waterHeaterTopic: PLUG });
		expect(states()).to.deep.equal([]);
	});

	it('leave the water heater to its script where no plug is named', async () => {
		await start();
		tell('{"state":"ON"}');
		clock.advance(19_000);
		expect(trueState().waterC).to.be.at.most(35);
		clock.advance(120_000);
		expect(trueState().waterC).to.be.above(35);
		expect(states()).to.deep.equal([]);
	});
});
