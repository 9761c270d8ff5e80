import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { JsonFile, type Lock, simulatorSocket, takeLock } from '@pilotwire/runtime';
import type { RadiatorActuatorConfig } from '../config.ts';
import type { BusPort } from '../core/bus-queue.ts';
import { killAtExit } from './hung-exit.ts';
import { I2cPort } from './i2c.ts';
import { SimulatorBus } from './simulator-bus.ts';

/** All that lies outside this process, for the service to reach through. */
export interface Outside {
	readonly port: BusPort;
	/** What was learned; read at start, written seldom. */
	readonly memory: Pick<JsonFile, 'read' | 'write'>;
	/** Takes the bus for this process alone. Throws `LOCK_HELD`. */
	lock(): Promise<Lock>;
	/** Lets the process end although a transfer hangs; returns what takes that back. */
	killAtExit(): () => void;
}

/** The bus, the lock and the file that a configuration names. */
export function outsideOf({ boards, dataDir }: Pick<RadiatorActuatorConfig, 'boards' | 'dataDir'>): Outside {
	const memory = new JsonFile(join(dataDir, 'radiator-actuator.json'));
	const lockAs = (name: string, what: string) => () => takeLock(name, what, 'radiator-actuator');
	if (typeof boards.bus === 'number') {
		const lock = lockAs(`i2c-${boards.bus}`, `the I2C bus ${boards.bus}`);
		return { port: new I2cPort(boards.bus), memory, lock, killAtExit };
	}
	const given = boards.bus.slice('simulator:'.length);
	const path = given === '' ? simulatorSocket(dataDir, 'i2c') : given;
	const digest = createHash('sha256').update(path).digest('hex').slice(0, 16);
	const lock = lockAs(`i2c-simulator-${digest}`, `the simulated I2C bus ${path}`);
	return { port: new SimulatorBus(path), memory, lock, killAtExit };
}
