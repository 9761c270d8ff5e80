// A meter-reader in a process of its own: DATA_DIR SOURCE. It says each load, and ends at the end of its input.
import { messageOf } from '@pilotwire/runtime';
import { SerialBench } from './serial-bench.ts';

const [dataDir = '', source = ''] = process.argv.slice(2);
const bench = new SerialBench(dataDir, source);
try {
	await bench.start();
} catch (error) {
	console.log(messageOf(error));
	process.exit((error as { exitCode?: number }).exitCode ?? 1);
}
let said = 0;
const telling = setInterval(() => {
	for (const figure of bench.figures.slice(said)) console.log(figure);
	said = bench.figures.length;
}, 20);
process.stdin.resume().once('end', () => {
	clearInterval(telling);
	void bench.stop();
});
