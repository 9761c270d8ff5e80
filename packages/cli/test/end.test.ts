import { exitCodes, PilotwireError } from '@pilotwire/runtime';
import { expect } from 'chai';
import { CommanderError } from 'commander';
import { endOf } from '../src/end.ts';
import { asTheServiceSaid } from '../src/errors.ts';

const facts = { code: 'PORT_BUSY', expected: 'a free port', received: 'a busy one', action: 'Free it.' };

describe('the end of the process after an error', () => {
	it("is an error's own sentence and exit code", () => {
		expect(endOf(new PilotwireError({ ...facts, exitCode: exitCodes.temporary }))).to.deep.equal({
			text: 'PORT_BUSY: expected a free port, got a busy one. Free it.',
			exitCode: 75,
		});
		expect(endOf(new PilotwireError(facts)).exitCode).to.equal(1);
	});

	it('is what a service said to a call, in its own words', () => {
		const refused = (received: string) =>
			new PilotwireError({
				...{ code: 'RPC_REFUSED', expected: 'a call that the service takes', received },
				action: 'Correct the method or its parameters.',
			});
		const said =
			'COMMISSIONING_IMPOSSIBLE: expected one run at a time, got another one. Wait for its end: a file.yaml says so.';
		expect(endOf(asTheServiceSaid(refused(`error -32603: ${said}`))).text).to.equal(said);
		for (const other of [refused('error -32602: no such circuit'), new TypeError('x'), 'text']) {
			expect(asTheServiceSaid(other)).to.equal(other);
		}
	});

	it('is 70 and the stack after an error that nobody owns', () => {
		const { text, exitCode } = endOf(new TypeError('x is not a function'));
		expect(exitCode).to.equal(70);
		expect(text).to.match(/^TypeError: x is not a function\n\s+at .*end\.test\.ts/);
		expect(endOf('thrown text')).to.deep.equal({ text: 'thrown text', exitCode: 70 });
	});

	it('is 64 after a wrong command line, about which all is said, and 0 after help', () => {
		const wrong = new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'x'");
		expect(endOf(wrong)).to.deep.equal({ text: undefined, exitCode: 64 });
		expect(endOf(new CommanderError(0, 'commander.helpDisplayed', ''))).to.deep.equal({ text: undefined, exitCode: 0 });
	});
});
