import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Sessions } from '../src/core/sessions.ts';
import { SessionFile } from '../src/io/session-file.ts';

describe('The file of sessions', () => {
	const directory = temporaryDirectory();
	const limits = { idleMs: 1000, totalMs: 1000, perPerson: 9 };
	const personOf = (name: string) => ({ kind: 'person', name, role: 'viewer' }) as const;
	const sessionsNow = (): Sessions => new Sessions(new VirtualClock(), limits);

	it('holds at the end of each save what there was at its beginning, however many come at once', async () => {
		const sessions = sessionsNow();
		const file = new SessionFile(directory.path, sessions, silentLog);
		const names = ['a', 'b', 'c', 'd'];
		const saved = names.map(async (name, index) => {
			sessions.open(personOf(name), '1');
			await file.save();
			const kept = (await new SessionFile(directory.path, sessions, silentLog).read()).map((session) => session.name);
			expect(kept).to.include.members(names.slice(0, index + 1));
		});
		await Promise.all(saved);
	});

	it('is read as far as it is one', async () => {
		const sessions = sessionsNow();
		const file = new SessionFile(directory.path, sessions, silentLog);
		expect(await file.read()).to.deep.equal([]);
		sessions.open(personOf('a'), '1');
		const [good] = sessions.stored();
		writeFileSync(
			join(directory.path, 'sessions.json'),
			JSON.stringify([1, null, { ...good, role: 'king' }, good, {}]),
		);
		expect(await file.read()).to.deep.equal([good]);
		writeFileSync(join(directory.path, 'sessions.json'), '{"half":');
		expect(await file.read()).to.deep.equal([]);
	});

	it('says so where the disk says no, and lets people in all the same', async () => {
		writeFileSync(join(directory.path, 'no-folder'), '');
		const said: string[] = [];
		const error = (_facts: object, sentence: string) => said.push(sentence);
		const log = { ...silentLog, error } as unknown as Logger;
		await new SessionFile(join(directory.path, 'no-folder'), sessionsNow(), log).save();
		expect(said).to.have.length(1);
		expect(said[0]).to.include('a restart signs people out');
	});
});
