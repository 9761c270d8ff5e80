import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { need } from '@pilotwire/test/parts';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import fc from 'fast-check';
import { liveLine, stillLine } from '../src/core/camera-lines.ts';
import { Jpegs } from '../src/core/jpegs.ts';
import { remoteAgentSections } from '../src/index.ts';
import { Gallery } from '../src/io/gallery.ts';
import { anAttic } from './support/attic.ts';
import { refusalOf } from './support/transfer.ts';

const ffmpeg = {
	name: 'ffmpeg',
	obtain: 'apt-get install ffmpeg',
	present: () => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0,
};
const jpeg = (bytes: Uint8Array): Buffer =>
	Buffer.concat([
		Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
		Buffer.from(bytes).map((byte) => (byte === 0xff ? 0xfe : byte)),
		Buffer.from([0xff, 0xd9]),
	]);

describe('pictures in the bytes of a camera', () => {
	it('are found whole, however the bytes are cut and whatever lies between', () => {
		fc.assert(
			fc.property(
				fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }),
				fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
				(bodies, cuts) => {
					const pictures = bodies.map(jpeg);
					const all = Buffer.concat(pictures.flatMap((picture) => [picture, Buffer.from('between')]));
					const jpegs = new Jpegs();
					const found: Buffer[] = [];
					for (let [at, cut] = [0, 0]; at < all.length; cut += 1) {
						const end = at + (cuts[cut % cuts.length] ?? 1);
						found.push(...jpegs.add(all.subarray(at, end)));
						at = end;
					}
					expect(found.map((one) => one.toString('hex'))).to.deep.equal(pictures.map((one) => one.toString('hex')));
				},
			),
		);
	});

	it('that never end take no memory without bound', () => {
		const jpegs = new Jpegs();
		jpegs.add(Buffer.from([0xff, 0xd8, 0xff]));
		for (let index = 0; index < 20; index += 1) jpegs.add(Buffer.alloc(1024 * 1024));
		expect(jpegs.add(jpeg(Buffer.from('x')))).to.have.length(1);
	});
});

describe('a camera from afar', function () {
	this.timeout(60_000);
	const attic = anAttic();
	const picture = async (op: string, params: Record<string, unknown> = {}): Promise<Buffer> => {
		const parts: Buffer[] = [];
		await attic.call(op, { params, onBytes: (bytes) => void parts.push(Buffer.from(bytes)) }).ended;
		return Buffer.concat(parts);
	};
	/** Of a JPEG, from its frame header. */
	const sizeOf = (bytes: Buffer): [number, number] => {
		for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2))
			if (bytes[at + 1] === 0xc0) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
		return [0, 0];
	};
	const test = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=25'];

	it('gives a still of the size asked for, and frames as they come, of a real ffmpeg', async function () {
		need(this, ffmpeg);
		await attic.start({ camera: { kind: 'ffmpeg', input: test } });
		expect(sizeOf(await picture('camera.still', { width: 320, height: 180 }))).to.deep.equal([320, 180]);
		const frames = new Map<number, number>();
		let size = 0;
		const call = attic.call('camera.live', {
			params: { width: 160, height: 90, rate: 10 },
			live: true,
			onBytes: (bytes, { frame, of }) => {
				frames.set(Number(frame), (frames.get(Number(frame)) ?? 0) + bytes.length);
				size = Number(of);
			},
		});
		await until('four pictures came', () => frames.size >= 4 || call.isOver);
		expect(size).to.be.within(500, 40_000);
		// A still meanwhile is one of the frames.
		expect(sizeOf(await picture('camera.still', { width: 1_000, height: 1_000 }))).to.deep.equal([160, 90]);
		call.cancel();
	});

	it('is one for all who look, and ends with the last of them', async () => {
		const flood = `trap 'echo ended >> "${attic.at()}/log"; exit 0' TERM; while :; do printf '\\377\\330\\377x\\377\\331'; sleep 0.02; done`;
		attic.programs.put('eye', flood);
		await attic.start({ camera: { kind: 'command', live: ['eye', '{width}', '{height}', '{rate}'], mostRate: 30 } });
		let seen = 0;
		const look = (rate: number, from = attic.client) =>
			from.call('attic', 'camera.live', {
				params: { width: 100, height: 100, rate },
				live: true,
				onBytes: () => {
					seen += 1;
				},
			});
		const [one, two] = [look(20), look(20, attic.meeting.client())];
		await until('more than four pictures came', () => seen > 4);
		expect(attic.programs.calls).to.deep.equal(['eye 100 100 20']);
		const other = look(30);
		await until('the third program ran', () => attic.programs.calls.length === 3);
		expect(attic.programs.calls).to.deep.equal(['eye 100 100 20', 'ended', 'eye 100 100 30']);
		one.cancel();
		two.cancel();
		other.cancel();
		await until('the fourth program ran', () => attic.programs.calls.length === 4);
		expect(await refusalOf(attic.call('camera.still').ended)).to.equal('REMOTE_OFF');
	});

	it('says what to install where its program is missing, and whose group may use it', async () => {
		attic.findOnly();
		await attic.start({ camera: {} });
		const message = await picture('camera.still').then(String, (error: Error) => error.message);
		expect(message).to.match(/PROGRAM_MISSING.*rpicam-still.*sudo apt install rpicam-apps/);
		attic.programs.put('rpicam-still', 'echo "failed to open camera: Permission denied" >&2; exit 1');
		expect(await picture('camera.still').then(String, (error: Error) => error.message)).to.match(
			/DEVICE_DENIED.*usermod -aG video/,
		);
		attic.programs.put('rpicam-still', 'echo "no cameras available" >&2; exit 1');
		expect(await picture('camera.still').then(String, (error: Error) => error.message)).to.match(
			/PROGRAM_FAILED.*no cameras available/,
		);
	});

	it('keeps timed stills, page by page, and the newest of them within its bounds', async () => {
		const gallery = new Gallery(attic.at('gallery'), { mostPictures: 5, mostMB: 0.001 });
		for (let minute = 0; minute < 8; minute += 1)
			await gallery.keep(randomBytes(100), Date.UTC(2026, 0, 31, 22, minute));
		const first = await gallery.page(undefined, 3);
		expect(first.pictures.map(({ name }) => name.slice(9, 13))).to.deep.equal(['2207', '2206', '2205']);
		expect(first.more).to.equal(true);
		const second = await gallery.page(first.pictures.at(-1)?.name, 3);
		expect(second.pictures.map(({ name }) => name.slice(9, 13))).to.deep.equal(['2204', '2203']);
		expect(second.more).to.equal(false);
		await gallery.keep(randomBytes(900), Date.UTC(2026, 0, 31, 23));
		expect(readdirSync(attic.at('gallery'))).to.have.length(2);
		writeFileSync(attic.at('gallery', 'notes.txt'), 'mine');
		const again = new Gallery(attic.at('gallery'), { mostPictures: 5, mostMB: 1 });
		expect((await again.page(undefined, 9)).pictures).to.have.length(2);
		for (const name of ['notes.txt', '../x', '20260131T220000000Z.jpg'])
			expect(await refusalOf(again.picture(name)), name).to.equal('REMOTE_NAME_UNKNOWN');
	});

	it('shows its gallery', async () => {
		attic.programs.put('snap', `printf '\\377\\330\\377x\\377\\331'`);
		await attic.start({ camera: { kind: 'command', still: ['snap'], gallery: { everyS: 3_600 } } });
		expect(await attic.call('camera.gallery').ended).to.deep.equal({ pictures: [], more: false });
		await new Gallery(attic.at('elsewhere'), { mostPictures: 5, mostMB: 1 }).keep(jpeg(Buffer.from('y')), 0);
		expect((await picture('camera.still')).length).to.equal(6);
	});

	it('is called as its programs want it', () => {
		const { camera } = remoteAgentSections.remoteAgent.parse({ camera: { kind: 'rpicam' } });
		if (camera === undefined) throw new Error('no camera');
		expect(stillLine(camera, 800, 600).join(' ')).to.match(/^rpicam-still .*--width 800 --height 600 --output -$/);
		expect(liveLine(camera, { width: 800, height: 600, rate: 5 }).join(' ')).to.match(
			/^rpicam-vid .*--codec mjpeg .*--framerate 5/,
		);
	});
});
