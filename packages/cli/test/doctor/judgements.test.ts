import { ConfigurationInvalid } from '@pilotwire/runtime';
import { expect } from 'chai';
import { judgeBackups } from '../../src/doctor/backup.ts';
import { judgeBroker } from '../../src/doctor/broker.ts';
import { type ClockFacts, judgeClock } from '../../src/doctor/clock.ts';
import { judgeConfiguration, soundConfiguration } from '../../src/doctor/configuration.ts';
import { type DiskFacts, judgeDisk } from '../../src/doctor/disk.ts';
import { type Finding, ok, reportText, unsure, wrong } from '../../src/doctor/finding.ts';
import { judgeMachine } from '../../src/doctor/machine.ts';
import { judgeProtection, type PhaseFacts, type ProtectionFacts } from '../../src/doctor/protection.ts';
import { judgeLine } from '../../src/doctor/serial.ts';
import { judgeDatabase, judgeLiveStores } from '../../src/doctor/store.ts';

const of = (findings: readonly Finding[], check: string): Finding | undefined =>
	findings.find((finding) => finding.check === check);
const verdicts = (findings: readonly Finding[]): string[] => findings.map(({ verdict }) => verdict);

const asked = { config: '/etc/pilotwire/house.yaml', user: 'pilotwire' };

describe("the doctor's judgement", () => {
	const machine = { version: '1.0.0', node: 'v22.1.0', machine: 'aarch64', system: 'Debian, Linux 6.12' };

	it('of Node and the processor, where ARMv6 is named as not supported', () => {
		expect(verdicts(judgeMachine(machine))).to.deep.equal(['ok', 'ok', 'ok']);
		for (const node of ['v18.20.4', 'v20.18.0']) {
			expect(of(judgeMachine({ ...machine, node }), 'Node')).to.include({ verdict: 'wrong', code: 'NODE_TOO_OLD' });
		}
		for (const node of ['v20.19.0', 'v24.0.0'])
			expect(of(judgeMachine({ ...machine, node }), 'Node')?.verdict).to.equal('ok');
		const old = of(judgeMachine({ ...machine, machine: 'armv6l' }), 'processor');
		expect(old?.found).to.match(/^armv6l .*not supported/);
		expect(old?.verdict).to.equal('wrong');
		expect(of(judgeMachine({ ...machine, machine: 'riscv64' }), 'processor')?.verdict).to.equal('unsure');
	});

	it('of the clock and the time zone', () => {
		const facts: ClockFacts = { wallMs: Date.UTC(2026, 0, 15), synchronised: true, systemZone: 'Europe/Paris' };
		expect(verdicts(judgeClock(facts))).to.deep.equal(['ok', 'ok']);
		const of_ = (over: Partial<ClockFacts>) => verdicts(judgeClock({ ...facts, ...over }));
		expect(of_({ synchronised: false })).to.deep.equal(['wrong', 'ok']);
		expect(verdicts(judgeClock({ ...facts, synchronised: undefined }))).to.deep.equal(['unsure', 'ok']);
		expect(of_({ wallMs: Date.UTC(1970, 0, 1) })).to.deep.equal(['wrong', 'ok']);
		expect(of_({ systemZone: 'Etc/UTC' })).to.deep.equal(['ok', 'unsure']);
		expect(of_({ systemZone: 'UTC', houseZone: 'Europe/Paris' })).to.deep.equal(['ok', 'ok']);
	});

	it('of the disk: read-only, full, not ours, worn, failing', () => {
		const facts: DiskFacts = {
			folder: '/d',
			writable: true,
			freeBytes: 5e9,
			totalBytes: 32e9,
			device: '/dev/mmcblk0p2',
		};
		const of_ = (over: Partial<DiskFacts>) => verdicts(judgeDisk({ ...facts, ...over }, asked));
		expect(of_({})).to.deep.equal(['ok', 'ok', 'ok']);
		for (const writable of ['EROFS', 'ENOSPC', 'EACCES'])
			expect(of_({ writable })).to.deep.equal(['wrong', 'ok', 'ok']);
		expect(of_({ freeBytes: 100e6 })).to.deep.equal(['ok', 'wrong', 'ok']);
		expect(of_({ freeBytes: 900e6 })).to.deep.equal(['ok', 'unsure', 'ok']);
		expect(of_({ wearPercent: 30 })).to.deep.equal(['ok', 'ok', 'ok']);
		expect(of_({ wearPercent: 80 })).to.deep.equal(['ok', 'ok', 'unsure']);
		expect(of_({ wearPercent: 100 })).to.deep.equal(['ok', 'ok', 'wrong']);
		expect(of_({ errors: 3 })).to.deep.equal(['ok', 'ok', 'wrong']);
		const save = (user: string) => judgeDisk({ ...facts, errors: 3 }, { ...asked, user })[2]?.todo;
		expect(save('pilotwire')).to.match(
			/^sudo -u pilotwire pilotwire backup FILE --config \/etc\/pilotwire\/house\.yaml, /,
		);
		expect(save('anna')).to.match(/^pilotwire backup FILE --config \/etc\/pilotwire\/house\.yaml, /);
	});

	it('of the nightly backups: young, old, none yet, none at all', () => {
		const nowMs = Date.UTC(2026, 0, 15);
		const DAY_MS = 86_400_000;
		const place = '/var/backups/pilotwire/';
		const of_ = (newestDays: number | undefined, sinceDays = 100) =>
			judgeBackups(
				{
					...{ place, sinceMs: nowMs - sinceDays * DAY_MS },
					newestMs: newestDays === undefined ? undefined : nowMs - newestDays * DAY_MS,
				},
				nowMs,
			);
		expect(verdicts([of_(0.2), of_(2.9), of_(-1), of_(undefined, 1)])).to.deep.equal(['ok', 'ok', 'ok', 'ok']);
		for (const old of [of_(3.1), of_(40), of_(undefined, 4)])
			expect(old).to.include({ verdict: 'unsure', code: 'BACKUP_OLD' });
		expect(of_(40).found).to.include('40 days old');
	});

	it('of the broker and the services on it', () => {
		const facts = {
			url: 'mqtt://127.0.0.1:1883',
			embedded: true,
			wanted: ['broker', 'meter-reader', 'host-monitor', 'remote-agent', 'web'],
		};
		const away = judgeBroker({ ...facts, answer: { kind: 'away', problem: 'ECONNREFUSED' } });
		expect(away).to.have.length(1);
		expect(away[0]?.todo).to.include('systemctl start pilotwire.target');
		const refused = { kind: 'refused', problem: 'Not authorized' } as const;
		expect(judgeBroker({ ...facts, embedded: false, answer: refused })[0]?.todo).to.include('mqtt.passwordFile');
		expect(judgeBroker({ ...facts, answer: refused })[0]?.todo).to.include('sudo -u pilotwire');
		const answer = { kind: 'accepted' } as const;
		const online = (...names: string[]) => verdicts(judgeBroker({ ...facts, answer, online: new Set(names) }));
		expect(online('meter-reader', 'web')).to.deep.equal(['ok', 'ok']);
		expect(online('web')).to.deep.equal(['ok', 'wrong']);
		expect(online()).to.deep.equal(['ok', 'unsure']);
	});

	it('of a configuration: given, not given, and not given where this machine has one', () => {
		expect(soundConfiguration('/etc/pilotwire/house.yaml', '/etc/pilotwire')).to.include({ verdict: 'ok' });
		expect(soundConfiguration(undefined)).to.include({ verdict: 'ok' });
		expect(soundConfiguration(undefined, '/etc/pilotwire')).to.include({
			code: 'CONFIGURATION_NOT_GIVEN',
			todo: 'sudo -u pilotwire pilotwire doctor --config /etc/pilotwire/house.yaml',
		});
	});

	it('of a configuration: each fault is a finding of its own', () => {
		const error = new ConfigurationInvalid(
			{ code: 'CONFIGURATION_INVALID', expected: 'e', received: 'r', action: 'a', exitCode: 78 },
			[
				{ path: 'radiators[0].wire', expected: 'a wire from 1 to 8', received: '9', line: 4 },
				{ path: 'site', expected: 'an id', received: '"A"' },
			],
		);
		const findings = judgeConfiguration('/etc/house.yaml', error);
		expect(findings.map(({ found }) => found)).to.deep.equal(['line 4, radiators[0].wire: 9', 'site: "A"']);
		expect(findings[0]?.todo).to.equal('write a wire from 1 to 8 there, in /etc/house.yaml');
		expect(judgeConfiguration('/x', new Error('no'))[0]).to.include({ verdict: 'wrong', found: 'no' });
	});

	it('of a database and of what telemetry says', () => {
		const file = { name: 'history', path: '/d/history.db' };
		for (const state of ['sound', 'used', 'none'] as const)
			expect(judgeDatabase({ ...file, state }).verdict).to.equal('ok');
		const damaged = judgeDatabase({
			...file,
			state: { code: 'DATABASE_CORRUPT', problem: 'malformed', todo: 'put a backup there' },
		});
		expect(damaged).to.include({
			verdict: 'wrong',
			check: 'history file',
			code: 'DATABASE_CORRUPT',
			found: 'malformed',
		});
		const stores = judgeLiveStores([
			{ store: 'sqlite', waiting: 3, dropped: 0 },
			{ store: 'influxdb', waiting: 900, dropped: 0, problem: 'no answer' },
		]);
		expect(verdicts(stores)).to.deep.equal(['ok', 'wrong']);
	});

	it('of what a running service says: its own word and advice where it gives them', () => {
		const line = { meter: 'main', name: '/dev/ttyAMA0', wanted: { mode: 'auto', format: 'auto' }, heard: [] } as const;
		const told = (problem: string) => judgeLine({ ...line, reader: { mode: 'standard', good: 1, bad: 0, problem } })[0];
		const sentence =
			"PORT_MISSING: expected a serial port at /dev/ttyAMA0, got ENOENT: open '/dev/ttyAMA0'. Plug the adapter in. It is tried again.";
		expect(told(sentence)).to.deep.equal({
			...{ check: 'meter main', verdict: 'wrong', code: 'PORT_MISSING' },
			found: "/dev/ttyAMA0: expected a serial port at /dev/ttyAMA0, got ENOENT: open '/dev/ttyAMA0'",
			todo: 'Plug the adapter in. It is tried again',
		});
		expect(told('silent for 12 s')).to.include({ code: 'LINE_REPORTED', found: '/dev/ttyAMA0: silent for 12 s' });
	});

	it('of a port that another process has', () => {
		const taken = { meter: 'main', name: '/dev/ttyAMA0', wanted: { mode: 'auto', format: 'auto' }, heard: [] } as const;
		expect(judgeLine({ ...taken, isTaken: true })[0]).to.include({ check: 'meter main', verdict: 'unsure' });
	});

	it('of a line that only another format hears', () => {
		const line = { meter: 'main', name: '/dev/ttyAMA0', wanted: { mode: 'auto', format: '7e1' } } as const;
		const nothing = { baud: 9600, format: '7e1', bytes: 0, groups: 0, odd: 0, legible: 0 } as const;
		const heard = { baud: 9600, format: '8n1', bytes: 300, groups: 5, odd: 0, legible: 300, mode: 'standard' } as const;
		const [finding] = judgeLine({ ...line, heard: [nothing, heard] });
		expect(finding).to.include({ verdict: 'wrong', todo: 'write format: auto for the meter' });
		const [other] = judgeLine({ ...line, heard: [nothing, { ...heard, groups: 0 }] });
		expect(other?.found).to.include('something else speaks there');
	});

	describe('of what protects the breaker', () => {
		const phase: PhaseFacts = {
			...{ phase: 1, limitVA: 6_000, uncontrolledVA: 2_000, blindVA: 4_000 },
			circuits: [
				{ id: 'salon', powerW: 1_500, unheld: true },
				{ id: 'bath', powerW: 1_000, unheld: true },
			],
		};
		const facts: ProtectionFacts = {
			...{ shedding: true, fallback: true, meter: { id: 'main', source: 'serial:/dev/ttyAMA0' }, measured: [1] },
			phases: [phase],
		};
		const judged = (over: Partial<ProtectionFacts>, ofPhase: Partial<PhaseFacts> = {}): Finding[] =>
			judgeProtection({ ...facts, phases: [{ ...phase, ...ofPhase }], ...over });

		it('is content with a house whose radiators fit', () => {
			expect(verdicts(judged({}))).to.deep.equal(['ok']);
		});

		it('names what is switched off, and a house in which nothing can wait', () => {
			expect(judged({ shedding: false })[0]?.todo).to.equal('write shedder: { enabled: true }');
			expect(judged({ fallback: false })[0]?.todo).to.equal('write fallback: { enabled: true }');
			expect(judged({ phases: [] })[0]?.found).to.equal('there is nothing that could wait');
		});

		it("names a meter that can't say the load: a recording, a phase that it doesn't measure", () => {
			expect(judged({ meter: { id: 'main', source: 'file:line.tic' } })[0]?.verdict).to.equal('wrong');
			expect(judged({ measured: [2, 3] })[0]?.found).to.equal(
				"salon, bath on phase 1, which meter main doesn't measure",
			);
		});

		it('names an uncontrolled load that exceeds the limit alone, and a limit that nobody knows', () => {
			const [more] = judged({}, { uncontrolledVA: 6_500 });
			expect(more?.verdict).to.equal('wrong');
			expect(more?.todo).to.include('pilotwire advise --history');
			expect(verdicts(judged({}, { limitVA: undefined }))).to.deep.equal(['unsure']);
		});

		it('names circuits that no fallback can serve', () => {
			const [never] = judged({}, { blindVA: 1_200 });
			expect(never).to.include({ verdict: 'unsure' });
			expect(never?.found).to.match(/1200 VA are given away, less than salon needs$/);
			const [alone] = judged({}, { limitVA: 1_400, uncontrolledVA: 0, blindVA: 1_400 });
			expect(alone?.found).to.match(/salon \(1500 W\) alone is more than its limit of 1400 VA$/);
		});

		it('tells when boards without power would open the breaker, since no signal means comfort', () => {
			const many = Array.from({ length: 6 }, (_, at) => ({ id: `r${at}`, powerW: 1_500, unheld: true }));
			const [finding] = judged({}, { circuits: many });
			// 9 kW of radiators and 2 kW besides, of 6 kVA: 1.83 times what may be drawn.
			expect(finding?.check).to.equal('no signal');
			expect(finding?.found).to.match(/11000 VA of 6000: the breaker opens within 8\d s$/);
			expect(judged({}, { circuits: many.map((one) => ({ ...one, unheld: false })) })[0]?.verdict).to.equal('ok');
			// A branch breaker is stricter than the Linky behind it.
			expect(judged({ branchVA: 3_000 })[0]?.check).to.equal('no signal');
		});
	});

	it('is told in lines, with what to type below', () => {
		const text = reportText([
			ok('a', 'fine'),
			unsure('DISK_LOW', 'bb', 'hm', 'look'),
			wrong('DISK_FULL', 'c', 'no', 'type this'),
		]);
		expect(text.split('\n')).to.deep.equal([
			'ok     a   fine',
			'look   bb  hm',
			'           -> look',
			'WRONG  c   no',
			'           -> type this',
			'',
			'1 ok, 1 to look at, 1 wrong',
		]);
	});
});
