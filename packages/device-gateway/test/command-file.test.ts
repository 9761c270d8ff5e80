import { writeSync } from 'node:fs';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { CommandFile } from '../src/io/command-file.ts';

describe('the marks of commands on a disk that is full', () => {
	const folder = temporaryDirectory();

	it('say that a line has no room, also where a part of it had, and lose none of the others', () => {
		const clock = new VirtualClock();
		let room = Number.POSITIVE_INFINITY;
		const append = (file: number, text: string): number => writeSync(file, Buffer.from(text).subarray(0, room));
		const marks = new CommandFile(folder.path, clock, append);
		marks.open();
		marks.begin('cellar a', 'one');
		room = 12;
		expect(() => marks.begin('cellar b', 'two')).to.throw('part of the line');
		room = Number.POSITIVE_INFINITY;
		marks.begin('cellar c', 'three');
		marks.close();
		const next = new CommandFile(folder.path, clock);
		next.open();
		expect(['a', 'b', 'c'].map((id) => next.find(`cellar ${id}`)?.digest)).to.deep.equal(['one', undefined, 'three']);
		next.close();
	});
});
