import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, readSecret, systemCodeOf } from '@pilotwire/runtime';
import type { EmailSetting } from '../config.ts';
import type { Message } from '../core/message.ts';
import { notDelivered } from '../errors.ts';
import type { Sender, SenderFacts } from './sender.ts';

const PORTS = { starttls: 587, tls: 465, none: 25 } as const;
/** For the connection, for the greeting, and for each answer. Milliseconds. */
const WITHIN_MS = 20_000;

/** Hands messages to a mail server, by nodemailer, which is loaded with the first one. */
export function emailSender(setting: EmailSetting, facts: SenderFacts): Sender {
	return {
		check: () => void readSecret(setting),
		send: async (message, signal) => {
			const password = readSecret(setting);
			const { createTransport } = await import('nodemailer');
			const transport = createTransport(await optionsOf(setting, password));
			const leave = (): void => transport.close();
			signal.addEventListener('abort', leave, { once: true });
			try {
				await transport.sendMail(mailOf(message, setting, facts));
			} catch (error) {
				throw refused(setting, error);
			} finally {
				signal.removeEventListener('abort', leave);
				transport.close();
			}
		},
	};
}

async function optionsOf(setting: EmailSetting, password: string | undefined) {
	const { host, security, port, username, caFile } = setting;
	const ca = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') };
	return {
		...{ host, port: port ?? PORTS[security], secure: security === 'tls' },
		requireTLS: security === 'starttls',
		ignoreTLS: security === 'none',
		tls: ca,
		...(username === undefined || password === undefined ? {} : { auth: { user: username, pass: password } }),
		...{ connectionTimeout: WITHIN_MS, greetingTimeout: WITHIN_MS, socketTimeout: WITHIN_MS },
		...{ disableFileAccess: true, disableUrlAccess: true },
	};
}

function mailOf(message: Message, { from, username, to }: EmailSetting, { site, url }: SenderFacts) {
	const sender = from ?? (username?.includes('@') === true ? username : to[0]) ?? '';
	const domain = sender.split('@').at(-1) ?? 'localhost';
	const idOf = (text: string): string =>
		`<${createHash('sha256').update(`${site} ${text}`).digest('hex').slice(0, 32)}@${domain}>`;
	// What is over answers what began, so that mail programs show them together.
	const [alert] = message.alerts;
	const before =
		message.alerts.length === 1 && message.isOver && alert !== undefined ? idOf(`${alert.id} begin`) : undefined;
	return {
		...{ from: { name: 'Pilotwire', address: sender }, to: [...to] },
		subject: message.title,
		text: [message.text, ...(url === undefined ? [] : ['', url]), '', '-- ', `Pilotwire (${site})`].join('\n'),
		messageId: idOf(message.id),
		...(before === undefined ? {} : { inReplyTo: before, references: before }),
		priority: message.severity === 'alarm' && !message.isOver ? ('high' as const) : ('normal' as const),
		headers: { 'Auto-Submitted': 'auto-generated' },
	};
}

/** nodemailer's errors carry the server's answer; an account or address within it is left out. */
function refused({ host, username, to, from }: EmailSetting, error: unknown) {
	let received = messageOf(error).split('\n')[0]?.slice(0, 200) ?? '';
	for (const word of [username, from, ...to]) if (word !== undefined) received = received.replaceAll(word, '…');
	const action =
		systemCodeOf(error) === 'EAUTH'
			? 'Correct alerts.email.username and passwordFile.'
			: 'It is tried again; look at alerts.email and at the mail server.';
	return notDelivered(`the mail server ${host}`, received, action);
}
