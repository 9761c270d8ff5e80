import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { switchTopics } from '../src/config.ts';
import type { Hold } from '../src/io/gpio-relay.ts';
import { relayAsSwitch, relayFaults, relaySections } from '../src/relays.ts';
import { SwitchHouse } from './house.ts';

/** A process that holds a line until it is ended, or fails. */
class Holder extends EventEmitter {
	readonly stderr = null;
	kill(): boolean {
		this.emit('close', null, 'SIGTERM');
		return true;
	}
	fail(): void {
		this.emit('close', 1, null);
	}
}

const mat = { id: 'mat', line: 17, activeLow: true, powerW: 60 } as const;

describe('relays on pins', () => {
	let house: SwitchHouse;
	let held: { on: boolean; by: Holder }[];
	const hold: Hold = (_, on) => {
		const by = new Holder();
		held.push({ on, by });
		return by as unknown as ChildProcess;
	};
	const start = async (): Promise<void> => {
		held = [];
		house = new SwitchHouse({ relays: [mat], hold });
		await house.service.start();
		house.lease();
		await house.pass(3);
	};
	afterEach(async () => {
		await house?.service.stop();
		expect(house?.failures ?? []).to.deep.equal([]);
	});

	it('are circuits like any other: off until somebody orders them on, and back off when the order ends', async () => {
		await start();
		expect(house.circuit('mat')).to.include({ inForce: 'off', programme: 'off' });
		const until = new Date(house.clock.wallMs() + 60_000).toISOString();
		house.lease({ admitted: { mat: 'comfort' } });
		house.say('circuits/mat/set', { order: 'comfort', until });
		house.lease({ admitted: { mat: 'comfort' } });
		await house.pass(5);
		expect(held.at(-1)?.on).to.equal(true);
		expect(house.circuit('mat')).to.include({ inForce: 'comfort', reason: 'override' });
		house.lease({ admitted: { mat: 'comfort' } });
		await house.pass(60);
		expect(held.at(-1)?.on).to.equal(false);
		expect(house.circuit('mat')).to.include({ inForce: 'off' });
	});

	it('are told apart from topics: nothing of a pin reaches a broker', async () => {
		await start();
		expect(house.hub.published.filter(({ name }) => name.includes('gpio'))).to.deep.equal([]);
		const [relay] = relaySections.relays.parse([mat]);
		if (relay === undefined) throw new Error('no relay');
		expect(switchTopics([relayAsSwitch(relay)])).to.deep.equal({ publish: [], read: [] });
	});

	it('are not switched for a broker that comes and goes', async () => {
		await start();
		const before = held.length;
		house.hub.down();
		await house.pass(5);
		house.hub.up();
		house.lease();
		await house.pass(5);
		expect(held).to.have.length(before);
	});

	it('say what is wrong in words and are tried again', async () => {
		await start();
		for (let attempt = 0; attempt < 4; attempt += 1) {
			held.at(-1)?.by.fail();
			house.lease();
			await house.pass(20);
		}
		house.say('circuits/mat/set', 'comfort');
		house.lease({ admitted: { mat: 'comfort' } });
		await house.pass(1);
		held.at(-1)?.by.fail();
		await house.pass(6);
		held.at(-1)?.by.fail();
		await house.pass(1);
		expect(house.circuit('mat').problem).to.include('line 17 of gpiochip0');
		house.lease({ admitted: { mat: 'comfort' } });
		await house.pass(30);
		expect(held.at(-1)?.on).to.equal(true);
		expect(house.circuit('mat').problem).to.equal(undefined);
	});

	for (const [said, todo] of [
		['spawn setpriv ENOENT', 'util-linux'],
		['setpriv: failed to execute gpioset: No such file or directory', 'package gpiod'],
		['gpioset: error setting the GPIO line values: No such file or directory', 'gpiodetect'],
		['gpioset: error setting the GPIO line values: Permission denied', 'group gpio'],
		['gpioset: error setting the GPIO line values: Device or resource busy', 'another program'],
		['gpioset: error setting the GPIO line values: Invalid argument', 'gpioinfo lists'],
	] as const) {
		it(`say what to do about "${said}"`, async () => {
			await start();
			held.at(-1)?.by.emit('error', new Error(said));
			house.lease();
			await house.pass(1);
			expect(house.circuit('mat').problem).to.include(said).and.to.include(todo);
		});
	}

	it('let go at the end', async () => {
		await start();
		let ended = 0;
		for (const { by } of held)
			by.once('close', () => {
				ended += 1;
			});
		await house.service.stop();
		expect(ended).to.be.greaterThan(0);
	});

	it('named or wired twice are faults of the configuration', () => {
		const relays = relaySections.relays.parse([
			mat,
			{ ...mat, id: 'fan' },
			{ ...mat, line: 4 },
			{ ...mat, id: 'salon', line: 5, room: 'attic' },
		]);
		const faults = relayFaults({ relays, switches: [], radiators: [{ id: 'salon' }], rooms: [{ id: 'salon' }] });
		expect(faults.map(({ path }) => path)).to.deep.equal([
			'relays[1].line',
			'relays[2].id',
			'relays[3].id',
			'relays[3].room',
		]);
	});
});
