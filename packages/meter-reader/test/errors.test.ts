import { expect } from 'chai';
import { portError } from '../src/errors.ts';

describe('a port that cannot be opened', () => {
	const sentences: readonly (readonly [string, RegExp])[] = [
		[
			'Error: No such file or directory, cannot open /dev/ttyUSB0',
			/^PORT_MISSING: .*no such port\. Plug the adapter in/,
		],
		['Error: Permission denied, cannot open /dev/ttyUSB0', /^PORT_FORBIDDEN: .*sudo usermod -aG dialout \$USER/],
		['Error: Device or resource busy, cannot open /dev/ttyUSB0', /^PORT_BUSY: .*sudo fuser -v \/dev\/ttyUSB0/],
		['Error Resource temporarily unavailable Cannot lock port', /^PORT_BUSY: /],
		['Error: Inappropriate ioctl for device setting custom baud rate of 1200', /^PORT_NOT_SERIAL: .*not a serial port/],
		['Error: Input/output error, cannot open /dev/ttyUSB0', /^PORT_UNUSABLE: .*Input\/output error.*dmesg/],
	];
	for (const [reason, sentence] of sentences) {
		it(`says what to do about "${reason}"`, () => {
			expect(portError('/dev/ttyUSB0', new Error(reason)).message).to.match(sentence);
		});
	}
});
