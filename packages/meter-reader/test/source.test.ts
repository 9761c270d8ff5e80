import { expect } from 'chai';
import { parseSource } from '../src/source.ts';

describe('the source of a meter', () => {
	for (const [text, source] of [
		['serial:/dev/ttyAMA0', { kind: 'serial', path: '/dev/ttyAMA0' }],
		['tcp:pi.local:3000', { kind: 'tcp', host: 'pi.local', port: 3_000 }],
		['tcp:192.0.2.7:3000', { kind: 'tcp', host: '192.0.2.7', port: 3_000 }],
		['tcp:[::1]:3000', { kind: 'tcp', host: '::1', port: 3_000 }],
		['tcp:[fe80::1%eth0]:3000', { kind: 'tcp', host: 'fe80::1%eth0', port: 3_000 }],
		['file:/tmp/a line?.tic', { kind: 'file', path: '/tmp/a line?.tic', loop: false }],
		['file:line.tic.gz?loop', { kind: 'file', path: 'line.tic.gz', loop: true }],
		['simulator:', { kind: 'simulator', path: '' }],
		['simulator:/run/line.sock', { kind: 'simulator', path: '/run/line.sock' }],
	] as const) {
		it(`is read: ${text}`, () => expect(parseSource(text)).to.deep.equal(source));
	}

	it('is refused where it has none of the forms', () => {
		for (const text of [
			...['', '/dev/ttyAMA0', 'serial:', 'serial', 'file:', 'file:?loop', 'http://pi:3000', 'SERIAL:/dev/ttyAMA0'],
			...['tcp:', 'tcp:pi', 'tcp:pi:', 'tcp:pi:0', 'tcp:pi:65536', 'tcp:pi:-1', 'tcp:::1:3000', 'tcp:[]:3000'],
			...['tcp:[::1]', 'tcp:pi/3000', 'tcp:pi:3000/', 'tcp: :3000', 'tcp::3000'],
		]) {
			expect(parseSource(text), text).to.equal(undefined);
		}
	});
});
