import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as z from 'zod';
import {
	type CrossCheck,
	commonSections,
	exitCodes,
	loadConfig,
	PilotwireError,
	readSecret,
	systemZone,
} from '../src/index.ts';

const schema = z.strictObject({
	...commonSections,
	wires: z.array(z.strictObject({ wire: z.int().min(1).max(8), name: z.string() })).default([]),
	shedder: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
});

describe('a configuration', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pilotwire-config-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const write = (text: string): string => {
		const file = join(folder, 'pilotwire.yaml');
		writeFileSync(file, text);
		return file;
	};
	const errorOf = (action: () => unknown): PilotwireError => {
		try {
			action();
		} catch (error) {
			expect(error).to.be.instanceOf(PilotwireError);
			return error as PilotwireError;
		}
		throw new Error('no error was thrown');
	};

	it('needs nothing: defaults suit a simple house', () => {
		const config = loadConfig({}, schema);
		expect(config.site).to.equal('home');
		expect(config.log).to.deep.equal({ level: 'info', format: 'text' });
	});

	it('reports every fault at once: its line, its path, what was expected, what stands there', () => {
		const file = write(
			'site: My Home\nwires:\n  - { wire: 9, name: salon }\n  - { wire: 1 }\nshedder: { enabeld: false }\n',
		);
		const error = errorOf(() => loadConfig({ file }, schema));
		expect(error.exitCode).to.equal(exitCodes.configuration);
		expect(error.message).to.include('4 faults');
		expect(error.message).to.match(/line 1, site: expected an id of lower-case letters.*got "My Home"/);
		expect(error.message).to.match(/line 3, wires\[0\]\.wire: expected .*8.*, got 9/);
		expect(error.message).to.match(/line 4, wires\[1\]\.name: expected string, got nothing/);
		expect(error.message).to.match(/line 5, shedder\.enabeld: expected a setting that exists/);
	});

	it('reports what only shows across sections', () => {
		const file = write('wires: [{ wire: 1, name: a }, { wire: 1, name: b }]');
		const twice: CrossCheck<z.output<typeof schema>> = () => [
			{ path: 'wires[1].wire', expected: 'a wire that is not taken', received: '1' },
		];
		expect(errorOf(() => loadConfig({ file }, schema, [twice])).message).to.include(
			'wires[1].wire: expected a wire that is not',
		);
	});

	it('says where YAML itself is wrong', () => {
		const error = errorOf(() => loadConfig({ file: write('site: [home\n') }, schema));
		expect(error.code).to.equal('CONFIGURATION_NOT_YAML');
		expect(error.message).to.match(/line 2|line 1/);
	});

	it('says that the file is not there', () => {
		const error = errorOf(() => loadConfig({ file: join(folder, 'none.yaml') }, schema));
		expect(error.code).to.equal('CONFIGURATION_MISSING');
		expect(error.message).to.include('none.yaml').and.include('--config');
	});

	it('takes single settings over the file', () => {
		const settings = ['shedder.enabled=false', 'wires.0.name=cuisine'];
		const config = loadConfig({ file: write('wires: [{ wire: 2, name: salon }]'), settings }, schema);
		expect(config.shedder.enabled).to.equal(false);
		expect(config.wires).to.deep.equal([{ wire: 2, name: 'cuisine' }]);
		expect(errorOf(() => loadConfig({ settings: ['shedder'] }, schema)).code).to.equal('SETTING_INVALID');
	});

	it('takes the time zone of a place, and nothing that has no summer time of its own', () => {
		expect(loadConfig({ settings: ['timeZone=Europe/Paris'] }, schema).timeZone).to.equal('Europe/Paris');
		for (const zone of ['Europe/Pariss', '+01:00', '1', '']) {
			const error = errorOf(() => loadConfig({ settings: [`timeZone='${zone}'`] }, schema));
			expect(error.code).to.equal('CONFIGURATION_INVALID');
			expect(error.message).to.include('timeZone: expected the name of a time zone, such as Europe/Paris');
		}
		expect(() => new Intl.DateTimeFormat('en', { timeZone: systemZone() })).not.to.throw();
	});

	it('reads a password from a file, and says which file it could not read', () => {
		const passwordFile = join(folder, 'secret');
		expect(errorOf(() => readSecret({ passwordFile })).message).to.include(passwordFile);
		writeFileSync(passwordFile, 'correct horse\n');
		expect(readSecret({ passwordFile })).to.equal('correct horse');
	});
});
