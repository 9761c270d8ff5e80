import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { topics } from '@pilotwire/contract';
import { gcc, need, SER2NET, ser2net } from '@pilotwire/test/parts';
import { noProcessLeft, startProgram } from '@pilotwire/test/processes';
import { type LineSpeed, SerialLine } from '@pilotwire/test/serial-line';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { SerialBench } from './serial-bench.ts';
import { frame } from './support.ts';

const historic = frame('historic', 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|IINST 010|PAPP 02310');
const standard = frame('standard', 'ADSC 012345678912|PREF 09|PCOUP 09|IRMS1 002|URMS1 232|SINSTS 00519');

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { port: number };
	await new Promise<void>((resolve) => server.close(() => resolve()));
	return port;
}

describe("a meter behind Debian's ser2net", function () {
	this.timeout(40_000);
	const directory = temporaryDirectory();
	noProcessLeft();

	before(function () {
		need(this, gcc, ser2net);
	});

	for (const [mode, speed, text, figures] of [
		['historic', 1_200, historic, ['IINST 2300', 'PAPP 2310']],
		['standard', 9_600, standard, ['SINSTS 519']],
	] as const) {
		it(`is read in ${mode} mode, and again after ser2net was restarted`, async () => {
			const line = await SerialLine.open({ directory: directory.path, speed: speed satisfies LineSpeed });
			const port = await freePort();
			const file = join(directory.path, 'ser2net.yaml');
			writeFileSync(
				file,
				[
					'connection: &meter',
					`  accepter: tcp,127.0.0.1,${port}`,
					`  connector: serialdev,${line.path},${speed}e71,local`,
					'',
				].join('\n'),
			);
			const start = () => startProgram(SER2NET, ['-n', '-u', '-c', file]);
			let server = start();
			const bench = new SerialBench(directory.path, `tcp:127.0.0.1:${port}`);
			await bench.start();
			try {
				for (let times = 0; times < 2; times++) {
					await line.reader(speed);
					const before = bench.published(topics.reading).length;
					while (bench.published(topics.reading).length === before) await line.send(text);
					expect(bench.figures).to.include.members([...figures]);
					expect(bench.link).to.include({ connected: true });
					await server.kill('SIGTERM');
					await bench.until(() => bench.link?.connected === false);
					if (times === 0) server = start();
				}
				expect(bench.failures).to.deep.equal([]);
			} finally {
				await bench.stop();
				await server.kill();
				await line.close();
			}
		});
	}
});
