// The whole doctor at a machine that is ill for real: what it says of each fault, and the word for programs.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { gcc, i2cBus, need, type Part, program } from '@pilotwire/test/parts';
import { asRecorded, noProcessLeft, startProgram } from '@pilotwire/test/processes';
import { SerialLine } from '@pilotwire/test/serial-line';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { Finding } from '../../src/doctor/finding.ts';

/** Root has them; so have others where a namespace of users may be made. */
const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user', '--mount'];
const mounts: Part = {
	name: 'mounts of its own (unshare --mount)',
	obtain: 'run the tests as root, in a container with CAP_SYS_ADMIN',
	present: () => spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0,
};
const faketime = program('faketime', 'apt-get install faketime');
/** Leaves root no more than the rights of a file's owner: what a mode refuses is refused. */
const WITHOUT_RIGHTS = ['setpriv', '--inh-caps=-all', '--bounding-set=-all'];
const DOCTOR = [
	...[process.execPath, '--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'],
	...['packages/cli/src/main.ts', 'doctor', '--json'],
];

describe('the doctor at an ill machine', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);
	noProcessLeft();
	let line: SerialLine | undefined;

	afterEach(async () => {
		await line?.close();
		line = undefined;
	});

	/** What the doctor says of a house, in mounts of its own that a script makes with the folder of the test as $1. */
	async function examine(
		house: Record<string, unknown>,
		script: string,
		before: readonly string[] = [],
		env: Record<string, string> = {},
	) {
		writeFileSync(at('house.yaml'), JSON.stringify({ dataDir: at('data'), ...house }));
		mkdirSync(at('data'), { recursive: true });
		const prepared = `set -e\n${script}\nshift\nexec "$@"`;
		const given = [...before, ...DOCTOR, '--config', at('house.yaml')];
		const child = startProgram('unshare', [...namespace, 'sh', '-c', prepared, 'sh', directory.path, ...given], {
			...asRecorded,
			...env,
		});
		const { code } = await child.ended;
		const text = child.lines.filter(({ stream }) => stream === 'stdout').map((each) => each.text);
		expect(text, child.text()).to.not.deep.equal([]);
		const { isWell, findings } = JSON.parse(text.join('\n')) as { isWell: boolean; findings: Finding[] };
		expect({ code, isWell }).to.deep.equal({ code: 1, isWell: false });
		for (const finding of findings) {
			const { verdict, check } = finding;
			expect(Object.keys(finding), check).to.include.members(verdict === 'ok' ? ['found'] : ['found', 'code', 'todo']);
		}
		return {
			ills: findings.filter(({ verdict }) => verdict !== 'ok').map(({ check, code: word }) => `${check}: ${word}`),
			of: (check: string) => findings.find((finding) => finding.check === check),
		};
	}

	it('names what is full, forbidden, away, too early and too weak, each with its word', async function () {
		need(this, gcc, i2cBus, mounts, faketime, program('setpriv', 'apt-get install util-linux'));
		line = await SerialLine.open({ directory: directory.path });
		chmodSync(realpathSync(line.path), 0);
		mkdirSync(at('dev'));
		const { ills, of } = await examine(
			{
				mqtt: { url: 'mqtt://127.0.0.1:1' },
				meters: [{ id: 'main', source: `serial:${line.path}`, limitVA: 6_000 }],
				boards: { bus: 97, modules: [{ address: 0x20, phase: 1 }] },
				radiators: [1, 2, 3, 4, 5, 6, 7].map((wire) => ({ id: `r${wire}`, board: 0x20, wire, powerW: 1_500 })),
				history: { sqlite: { enabled: false }, influxdb: { url: 'http://127.0.0.1:1' } },
			},
			// A disk that is full, and a /dev with a bus that only others may open.
			`mount -t tmpfs -o size=64k tmpfs "$1/data"
			head -c 1M /dev/zero >"$1/data/full" 2>/dev/null || true
			mount -t tmpfs -o mode=755 tmpfs "$1/dev"
			for name in null zero random urandom; do touch "$1/dev/$name"; mount --bind "/dev/$name" "$1/dev/$name"; done
			mkdir "$1/dev/pts" "$1/dev/shm" && mount --rbind /dev/pts "$1/dev/pts"
			touch "$1/dev/i2c-97" && chmod 0 "$1/dev/i2c-97"
			mount --rbind "$1/dev" /dev`,
			['faketime', '--exclude-monotonic', '-f', '@1970-01-15 12:00:00', ...WITHOUT_RIGHTS],
			{ TZ: 'UTC' },
		);
		expect(ills).to.deep.equal([
			'clock: CLOCK_IMPOSSIBLE',
			'time zone: TIME_ZONE_UTC',
			'data folder: DISK_FULL',
			'disk: DISK_LOW',
			'broker: BROKER_AWAY',
			'meter main: PORT_FORBIDDEN',
			'I2C bus: I2C_FORBIDDEN',
			'InfluxDB: INFLUXDB_AWAY',
			'no signal: NO_SIGNAL_TRIPS',
		]);
		expect(of('clock')?.found).to.match(/^1970-01-15 12:00 UTC/);
		expect(of('meter main')?.todo).to.include('usermod -aG dialout');
	});

	it('tells a disk that is read-only now from one that is not ours', async function () {
		need(this, mounts);
		const database = { log: silentLog, clock: systemClock, migrations: ['CREATE TABLE t (a INTEGER) STRICT'] };
		mkdirSync(at('data'));
		await (await openDatabase({ path: at('data/history.db'), ...database })).close();
		const { ills, of } = await examine(
			{ timeZone: 'Europe/Paris', mqtt: { url: 'mqtt://127.0.0.1:1' } },
			`mkdir "$1/kept" && cp -a "$1/data/." "$1/kept" && mount -t tmpfs tmpfs "$1/data" && cp -a "$1/kept/." "$1/data"
			mount -o remount,ro "$1/data"`,
		);
		expect(ills).to.include.members(['data folder: DISK_READ_ONLY', 'history file: DATABASE_NOT_WRITABLE']);
		expect(of('data folder')?.todo).to.match(/^dmesg/);
	});

	it('says who may read the data, where this user may not', async function () {
		need(this, mounts, program('setpriv', 'apt-get install util-linux'));
		mkdirSync(at('data/secrets'), { recursive: true });
		writeFileSync(at('data/accounts.db'), 'people');
		const { ills, of } = await examine(
			{ timeZone: 'Europe/Paris' },
			'chmod 0 "$1/data"',
			process.getuid?.() === 0 ? WITHOUT_RIGHTS : [],
		);
		chmodSync(at('data'), 0o700);
		expect(ills).to.include.members([
			'data folder: DATA_FORBIDDEN',
			'broker: BROKER_REFUSES',
			'accounts file: DATABASE_UNREADABLE',
		]);
		for (const check of ['data folder', 'broker', 'accounts file'])
			expect(of(check)?.todo, check).to.include('sudo -u pilotwire');
	});
});
