import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PilotwireError } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { readAncestorAccounts } from '../src/io/ancestor-accounts.ts';

/** Of "password", cost 4. */
const hash = '$2b$04$eBdSOPxjKlNI5LTTcSzSAOlu44yfy1.0XBJzzzS22BlBCUmtOZD/6';

describe("an older gateway's data.json", () => {
	const folder = temporaryDirectory();
	const read = (data: unknown): unknown[] => {
		const file = join(folder.path, 'data.json');
		writeFileSync(file, typeof data === 'string' ? data : JSON.stringify(data));
		return readAncestorAccounts(file);
	};

	const alice = (role: string) => ({ principal: { kind: 'person', name: 'alice', role }, secret: { bcrypt: hash } });

	it('is taken in by name or as a list, with hashes under any of their names', () => {
		for (const users of [
			{ alice: hash },
			{ Alice: { password: hash } },
			{ alice: { password_hash: hash } },
			[{ username: 'alice', hash }],
			[{ name: 'ALICE', passwordHash: hash, role: 'user' }],
		])
			expect(read({ users })).to.deep.equal([alice('resident')]);
		expect(read({ users: { alice: { password: hash, role: 'admin' } } })).to.deep.equal([alice('admin')]);
		expect(read({ users: { alice: { password: hash, is_admin: true } } })).to.deep.equal([alice('admin')]);
		expect(read({ users: { alice: { password: hash, role: 'guest' } } })).to.deep.equal([alice('viewer')]);
	});

	it('has devices with a hash or the password itself, and their type', () => {
		const device = (name: string) => ({ kind: 'device', name });
		expect(
			read({
				devices: { ESP_01: { password: 'plain', type: 'Box' }, cellar: { password: hash.replace('$2b$', '$2y$') } },
				other: 1,
			}),
		).to.deep.equal([
			{ principal: device('esp-01'), secret: { password: 'plain' }, type: 'box' },
			{ principal: device('cellar'), secret: { bcrypt: hash.replace('$2b$', '$2y$') } },
		]);
	});

	it('is refused with the entry that is wrong', () => {
		const refused = (data: unknown): string => {
			try {
				read(data);
			} catch (error) {
				const { code, received } = error as PilotwireError;
				expect(code).to.equal('ACCOUNTS_FILE_INVALID');
				return received;
			}
			return expect.fail('it was taken');
		};
		expect(refused('{')).to.include('JSON');
		expect(refused({})).to.equal('neither "users" nor "devices"');
		expect(refused({ users: { bob: 'plain' } })).to.include('"bob"');
		expect(refused({ users: { bob: hash.replace('$04$', '$31$') } })).to.include('"bob"');
		expect(refused({ devices: { bob: {} } })).to.include('"bob"');
		expect(refused({ devices: { bob: '$2b$04$short' } })).to.include('"bob"');
		expect(refused({ devices: { '': 'x' } })).to.include('""');
		expect(refused({ devices: { 'a b': 'x', a_b: 'y' } })).to.include('a-b');
		expect(refused({ devices: 5 })).to.include('devices');
	});
});
