import { X509Certificate } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLog, followTls, type Timer, type TlsIdentity } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { openssl, selfSigned } from '@pilotwire/test/openssl';
import { need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';

describe('a certificate that is renewed', () => {
	const folder = temporaryDirectory();
	let following: Timer | undefined;
	before(function () {
		need(this, openssl);
	});
	afterEach(() => following?.cancel());

	/** Follows a pair of files that was just read. */
	function follow() {
		const files = selfSigned(folder.path);
		const taken: TlsIdentity[] = [];
		const lines: { msg: string }[] = [];
		const stream = new Writable({
			write(chunk: Buffer, _encoding, done) {
				lines.push(JSON.parse(chunk.toString()));
				done();
			},
		});
		const clock = new VirtualClock();
		const log = createLog({ level: 'info', format: 'json' }, stream);
		const inUse = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
		following = followTls(files, inUse, { clock, log, take: (identity) => taken.push(identity) });
		/** Minutes pass until it is so; reading files takes a real while. */
		const until = async (holds: () => boolean): Promise<void> => {
			while (!holds()) await clock.advanceAsync(60_000);
		};
		const another = join(folder.path, 'another');
		mkdirSync(another);
		return { files, taken, lines, clock, until, renewed: selfSigned(another) };
	}

	it('is handed out once both files are there, with until when it holds', async () => {
		const { files, taken, lines, clock, until, renewed } = follow();
		cpSync(renewed.certFile, files.certFile);
		await until(() => lines.length > 0);
		expect(lines[0]?.msg).to.match(/^TLS goes on with the certificate it has: .*mismatch/);
		expect(taken).to.deep.equal([]);
		cpSync(renewed.keyFile, files.keyFile);
		await until(() => taken.length > 0);
		await clock.advanceAsync(300_000, 60_000);
		expect(taken).to.have.length(1);
		expect(taken[0]?.cert.equals(readFileSync(renewed.certFile))).to.equal(true);
		expect(lines.map(({ msg }) => msg).slice(1)).to.deep.equal([
			`TLS shows the new certificate of ${files.certFile} from now on; it holds until ${new X509Certificate(taken[0]?.cert ?? '').validTo}`,
		]);
	});

	it('that can not be read leaves the one in use, and is said once', async () => {
		const { files, taken, lines, clock, until, renewed } = follow();
		writeFileSync(files.certFile, 'half of a');
		await until(() => lines.length > 0);
		await clock.advanceAsync(300_000, 60_000);
		expect(taken).to.deep.equal([]);
		cpSync(renewed.certFile, files.certFile);
		cpSync(renewed.keyFile, files.keyFile);
		await until(() => taken.length > 0);
		expect(lines.filter(({ msg }) => msg.startsWith('TLS goes on')).length).to.be.at.most(2);
	});
});
