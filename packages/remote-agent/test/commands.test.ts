import type { RemoteCall, RemoteClient } from '@pilotwire/contract';
import { childrenOf, isAlive } from '@pilotwire/test/processes';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import fc from 'fast-check';
import { argumentsOf } from '../src/core/arguments.ts';
import { remoteAgentFaults, remoteAgentSections } from '../src/index.ts';
import { Meeting, RunningAgent } from './support/meeting.ts';
import { refusalOf } from './support/transfer.ts';

const shell = (script: string): string[] => ['/bin/sh', '-c', script];

describe('commands from afar', function () {
	this.timeout(30_000);
	let meeting: Meeting;
	let agent: RunningAgent;
	let client: RemoteClient;

	const start = async (commands: Record<string, unknown>): Promise<void> => {
		agent = await RunningAgent.start(meeting, { commands });
		client = meeting.client();
	};
	beforeEach(() => {
		meeting = new Meeting();
	});
	afterEach(() => agent.stop());

	/** What a call wrote, as text, and how it ended. */
	const run = (op: string, params: Record<string, unknown>): { text: () => string; call: RemoteCall } => {
		let text = '';
		const call = client.call('attic', op, {
			params,
			onBytes: (bytes, { from }) => {
				text += from === 'errors' ? `!${Buffer.from(bytes)}` : String(Buffer.from(bytes));
			},
		});
		return { text: () => text, call };
	};

	it('are off: an agent without them knows none, and says none', async () => {
		agent = await RunningAgent.start(meeting, {});
		client = meeting.client();
		expect(await refusalOf(run('commands.run', { command: 'x' }).call.ended)).to.equal('REMOTE_OFF');
		expect(await refusalOf(run('commands.shell', { line: 'id' }).call.ended)).to.equal('REMOTE_OFF');
		expect(JSON.parse(meeting.retained.get('pilotwire/home/agents/attic/state') ?? '')).to.deep.include({ can: {} });
	});

	it('by name run as they are configured, and give what they write and how they end', async () => {
		await start({
			named: {
				greet: {
					run: ['printf', '%s-%s', '{who}', '{count}'],
					arguments: { who: { choices: ['you', 'me'] }, count: { min: 1, max: 9 } },
				},
				both: { run: shell('echo out; echo wrong >&2; exit 3') },
			},
		});
		const greet = run('commands.run', { command: 'greet', arguments: { who: 'you', count: 3 } });
		expect(await greet.call.ended).to.deep.include({ code: 0 });
		expect(greet.text()).to.equal('you-3');
		const both = run('commands.run', { command: 'both' });
		expect(await both.call.ended).to.deep.include({ code: 3 });
		expect(both.text()).to.include('out\n').and.to.include('!wrong\n');
		for (const given of [
			{ who: 'root', count: 1 },
			{ who: 'me', count: 10 },
			{ who: 'me', count: '1; id' },
			{ who: 'me' },
			{ who: 'me', count: 1, more: 'x' },
		])
			expect(await refusalOf(run('commands.run', { command: 'greet', arguments: given }).call.ended)).to.equal(
				'COMMAND_ARGUMENT_INVALID',
			);
		expect(await refusalOf(run('commands.run', { command: 'reboot' }).call.ended)).to.equal('REMOTE_NAME_UNKNOWN');
		expect(await refusalOf(run('commands.shell', { line: 'id' }).call.ended)).to.equal('REMOTE_OFF');
	});

	it('see nothing of the secrets in the environment of the agent', async () => {
		process.env['PILOTWIRE_SECRET_OF_THIS_TEST'] = 'x';
		await start({ named: { env: { run: ['env'] } } });
		const env = run('commands.run', { command: 'env' });
		await env.call.ended;
		delete process.env['PILOTWIRE_SECRET_OF_THIS_TEST'];
		expect(env.text()).to.include('PATH=').and.to.not.include('SECRET_OF_THIS_TEST');
	});

	it('that never end are ended in time, with all that they started, though they ignore the wish', async () => {
		await start({
			named: { stay: { run: shell('trap "" TERM; sleep 600 & echo $!; echo $$; wait; sleep 600'), timeoutS: 0.5 } },
		});
		const stay = run('commands.run', { command: 'stay' });
		expect(await stay.call.ended).to.deep.include({ timedOut: true, signal: 'SIGKILL' });
		const pids = stay.text().trim().split('\n');
		expect(pids).to.have.length(2);
		await until('all of them are gone', () => pids.every((pid) => !isAlive(Number(pid))));
	});

	it('are ended when their client wants it, and when it is gone', async () => {
		await start({ named: { stay: { run: shell('echo $$; sleep 600') } } });
		const stay = run('commands.run', { command: 'stay' });
		await until('it says its number', () => stay.text() !== '');
		stay.call.cancel();
		expect(await refusalOf(stay.call.ended)).to.equal('REMOTE_CANCELLED');
		await until('it is gone', () => !isAlive(Number(stay.text())));
	});

	it('that print without end wait for a client that does not read, and are ended at their bound', async () => {
		await start({ named: { yes: { run: ['yes'] } }, mostOutputMB: 3 });
		let heard = 0;
		let go: () => void = () => undefined;
		const waits = new Promise<void>((resolve) => {
			go = resolve;
		});
		const call = client.call('attic', 'commands.run', {
			params: { command: 'yes' },
			onBytes: async (bytes) => {
				heard += bytes.length;
				await waits;
			},
		});
		await until('something was heard', () => heard > 0);
		const parts = (): number =>
			meeting.said.filter(({ topic, bytes }) => topic.includes('/from/') && bytes > 1_000).length;
		// Two of the sixteen say that it was accepted and that it began.
		await until('the window is full', () => parts() >= 14);
		const full = parts();
		// The agent has its turn, and reads what the program goes on printing.
		for (let times = 0; times < 20; times += 1)
			expect(await refusalOf(run('commands.run', { command: 'none' }).call.ended)).to.equal('REMOTE_NAME_UNKNOWN');
		expect(parts(), 'no more than the window while nobody reads').to.equal(full);
		go();
		const end = await call.ended;
		expect(end).to.include({ tooMuch: true });
		expect(heard).to.be.within(2_800_000, 3_000_000);
	});

	it('in a shell run only where somebody insisted', async () => {
		await start({ shell: true });
		const line = run('commands.shell', { line: 'echo $((6 * 7)); exit 4' });
		expect(await line.call.ended).to.deep.include({ code: 4 });
		expect(line.text()).to.equal('42\n');
	});

	it('in a terminal have a terminal: it echoes, and ^C ends what runs', async () => {
		await start({ shell: true });
		const terminal = run('commands.terminal', { rows: 30, columns: 100 });
		const type = (text: string): Promise<void> => terminal.call.send(Buffer.from(text));
		await type('tty && stty size; echo $((40 + 2))\n');
		await until('a terminal of that size answers', () =>
			/\/dev\/pts\/\d+[\s\S]*30 100[\s\S]*\b42\b/.test(terminal.text()),
		);
		await type('echo be""gun; sleep 600\n');
		await until('it has begun', () => terminal.text().includes('begun'));
		await type('\u0003');
		await until('it is broken off', () => terminal.text().includes('^C'));
		await type('echo still-$((1 + 1))\n');
		await until('it goes on', () => terminal.text().includes('still-2'));
		await type('exit 5\n');
		expect(await terminal.call.ended).to.deep.include({ code: 5 });
	});

	it('in a terminal take no more from a client than the terminal reads', async () => {
		await start({ shell: true });
		const terminal = run('commands.terminal', {});
		await terminal.call.send(Buffer.from('echo be""gun\n'));
		await until('it has begun', () => terminal.text().includes('begun'));
		// One that hangs: script(1), while it runs, reads all that there is.
		const script = childrenOf(process.pid).find(({ name }) => name === 'script')?.pid;
		if (script === undefined) throw new Error('script does not run');
		process.kill(script, 'SIGSTOP');
		let taken = 0;
		const typing = (async () => {
			for (; taken < 100; taken += 1) await terminal.call.send(Buffer.alloc(40_000, 'x'));
		})().catch(() => undefined);
		// The agent has its turns meanwhile.
		for (let times = 0; times < 100; times += 1) await refusalOf(run('commands.shell', { line: '' }).call.ended);
		expect(taken).to.be.below(50);
		terminal.call.cancel();
		process.kill(script, 'SIGCONT');
		await typing;
	});

	it('say which program is missing and how to have it', async () => {
		await start({ named: { none: { run: ['/no/such/program'] }, light: { run: ['cec-client-of-nobody'] } } });
		const error = await run('commands.run', { command: 'none' }).call.ended.catch((one: Error) => one.message);
		expect(error).to.match(/PROGRAM_MISSING.*\/no\/such\/program.*Install it/);
		expect(childrenOf(process.pid)).to.deep.equal([]);
	});

	it('of ten agents answer one request at once', async () => {
		const others = await Promise.all(
			Array.from({ length: 9 }, (_, index) =>
				RunningAgent.start(meeting, {
					id: `pi-${index}`,
					commands: { named: { who: { run: ['echo', `pi-${index}`] } } },
				}),
			),
		);
		await start({ named: { who: { run: ['echo', 'attic'] } } });
		const ends: Promise<unknown>[] = [];
		const heard = new Map<string, string>();
		let agents: string[] = [];
		let all: () => void = () => undefined;
		const ten = new Promise<void>((resolve) => {
			all = resolve;
		});
		client.callAll('commands.run', { params: { command: 'who' } }, (name, call) => {
			agents = [...agents, name];
			ends.push(call.ended);
			if (agents.length === 10) all();
		});
		await ten;
		expect(await Promise.all(ends)).to.have.length(10);
		for (const { topic, bytes } of meeting.said) if (topic.includes('/from/')) heard.set(topic, `${bytes}`);
		expect(heard.size).to.equal(10);
		await Promise.all(others.map((other) => other.stop()));
	});
});

describe('the arguments of a command', () => {
	const command = (run: string[], known: Record<string, unknown>) => {
		const { commands } = remoteAgentSections.remoteAgent.parse({
			commands: { named: { it: { run, arguments: known } } },
		});
		const found = commands?.named['it'];
		if (found === undefined) throw new Error('the command is missing');
		return found;
	};

	it('become one word each, whatever is in them, and never an option', () => {
		const say = command(['say', '--to={who}', '{who}'], { who: { pattern: '.*' } });
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (who) => {
				let words: string[] = [];
				try {
					words = argumentsOf(say, { who });
				} catch {
					return;
				}
				expect(words).to.deep.equal(['say', `--to=${who}`, who]);
				expect(who.startsWith('-') && !/^-\d+$/.test(who)).to.equal(false);
			}),
		);
		expect(() => argumentsOf(say, { who: '--help' })).to.throw(/COMMAND_ARGUMENT_INVALID/);
		const both = command(['rm', '{where}{what}'], { where: { pattern: '[a-z/]*' }, what: { pattern: '.*' } });
		expect(argumentsOf(both, { where: '/tmp/', what: '-rf' })).to.deep.equal(['rm', '/tmp/-rf']);
		expect(() => argumentsOf(both, { where: '', what: '-rf' })).to.throw(/COMMAND_ARGUMENT_INVALID/);
	});

	it('fit the whole pattern, and have a default', () => {
		const level = command(['set', '{level}'], { level: { pattern: '[a-z]+', default: 'low' } });
		expect(argumentsOf(level, {})).to.deep.equal(['set', 'low']);
		for (const wrong of ['a1', 'a\nb', '1', '', 'a '.repeat(2)])
			expect(() => argumentsOf(level, { level: wrong }), wrong).to.throw(/COMMAND_ARGUMENT_INVALID/);
		expect(() => argumentsOf(level, { constructor: 'x' })).to.throw(/COMMAND_ARGUMENT_INVALID/);
	});

	it('that nobody described are a fault of the configuration', () => {
		const remoteAgent = remoteAgentSections.remoteAgent.parse({ commands: { named: { it: { run: ['a', '{b}'] } } } });
		expect(remoteAgentFaults({ remoteAgent }).map(({ path }) => path)).to.deep.equal([
			'remoteAgent.commands.named.it.run',
		]);
		const off = remoteAgentSections.remoteAgent.parse({ enabled: true, home: false });
		expect(remoteAgentFaults({ remoteAgent: off })).to.have.length(1);
		for (const wrong of [{}, { min: 1 }, { pattern: '(' }, { choices: ['a'], pattern: 'a' }])
			expect(
				remoteAgentSections.remoteAgent.safeParse({
					commands: { named: { it: { run: ['a'], arguments: { b: wrong } } } },
				}).success,
			).to.equal(false);
	});
});
