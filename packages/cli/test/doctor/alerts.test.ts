import { expect } from 'chai';
import { judgeAlerts } from '../../src/doctor/alerts.ts';

const asked = { config: '/etc/pilotwire/house.yaml', user: 'pilotwire' };
const channel = { channel: 'email', kind: 'email', waiting: 0, sent: 3 } as const;
const alert = {
	kind: 'meter_silent',
	severity: 'warning',
	subject: 'main',
	since: '2026-01-15T18:00:00.000Z',
	title: 'The meter is silent',
	text: 'Look at the cable.',
} as const;

describe("the doctor's judgement of alerts", () => {
	it('is that somebody should be told, and by a channel that works', () => {
		expect(judgeAlerts(undefined, asked)).to.deep.equal([]);
		expect(judgeAlerts({ on: [], channels: [] }, asked)[0]).to.include({ verdict: 'unsure', code: 'ALERTS_NOWHERE' });
		expect(judgeAlerts({ on: [], channels: [channel] }, asked)[0]).to.include({
			verdict: 'ok',
			found: 'email: 3 sent since the start',
		});
		const failing = judgeAlerts({ on: [], channels: [{ ...channel, waiting: 2, problem: 'no answer.' }] }, asked)[0];
		expect(failing).to.include({
			verdict: 'wrong',
			found: 'email: no answer; 2 waiting',
			todo: 'sudo -u pilotwire pilotwire alerts test --config /etc/pilotwire/house.yaml',
		});
	});

	it('names what people are alerted to now', () => {
		const found = judgeAlerts({ on: [alert], channels: [channel] }, asked).map(({ verdict, code, found: text }) => [
			verdict,
			code,
			text,
		]);
		expect(found[1]).to.deep.equal(['unsure', 'ALERT_ON', 'The meter is silent, since 2026-01-15T18:00:00.000Z']);
	});
});
