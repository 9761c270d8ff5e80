import type { ProbeConfig } from '../config.ts';
import type { ProbeFault } from './one-wire.ts';

/** What is wrong with a probe and what to do about it, in a sentence. */
export function problemOf({ source }: ProbeConfig, fault: ProbeFault, received: string): string {
	const got = `got ${received}`;
	if (/^(EACCES|EPERM)\b/.test(received))
		return `expected to be allowed to read the sensor, ${got}: let the user that runs this program read that file`;
	switch (fault) {
		case 'missing':
			if ('oneWire' in source)
				return `expected ${source.oneWire} on the 1-wire bus, ${got}: check its three wires, and that dtoverlay=w1-gpio is in the Pi's config.txt`;
			return `expected an IIO device here, ${got}: check its wires, and its dtoverlay in the Pi's config.txt`;
		case 'checksum':
			return `expected a reading with a right checksum, ${got}: check the wires, their length and the 4.7 kΩ resistor`;
		case 'power_on':
			return `expected a measurement, ${got}, which it says before it has measured: check its supply`;
		case 'jump':
			return `expected a temperature near the one before, ${got}: waiting for the next reading to agree`;
		case 'range':
			return `expected what the sensor can measure, ${got}: check the sensor, or the paths in its configuration`;
		case 'silent':
			return 'topic' in source
				? `expected a message on ${source.topic}, ${got}: check its battery and radio, and the topic`
				: `expected a reading, ${got}: check its wires`;
		case 'unreadable':
			return `expected a reading, ${got}: check its wires and its supply`;
	}
}
