import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import { deploy, installerTree } from './installer-tree.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const units = ['broker', 'meter-reader', 'radiator-actuator', 'load-shedder', 'rest'].map(
	(name) => `pilotwire-${name}.service`,
);
const data = 'var/lib/pilotwire';

/** A version of the program: how far its schema of accounts.db goes, and what is wrong with it. */
interface Version {
	readonly name: string;
	readonly schema: number;
	/** Never says that it runs. */
	readonly broken?: true;
	/** Doesn't take the house's configuration. */
	readonly refuses?: true;
	/** Has another form of the history too. */
	readonly history?: true;
	/** The signal that ends the installer once this version has started. */
	readonly cut?: 'HUP' | 'INT' | 'KILL';
	/** Opens a real database; else the schema is the only word in the file. */
	readonly sqlite?: true;
}

/** Plays one in bash; its `Version` stands as JSON in the place of its code. */
const PROGRAM = `#!/bin/bash
about=$(cat "$(dirname "$(readlink -f "$0")")/../dist/main.js")
is() { [[ $about == *"\\"$1\\":$2"* ]]; }
file=$TREE/${data}/accounts.db
if [ "$1" = upgrade-files ]; then
	if is refuses true; then echo 'CONFIGURATION_INVALID' >&2; exit 78; fi
	if is history true; then echo /${data}/history.db; fi
	printf '%s\\n' /${data}/accounts.db /${data}/planner.json
	exit
fi
schema=1
if is schema 2; then schema=2; fi
if is sqlite true; then
	cd "${project}" && exec "${process.execPath}" --import @pilotwire/test/typescript --conditions=pilotwire:source \\
		test/support/played-start.ts "$TREE/${data}" "$schema"
fi
[ "$(cat "$file" 2>/dev/null || echo 0)" -le "$schema" ] || exit 1
printf '%s' "$schema" >"$file"
printf 'as version %s has it' "$schema" >"$TREE/${data}/planner.json"
printf ' heard by %s' "$schema" >>"$TREE/${data}/history.db"
`;

/** The services are one process here, which ends once it has started; `running` stands as long as they are up. */
const SYSTEMCTL = `running=$TREE/../running
program=$TREE/opt/pilotwire/current/packages/cli
case "$*" in
*is-active*) [ -e "$running" ]; exit ;;
stop*pilotwire-broker.service*) rm -f "$running" ;;
start*pilotwire-broker.service)
	TREE=$TREE "$program/bin/pilotwire.js" broker || exit 0
	about=$(cat "$program/dist/main.js")
	[[ $about == *broken* ]] || touch "$running"
	if [[ $about =~ '"cut":"'([A-Z]+) ]]; then kill "-\${BASH_REMATCH[1]}" $PPID; fi
	;;
esac
exit 0`;

/** Ends who calls a program of the system, at the call whose number is $CUT_AT: the power, in the middle of things. */
const CUT = `if [ -e "$TREE/../armed" ]; then
	count=$(($(cat "$TREE/../count" 2>/dev/null || echo 0) + 1))
	echo $count >"$TREE/../count"
	if [ "$count" = "$CUT_AT" ]; then kill -KILL $PPID; exit 1; fi
fi`;

describe('the installer, from one version to the next', function () {
	this.timeout(400_000);
	const { at, tree, write, stub, bash, read, run, calls, snapshot } = installerTree();
	const current = (): string => readlinkSync(tree('opt/pilotwire/current'));
	const before: Version = { name: 'before', schema: 1 };

	const provide = (version: Version): void => {
		write('source/packages/cli/dist/main.js', JSON.stringify(version));
		write('source/packages/cli/bin/pilotwire.js', PROGRAM, 0o755);
	};
	const live = { PILOTWIRE_LIVE: 'yes', PILOTWIRE_COMES_UP_S: '1', PILOTWIRE_SETTLES_S: '0' };
	const install = (version: Version, environment = {}) => {
		provide(version);
		return run([], { ...live, ...environment });
	};
	/** What systemd does at the start of the machine, as the unit says. */
	const startMachine = (environment = {}): void => {
		const unit = readFileSync(join(deploy, 'systemd/pilotwire-upgrade.service'), 'utf8');
		const [, condition = ''] = /^ConditionPathExists=(.+)$/m.exec(unit) ?? [];
		const [, command = ''] = /^ExecStart=\/bin\/bash (.+)$/m.exec(unit) ?? [];
		if (existsSync(tree(condition))) bash([tree(command), at('tree')], environment);
	};
	const runningVersion = (): string =>
		(JSON.parse(read('opt/pilotwire/current/packages/cli/dist/main.js')) as Version).name;
	/** No trace of an upgrade under way. */
	const expectOver = (): void => {
		expect(readdirSync(tree('opt/pilotwire')).sort()).to.deep.equal(['current', 'releases']);
		expect(readdirSync(tree(data)).filter((name) => name.startsWith('.'))).to.deep.equal([]);
	};

	beforeEach(() => {
		stub('systemctl', SYSTEMCTL);
		// Nothing of the machine itself changes any more: the services start at once.
		provide(before);
		run();
		write(`tree/${data}/history.db`, 'a year');
		expect(install(before).status).to.equal(0);
		rmSync(at('calls'));
	});

	it('starts the new version, keeps the one before, and leaves nothing else', () => {
		const former = current();
		const { status, text } = install({ name: 'newer', schema: 2 });
		expect(status, text).to.equal(0);
		expect(runningVersion()).to.equal('newer');
		expect(read(`${data}/accounts.db`)).to.equal('2');
		expect(existsSync(tree(`opt/pilotwire/${former}`))).to.equal(true);
		const made = calls().join('\n');
		for (const unit of units)
			expect(made).to.match(new RegExp(`systemctl stop ${unit}[\\s\\S]*systemctl start --no-block ${unit}`));
		expectOver();
	});

	it("goes back where the new version has changed a database's schema, and doesn't come up", async () => {
		rmSync(tree(`${data}/accounts.db`));
		expect(install({ ...before, sqlite: true }).status).to.equal(0);
		const unit = 'source/deploy/systemd/pilotwire-broker.service';
		write(unit, `${readFileSync(at(unit), 'utf8')}# as the new version has it\n`);
		const { status, text } = install({ name: 'newer', schema: 2, sqlite: true, broken: true });
		expect(status).to.equal(1);
		expect(text)
			.to.include('The version from before runs again')
			.and.match(/accounts\.db is as it was at \d{4}-.* is lost/);
		expect(runningVersion()).to.equal('before');
		expect(existsSync(at('running'))).to.equal(true);
		expect(read('etc/systemd/system/pilotwire-broker.service')).to.not.include('as the new version has it');
		expectOver();
		const database = await openDatabase({ path: tree(`${data}/accounts.db`), log: silentLog, clock: systemClock });
		expect(await database.all('SELECT schema FROM starts')).to.deep.equal([{ schema: 1 }, { schema: 1 }]);
		expect(await database.all('PRAGMA user_version')).to.deep.equal([{ user_version: 1 }]);
		await database.close();
	});

	it('puts back only what the new version changes the form of: the history goes on', () => {
		const { text } = install({ name: 'newer', schema: 2, broken: true });
		expect(text).to.include('The version from before runs again').and.not.include('history.db is as it was');
		expect(read(`${data}/history.db`)).to.equal('a year heard by 1 heard by 2 heard by 1');
		expect(read(`${data}/planner.json`)).to.equal('as version 1 has it');
	});

	it('keeps the history, where it is to change, while load is still shed, and says what is lost', () => {
		const { text } = install({ name: 'newer', schema: 2, history: true, broken: true });
		expect(text).to.match(/history\.db is as it was at .*; what was written to it since is lost/);
		expect(read(`${data}/history.db`)).to.equal('a year heard by 1 heard by 1');
		const made = calls();
		const kept = made.findIndex((call) => / cp .*history\.db/.test(call));
		expect(kept).to.be.greaterThan(made.indexOf('systemctl stop pilotwire-rest.service'));
		expect(kept).to.be.lessThan(made.indexOf('systemctl stop pilotwire-load-shedder.service'));
	});

	it("refuses, and stops nothing, where the new version can't run with the house, or there is no room to go back", () => {
		const whole = snapshot();
		const refused = (sentence: RegExp, version: Version): void => {
			const { status, text } = install(version);
			expect(text).to.match(sentence);
			expect(status).to.equal(1);
			expect(snapshot()).to.deep.equal(whole);
			expect(calls().filter((call) => call.startsWith('systemctl stop'))).to.deep.equal([]);
		};
		refused(/CONFIGURATION_INVALID\nNothing was changed: the new version can not run/, {
			...{ name: 'newer', schema: 2, refuses: true },
		});
		stub('stat', 'if [ "$1" = -f ]; then echo "1 * 10"; else exec /usr/bin/stat "$@"; fi');
		refused(/^Nothing was changed: .* takes 1 MB; 1 MB are free .*df -h/m, { name: 'newer', schema: 2 });
	});

	it('starts the house again where what it takes to go back turns out not to be writable', () => {
		stub('runuser', 'shift 3; if [ "$1" = cp ]; then echo "No space left" >&2; exit 1; fi; exec "$@"');
		const { status, text } = install({ name: 'newer', schema: 2 });
		expect(status).to.equal(1);
		expect(text).to.match(/No space left\nNothing was changed/);
		expect(runningVersion()).to.equal('before');
		expect(existsSync(at('running'))).to.equal(true);
		expectOver();
	});

	for (const cut of ['HUP', 'INT'] as const) {
		it(`goes back where the installer itself is ended: SIG${cut}`, () => {
			expect(install({ name: 'newer', schema: 2, cut }).status).to.equal(1);
			expect(runningVersion()).to.equal('before');
			expect(read(`${data}/accounts.db`)).to.equal('1');
			expect(existsSync(at('running'))).to.equal(true);
			expectOver();
		});
	}

	it('goes back first where an upgrade was cut off, and then to the next version', () => {
		const former = current();
		expect(install({ name: 'cut', schema: 2, cut: 'KILL' }).status).to.equal(null);
		expect(runningVersion()).to.equal('cut');
		const { status, text } = install({ name: 'broken', schema: 2, broken: true });
		expect(text).to.include('An upgrade was cut off: back to').and.include('The version from before runs again');
		expect(status).to.equal(1);
		expect(current()).to.equal(former);
		expect(read(`${data}/accounts.db`)).to.equal('1');
		expectOver();
	});

	/**
	 * Tries each call of some programs at which the power may go away, until there are no more of them. `from`: the call of
	 * systemctl that they are counted from; from the beginning unless given.
	 */
	const atEachCut = (
		cutting: readonly string[],
		from: string | undefined,
		tried: (cut: { CUT_AT: string }) => void,
	): void => {
		cpSync(at('tree'), at('whole'), { recursive: true, verbatimSymlinks: true });
		for (let cutAt = 1, isBeyond = false; !isBeyond; cutAt += 1) {
			expect(cutAt).to.be.lessThan(40);
			for (const path of ['tree', 'count', 'armed']) rmSync(at(path), { recursive: true, force: true });
			cpSync(at('whole'), at('tree'), { recursive: true, verbatimSymlinks: true });
			for (const name of cutting) stub(name, `${CUT}\nexec /usr/bin/${name} "$@"`);
			if (from === undefined) write('armed', '');
			else stub('systemctl', `case "$*" in ${from}) touch "$TREE/../armed" ;; esac\n${SYSTEMCTL}`);
			tried({ CUT_AT: String(cutAt) });
			isBeyond = Number(readFileSync(at('count'), 'utf8')) < cutAt;
		}
	};
	const powerIsBack = (cutting: readonly string[]): void => {
		for (const name of cutting) rmSync(at(`bin/${name}`));
		startMachine();
	};

	it('is a house that runs at the next start of the machine, wherever the power went away', () => {
		const seen = new Set<string>();
		const cutting = ['cp', 'mv', 'sync'];
		atEachCut(cutting, 'stop*pilotwire-rest*', (environment) => {
			install({ name: 'newer', schema: 2, history: true }, environment);
			powerIsBack(cutting);
			const [version, schema] = [runningVersion(), read(`${data}/accounts.db`)];
			seen.add(`${version} ${schema}`);
			expect(read(`${data}/history.db`), `cut at ${environment.CUT_AT}`).to.match(/^a year heard by 1/);
		});
		expect([...seen].sort()).to.deep.equal(['before 1', 'newer 2']);
	});

	it('is put back whole, wherever the power went away while it was', () => {
		install({ name: 'newer', schema: 2, history: true, cut: 'KILL' });
		const seen = new Set<string>();
		const cutting = ['mv', 'rm', 'sync'];
		atEachCut(cutting, undefined, (environment) => {
			startMachine(environment);
			powerIsBack(cutting);
			const files = ['accounts.db', 'history.db', 'planner.json'].map((name) => read(`${data}/${name}`));
			seen.add([runningVersion(), ...files].join(', '));
			expect(existsSync(tree('opt/pilotwire/upgrade'))).to.equal(false);
		});
		expect([...seen]).to.deep.equal(['before, 1, a year heard by 1, as version 1 has it']);
	});
});
