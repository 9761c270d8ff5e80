import { expect } from 'chai';
import fc from 'fast-check';
import { Mcp23017Chip } from '../src/chip.ts';
import { addressOf, CHIP_REGISTERS } from '../src/chip-registers.ts';

const byte = fc.integer({ min: 0, max: 255 });

describe('the MCP23017 model', () => {
	it('has the addresses of the data sheet in both layouts', () => {
		expect(addressOf('IODIR', 'B')).to.equal(0x01);
		expect(addressOf('IOCON')).to.equal(0x0a);
		expect(addressOf('GPIO')).to.equal(0x12);
		expect(addressOf('OLAT', 'B')).to.equal(0x15);
		expect(addressOf('IOCON', 'A', 1)).to.equal(0x05);
		expect(addressOf('OLAT', 'A', 1)).to.equal(0x0a);
		expect(addressOf('OLAT', 'B', 1)).to.equal(0x1a);
	});

	it('comes out of a reset with every pin an input and all else 0', () => {
		const chip = new Mcp23017Chip();
		for (let address = 0; address < 0x16; address++) chip.write(address, 0x55);
		chip.reset();
		for (let address = 0; address < 0x16; address++) expect(chip.read(address)).to.equal(address < 2 ? 0xff : 0);
		expect(chip.driven).to.deep.equal({ a: 0, b: 0 });
	});

	it('answers one IOCON at both addresses, and moves every chip register when its BANK bit is set', () => {
		const chip = new Mcp23017Chip();
		CHIP_REGISTERS.forEach((register, index) => {
			if (register !== 'IOCON') chip.write(addressOf(register, 'B'), index + 1);
		});
		chip.write(0x0b, 0x81);
		expect(chip.read(0x05)).to.equal(0x80);
		expect(chip.read(0x15)).to.equal(0x80);
		expect(chip.read(addressOf('DEFVAL', 'B', 1))).to.equal(CHIP_REGISTERS.indexOf('DEFVAL') + 1);
		expect(chip.read(0x0b)).to.equal(0);
		chip.write(0x05, 0);
		expect(chip.read(0x0a)).to.equal(0);
	});

	it('reads levels through IPOL, drives only outputs, and takes a GPIO write into the latch', () => {
		fc.assert(
			fc.property(byte, byte, byte, byte, (latch, inputs, inverted, pullUps) => {
				const chip = new Mcp23017Chip();
				chip.write(addressOf('GPIO'), latch);
				chip.write(addressOf('IODIR'), inputs);
				chip.write(addressOf('IPOL'), inverted);
				chip.write(addressOf('GPPU'), pullUps);
				const level = (latch & ~inputs) | (inputs & pullUps);
				expect(chip.read(addressOf('OLAT'))).to.equal(latch);
				expect(chip.levels.a).to.equal(level);
				expect(chip.read(addressOf('GPIO'))).to.equal(level ^ inverted);
				expect(chip.driven.a).to.equal(~inputs & 0xff);
			}),
		);
	});

	it('answers 0 and takes nothing where it has no chip register', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0x16, max: 0xff }), byte, (address, value) => {
				const chip = new Mcp23017Chip();
				chip.write(address, value);
				expect(chip.read(address)).to.equal(0);
				expect(chip.driven).to.deep.equal({ a: 0, b: 0 });
			}),
		);
	});
});
