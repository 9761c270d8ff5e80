import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { freeOfLeftovers } from '../support/leftovers.ts';
import { nativeLibrary, preload } from '../support/native-build.ts';
import { gcc, need } from '../support/parts.ts';
import { noProcessLeft, startProcess, startProgram } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const script = (code: string) => startProgram(process.execPath, ['--input-type=module', '-e', code]);

describe('a child process of a test', () => {
	noProcessLeft();

	it('is followed line by line, to its end', async () => {
		const child = script("console.log('one'); console.error('two'); process.exitCode = 3;");
		expect((await child.line('one')).stream).to.equal('stdout');
		expect((await child.line(/^t.o$/)).stream).to.equal('stderr');
		expect(await child.ended).to.deep.equal({ code: 3, signal: null });
		expect(child.alive).to.equal(false);
	});

	it('fails who waits for a line that never comes, with what was written instead', async () => {
		const child = script("console.log('something else');");
		const error = await child.line('the line').catch((reason: Error) => reason);
		expect(error).to.be.an('error').with.property('message').that.includes('something else').and.includes('ended (0)');
		const silent = script('setInterval(() => {}, 1000);');
		const late = await silent.line('the line', { withinMs: 1 }).catch((reason: Error) => reason);
		expect(late).to.be.an('error').with.property('message').that.includes('within 1 ms');
		await silent.kill();
	});

	it('stands still while paused and goes on afterwards', async () => {
		const child = script("process.stdin.on('data', (text) => console.log('got ' + text)); console.log('ready');");
		await child.line('ready');
		await child.pause();
		const mark = child.mark();
		child.write('word\n');
		const silence = await child.line('got', { from: mark, withinMs: 50 }).catch((reason: Error) => reason);
		expect(silence).to.be.an('error');
		child.resume();
		await child.line('got word');
		await child.pause();
		expect(await child.kill()).to.deep.equal({ code: null, signal: 'SIGKILL' });
	});

	it('that listens, or a file, or a process, is named as left behind', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const { port } = server.address() as { port: number };
		const error = await freeOfLeftovers({ processes: [process.pid], ports: [port], paths: ['/'] }).catch((one) => one);
		expect(error).to.be.an('error').with.property('message').that.includes(`process ${process.pid}`);
		expect(error).to.have.property('message').that.includes(`port ${port}`).and.includes('/ exists');
		await new Promise((resolve) => server.close(resolve));
		await freeOfLeftovers({ processes: [2 ** 30], ports: [port], paths: ['/no/such/file'] });
	});
});

describe('a suite whose child outlives a test', () => {
	const directory = temporaryDirectory();

	it('fails, and the child is killed', async () => {
		const inner = join(directory.path, 'inner');
		mkdirSync(inner);
		const support = new URL('../support/processes.ts', import.meta.url).href;
		const test = join(inner, 'left.test.ts');
		writeFileSync(
			test,
			`import { noProcessLeft, startProgram } from '${support}';
			describe('inner', () => { noProcessLeft(); it('leaves one', async () => {
				const child = startProgram(process.execPath, ['-e', 'console.log("child", process.pid); setInterval(() => {}, 1000)']);
				console.log((await child.line('child')).text);
			}); });`,
		);
		const mocha = startProcess(['node_modules/mocha/bin/mocha.js', test]);
		const child = Number((await mocha.line(/^child \d+/)).text.split(' ')[1]);
		await mocha.line('was left running');
		expect((await mocha.ended).code).not.to.equal(0);
		await freeOfLeftovers({ processes: [child] });
	});
});

describe('preloaded libraries', () => {
	before(function () {
		need(this, gcc);
	});

	it('are joined, each once, the other variables being kept', () => {
		const merged = preload({ LD_PRELOAD: '/a.so', A: '1' }, { LD_PRELOAD: '/b.so:/a.so', B: '2' }, {});
		expect(merged).to.deep.equal({ LD_PRELOAD: '/a.so:/b.so', A: '1', B: '2' });
		expect(preload({ A: '1' })).to.deep.equal({ A: '1' });
	});

	it('are built once, and built whole by two test runs at a time', async () => {
		const url = new URL('../support/native-build.ts', import.meta.url).href;
		const build = `const { nativeLibrary } = await import('${url}'); console.log(nativeLibrary('slow_fsync'));`;
		const both = [1, 2].map(() => startProcess(['--input-type=module', '-e', build]));
		for (const one of both) expect((await one.ended).code).to.equal(0, one.text());
		expect(both[0]?.lines[0]?.text).to.equal(nativeLibrary('slow_fsync'));
	});
});
