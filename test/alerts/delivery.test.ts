// Alerts on their way to people: the real service into a real mail server and real web servers.
import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { topicName, topics } from '@pilotwire/contract';
import { makeAuthority, openssl } from '@pilotwire/test/openssl';
import { localName, need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { AlertedHouse } from './alerted-house.ts';
import { Browser, HttpSink, MailSink, vapidOf } from './sinks.ts';

describe('alerts that reach people', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	let house: AlertedHouse;
	let sink: HttpSink;

	beforeEach(async () => {
		sink = new HttpSink();
		await sink.start();
		house = new AlertedHouse(directory.path);
	});
	afterEach(async () => {
		await house.stop();
		await sink.stop();
	});

	/** Fourteen minutes without the meter, until all that is to be told has been. */
	async function silence(told: () => Promise<void>): Promise<void> {
		house.meter('silent');
		await house.wait(320);
		await told();
		await house.wait(520);
		house.meter('speaks');
		await house.wait(90);
	}

	it('go to ntfy as JSON, when it begins and when it is over', async () => {
		const url = 'https://house.example';
		await house.start({ url, ntfy: { server: sink.url, topic: 'house-x7', token: 'tk_secret' } });
		await silence(() => sink.count(1));
		await sink.count(2);
		expect(sink.posted.map(({ path, headers }) => [path, headers.authorization])).to.deep.equal([
			['/', 'Bearer tk_secret'],
			['/', 'Bearer tk_secret'],
		]);
		const [begin, end] = sink.json;
		expect(begin).to.deep.include({ topic: 'house-x7', title: 'The meter is silent', priority: 4, click: url });
		expect(begin).to.deep.include({ tags: ['warning'] });
		expect(end).to.deep.include({ title: 'The meter speaks again', priority: 3, tags: ['white_check_mark'] });
		expect(end?.['message']).to.equal('From 18:00 to 18:14: 14 minutes.');
		await house.wait(3_600);
		expect(sink.posted).to.have.length(2);
	});

	it('go to a webhook signed, and again after a refusal, until it takes them', async () => {
		const secret = `whsec_${Buffer.from('a secret of this test').toString('base64')}`;
		writeFileSync(join(directory.path, 'url'), `${sink.url}/hooks/private-part\n`);
		await house.start({ webhooks: [{ id: 'chat', urlFile: join(directory.path, 'url'), secret }] });
		sink.status = 503;
		house.meter('silent');
		await house.wait(310);
		await sink.count(1);
		await house.waitFor('a failure on the bus', () => house.state.channels[0]?.problem !== undefined);
		expect(house.state.channels[0]).to.include({ channel: 'chat', kind: 'webhook', waiting: 1, sent: 0 });
		expect(house.state.channels[0]?.problem).to.match(
			/^ALERT_NOT_DELIVERED: expected the webhook chat to take .* status 503/,
		);
		sink.status = 204;
		await house.waitFor('another attempt', () => sink.posted.length > 1);
		await house.waitFor('an empty queue', () => house.state.channels[0]?.waiting === 0);
		expect(house.state.channels[0]).to.not.have.property('problem');
		expect(sink.posted).to.have.length(2);
		const { path, headers, body } = sink.posted[1] ?? expect.fail();
		expect(path).to.equal('/hooks/private-part');
		const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body.toString()}`;
		const hash = createHmac('sha256', 'a secret of this test').update(signed).digest('base64');
		expect(headers['webhook-signature']).to.equal(`v1,${hash}`);
		expect(headers['webhook-id']).to.equal(sink.posted[0]?.headers['webhook-id']);
		expect(sink.json[1]).to.deep.include({ type: 'alert.on' });
		expect(sink.json[1]?.['data']).to.deep.include({ site: 'home', severity: 'warning', title: 'The meter is silent' });
		// Nothing that is secret is on the bus.
		const said = house.hub.published.map(({ payload }) => payload).join('\n');
		expect(said).to.not.match(/private-part|whsec_|a secret of/);
	});

	it('say from the start that a secret can not be read, and need no restart once it can', async () => {
		const tokenFile = join(directory.path, 'token');
		await house.start({ ntfy: { server: sink.url, topic: 'house', tokenFile } });
		expect(house.state.channels[0]?.problem).to.match(/^SECRET_UNREADABLE: /);
		writeFileSync(tokenFile, 'tk_1');
		expect(await house.call('test')).to.deep.equal({ channels: [{ channel: 'ntfy', sent: true }] });
		expect(house.state.channels[0]).to.not.have.property('problem');
	});

	it('do not follow a server elsewhere', async () => {
		await house.start({ webhooks: [{ url: sink.url }] });
		sink.status = 302;
		const { channels } = await house.call('test');
		expect(channels).to.have.nested.property('[0].sent', false);
		expect(channels).to.have.nested.property('[0].problem').that.includes('status 302');
		expect(sink.posted.map(({ path }) => path)).to.deep.equal(['/']);
	});

	it('wait while the way out is closed, and tell then in one what has been meanwhile', async () => {
		const { port } = sink;
		await house.start({ ntfy: { server: sink.url, topic: 'house' } });
		await sink.stop();
		await silence(async () => {
			await until('a failure', () => house.state.channels[0]?.problem !== undefined);
		});
		expect(house.state.channels[0]?.problem).to.include('ECONNREFUSED');
		sink = new HttpSink();
		await sink.start(port);
		await house.waitFor('the message', () => sink.posted.length > 0);
		await house.waitFor('an empty queue', () => house.state.channels[0]?.waiting === 0);
		expect(sink.json.map(({ title, message }) => [title, message])).to.deep.equal([
			['The meter was silent', 'From 18:00 to 18:14: 14 minutes.'],
		]);
	});

	it('tell of a service that starts, dies and starts again, and no longer once it stays', async () => {
		await house.start({});
		const kinds = (): string[] => house.state.on.map(({ kind }) => kind);
		const say = (status: string): void => house.say(topicName('home', topics.status, { service: 'telemetry' }), status);
		for (let turn = 0; turn < 10; turn++) {
			say('offline');
			await house.wait(30);
			say('online');
			await house.wait(4);
		}
		expect(kinds()).to.deep.equal(['service_away']);
		await house.wait(130);
		expect(kinds()).to.deep.equal([]);
	});

	it('are neither repeated nor forgotten when the service starts anew', async () => {
		const alerts = { ntfy: { server: sink.url, topic: 'house' } };
		await house.start(alerts);
		house.meter('silent');
		await house.wait(320);
		await sink.count(1);
		await house.waitFor('an empty queue', () => house.state.channels[0]?.waiting === 0);
		await house.stop();
		house.kill();
		await house.start(alerts);
		expect(house.state.on.map(({ kind }) => kind)).to.deep.equal(['meter_silent']);
		await house.wait(900);
		// What could not be told before a crash is told after it.
		sink.status = 500;
		house.meter('speaks');
		await house.wait(90);
		await sink.count(2);
		house.kill();
		sink.status = 200;
		await house.start(alerts);
		await house.waitFor('the end', () => sink.posted.length > 2);
		await house.waitFor('an empty queue', () => house.state.channels[0]?.waiting === 0);
		await house.wait(900);
		expect(sink.json.map(({ title }) => title)).to.deep.equal([
			...['The meter is silent', 'The meter speaks again', 'The meter speaks again'],
		]);
	});

	it('are on the bus for everybody to see, with how each channel does', async () => {
		await house.start({ language: 'fr', ntfy: { server: sink.url, topic: 'house', severities: ['alarm'] } });
		house.meter('silent');
		await house.wait(320);
		expect(house.state.on).to.have.length(1);
		expect(house.state.on[0]).to.include({
			kind: 'meter_silent',
			severity: 'warning',
			title: 'Le compteur ne parle plus',
		});
		expect(house.state.push).to.include({ phones: 0 });
		expect(
			house.metrics
				.all()
				.find(({ name }) => name === 'pilotwire_alerts_on')
				?.read(),
		).to.equal(1);
		house.meter('speaks');
		await house.wait(90);
		expect(house.state.on).to.deep.equal([]);
		expect(sink.posted).to.have.length(0);
	});

	describe('by e-mail', () => {
		before(function () {
			need(this, openssl, localName);
		});
		const account = { user: 'house@example.org', password: 'a mail password' };
		let mail: MailSink;
		let email: Record<string, unknown>;

		beforeEach(async () => {
			const folder = join(directory.path, 'tls');
			mkdirSync(folder);
			const authority = makeAuthority(directory.path);
			authority.issue('localhost', folder);
			const [key, cert] = ['privkey.pem', 'fullchain.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
			mail = new MailSink(account, { key: key ?? '', cert: cert ?? '' });
			const port = await mail.start();
			writeFileSync(join(directory.path, 'password'), `${account.password}\n`);
			const passwordFile = join(directory.path, 'password');
			const to = ['anna@example.org', 'joe@example.org'];
			email = { host: 'localhost', port, caFile: authority.caFile, username: account.user, passwordFile, to };
		});
		afterEach(() => mail.stop());

		it('are encrypted on their way, in words with accents, and the end answers the beginning', async () => {
			await house.start({ email, language: 'fr' });
			await silence(() => mail.count(1));
			await mail.count(2);
			const [begin, end] = mail.mails;
			expect(begin).to.deep.include({ from: account.user, to: email['to'], isEncrypted: true, user: account.user });
			expect(begin?.headers['subject']).to.equal('Le compteur ne parle plus');
			expect(begin?.headers['auto-submitted']).to.equal('auto-generated');
			expect(begin?.text).to.include('Depuis 18:00. Vérifiez le câble entre le compteur et cette machine.');
			expect(end?.headers['subject']).to.equal('Le compteur parle de nouveau');
			expect(end?.text).to.include('De 18:00 à 18:14 : 14 minutes.');
			expect(end?.headers['in-reply-to']).to.equal(begin?.headers['message-id']);
		});

		it('say what is wrong with the account, and neither its name nor its password', async () => {
			writeFileSync(String(email['passwordFile']), 'wrong password');
			await house.start({ email });
			const { channels } = await house.call('test', { channel: 'email', withinS: 60 });
			expect(channels).to.have.nested.property('[0].sent', false);
			const problem = String((channels as { problem?: string }[])[0]?.problem);
			expect(problem).to.match(
				/^ALERT_NOT_DELIVERED: expected the mail server localhost .*Correct alerts\.email\.username/,
			);
			expect(problem).to.not.match(/wrong password|house@/);
			expect(mail.mails).to.have.length(0);
		});

		it('are not sent to a server whose certificate nobody vouches for, nor in the open', async () => {
			await house.start({ email: { ...email, caFile: undefined } });
			const first = await house.call('test', { withinS: 60 });
			expect(first['channels']).to.have.nested.property('[0].sent', false);
			expect(mail.mails).to.have.length(0);
		});
	});

	describe('by Web Push', () => {
		it('can be read by the browser that subscribed alone, from the house that it subscribed to', async () => {
			const push = { services: ['127.0.0.1'], contact: 'mailto:anna@example.org' };
			await house.start({ push });
			const browser = new Browser();
			const { phone } = await house.call('subscribe', browser.subscription(`${sink.url}/push/abc`));
			expect(phone).to.match(/^phone-[0-9a-f]{12}$/);
			expect(house.state.push?.phones).to.equal(1);
			await silence(() => sink.count(1));
			await sink.count(2);
			const [begin, end] = sink.posted.map(({ body }) => browser.read(body));
			expect(begin).to.deep.include({ title: 'The meter is silent', urgent: false, silent: false });
			expect(end).to.deep.include({ title: 'The meter speaks again', tag: begin?.['tag'] });
			const { headers, path } = sink.posted[0] ?? expect.fail();
			expect(path).to.equal('/push/abc');
			expect(headers).to.include({ 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'normal' });
			const { key, claims } = vapidOf(headers.authorization);
			expect(key).to.equal(house.state.push?.key);
			expect(claims).to.include({ aud: sink.url, sub: 'mailto:anna@example.org' });
			expect(() => new Browser().read(sink.posted[0]?.body ?? Buffer.alloc(0))).to.throw();
		});

		it('are for a device until it is gone, over restarts, with the same key', async () => {
			const push = { services: ['127.0.0.1'] };
			await house.start({ push });
			const key = house.state.push?.key;
			await house.call('subscribe', { ...new Browser().subscription(`${sink.url}/a`), name: 'Anna' });
			await house.call('subscribe', new Browser().subscription(`${sink.url}/b`));
			await house.stop();
			await house.start({ push });
			expect(house.state.push).to.deep.equal({ key, phones: 2 });
			const { phones } = await house.call('phones');
			expect(phones).to.have.nested.property('[0].name', 'Anna');
			expect(JSON.stringify(phones)).to.not.include('127.0.0.1');
			expect(await house.call('forget', { phone: `${sink.url}/b` })).to.deep.equal({ forgotten: true });
			sink.status = 410;
			const { channels } = await house.call('test', { channel: 'push' });
			expect(channels).to.have.length(1);
			await house.waitFor('nobody left', () => house.state.push?.phones === 0);
			await house.stop();
			await house.start({ push });
			expect(house.state.push).to.deep.equal({ key, phones: 0 });
		});

		it('are sent to push services alone, and to a bounded number of devices', async () => {
			await house.start({});
			const refusal = async (endpoint: string): Promise<string> => {
				const asked = house.call('subscribe', new Browser().subscription(endpoint));
				return asked.then(
					() => 'taken',
					(error: Error) => error.message,
				);
			};
			for (const endpoint of [sink.url, 'http://fcm.googleapis.com/a', 'https://fcm.googleapis.com.evil.example/a'])
				expect(await refusal(endpoint), endpoint).to.match(/^ALERT_PHONE_REFUSED: expected a push service of /);
			for (let number = 0; number < 32; number++)
				expect(await refusal(`https://updates.push.services.mozilla.com/${number}`)).to.equal('taken');
			expect(await refusal('https://web.push.apple.com/one')).to.match(/^ALERT_PHONE_REFUSED: expected at most 32/);
			expect(await refusal('https://updates.push.services.mozilla.com/3')).to.equal('taken');
		});

		it('leave keys and subscriptions to nobody else on the machine', async () => {
			await house.start({ push: { services: ['127.0.0.1'] } });
			await house.call('subscribe', new Browser().subscription(`${sink.url}/a`));
			const secrets = join(directory.path, 'secrets');
			expect(readdirSync(secrets).sort()).to.deep.equal(['alerts-phones', 'alerts-vapid']);
			expect(statSync(secrets).mode & 0o077).to.equal(0);
		});
	});

	it('can be tried, each channel for itself', async () => {
		await house.start({ ntfy: { server: sink.url, topic: 'house' }, webhooks: [{ id: 'chat', url: sink.url }] });
		expect(await house.call('test')).to.deep.equal({
			channels: [
				{ channel: 'ntfy', sent: true },
				{ channel: 'chat', sent: true },
			],
		});
		expect(await house.call('test', { channel: 'chat' })).to.deep.equal({
			channels: [{ channel: 'chat', sent: true }],
		});
		expect(sink.json.at(-1)).to.deep.include({ type: 'alert.test' });
		const unknown = await house.call('test', { channel: 'fax' }).catch((error: Error) => error.message);
		expect(unknown).to.match(/^ALERT_CHANNEL_UNKNOWN: expected one of ntfy, chat, got fax/);
	});
});
