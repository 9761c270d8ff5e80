import { createHash } from 'node:crypto';
import type { AlertsState, AlertsTested } from '@pilotwire/contract';
import { type Clock, instantOf } from '@pilotwire/runtime';
import { Channel, type ChannelParts, type ChannelSurroundings } from './channel.ts';
import { type AlertsConfig, contactOf } from './config.ts';
import type { Notice } from './core/alert.ts';
import type { KeptOutbox } from './core/outbox.ts';
import { isPushService, MOST_PHONES, type Phone, type Subscription } from './core/phones.ts';
import { channelUnknown, phoneRefused } from './errors.ts';
import { emailSender } from './io/email.ts';
import { ntfySender } from './io/ntfy.ts';
import type { Sender } from './io/sender.ts';
import { type VapidKeys, vapidKeys } from './io/vapid-keys.ts';
import { phoneSender } from './io/web-push.ts';
import { webhookSender } from './io/webhook.ts';

/** Every way to people that the house has: those of its configuration, and the devices that asked to be told. */
export class Channels {
	readonly #config: AlertsConfig;
	readonly #around: ChannelSurroundings;
	readonly #clock: Pick<Clock, 'wallMs' | 'after'>;
	readonly #kept: Readonly<Record<string, KeptOutbox>>;
	readonly #keys: VapidKeys | undefined;
	readonly #fixed: readonly Channel[];
	readonly #phones = new Map<string, { readonly phone: Phone; readonly channel: Channel }>();

	/** Throws `DATA_DIR_UNUSABLE`. */
	constructor(
		config: AlertsConfig,
		around: ChannelSurroundings,
		clock: Pick<Clock, 'wallMs' | 'after'>,
		kept: { readonly outboxes: Readonly<Record<string, KeptOutbox>>; readonly phones: readonly Phone[] },
	) {
		this.#config = config;
		this.#around = around;
		this.#clock = clock;
		this.#kept = kept.outboxes;
		this.#fixed = this.#configured();
		this.#keys = config.alerts.push.enabled ? vapidKeys(config.dataDir) : undefined;
		for (const phone of kept.phones) this.#open(phone);
	}

	get phones(): readonly Phone[] {
		return [...this.#phones.values()].map(({ phone }) => phone);
	}

	get all(): readonly Channel[] {
		return [...this.#fixed, ...[...this.#phones.values()].map(({ channel }) => channel)];
	}

	get outboxes(): Readonly<Record<string, KeptOutbox>> {
		const busy = this.all.filter(({ kept }) => kept.waiting.length > 0 || kept.lost > 0);
		return Object.fromEntries(busy.map(({ id, kept }) => [id, kept]));
	}

	get state(): Pick<AlertsState, 'channels' | 'push'> {
		const fixed = this.#fixed.map(({ state }) => state);
		const phones = [...this.#phones.values()].map(({ channel }) => channel.state);
		if (this.#keys === undefined) return { channels: fixed };
		const push = { key: this.#keys.publicKey, phones: phones.length };
		return { channels: phones.length === 0 ? fixed : [...fixed, together(phones)], push };
	}

	add(notices: readonly Notice[]): void {
		for (const channel of this.all) channel.add(notices);
	}

	/** Sends what is due. */
	async pump(): Promise<void> {
		await Promise.all(this.all.map((channel) => channel.pump()));
	}

	/** Sends a test by one channel, or by all, and waits so long for each. Rejects with `ALERT_CHANNEL_UNKNOWN`. */
	async test(wanted: string | undefined, withinMs: number): Promise<AlertsTested> {
		const names = [...this.#fixed.map(({ id }) => id), ...(this.#phones.size > 0 ? ['push'] : [])];
		if (wanted !== undefined && !names.includes(wanted)) throw channelUnknown(wanted, names);
		const channels = this.all.filter(({ id, kind }) => [undefined, id, kind === 'push' ? kind : id].includes(wanted));
		const tested = channels.map(async (channel) => {
			const problem = await Promise.race([channel.test(), this.#late(withinMs)]);
			const shown = { channel: channel.id, sent: problem === undefined };
			return problem === undefined ? shown : { ...shown, problem };
		});
		return { channels: await Promise.all(tested) };
	}

	#late(withinMs: number): Promise<string> {
		return new Promise((resolve) => {
			this.#clock.after(withinMs, () =>
				resolve(`no answer within ${withinMs / 1_000} s; the log says what comes of it`),
			);
		});
	}

	/** Keeps a device that wants to be told. Throws `ALERT_PHONE_REFUSED`. */
	subscribe(subscription: Subscription, nowMs: number): { readonly phone: string } {
		const { enabled, services } = this.#config.alerts.push;
		if (!enabled) throw phoneRefused('alerts.push.enabled to be true', 'false');
		if (!isPushService(subscription.endpoint, services)) {
			throw phoneRefused(`a push service of ${services.join(', ')}`, new URL(subscription.endpoint).host);
		}
		const id = idOf(subscription.endpoint);
		if (!this.#phones.has(id) && this.#phones.size >= MOST_PHONES)
			throw phoneRefused(`at most ${MOST_PHONES} devices`, 'one more');
		this.#open({ ...subscription, id, since: instantOf(nowMs) });
		return { phone: id };
	}

	/** Forgets a device, by its name or by its address; whether it was known. */
	forget(phone: string): boolean {
		return this.#phones.delete(phone) || this.#phones.delete(idOf(phone));
	}

	#open(phone: Phone): void {
		const keys = this.#keys;
		if (keys === undefined) return;
		const { severities } = this.#config.alerts.push;
		const channel = new Channel(
			{
				...{
					id: phone.id,
					kind: 'push',
					severities,
					kept: this.#phones.get(phone.id)?.channel.kept ?? this.#kept[phone.id],
				},
				sender: phoneSender(phone, keys, contactOf(this.#config.alerts)),
				gone: () => {
					this.#phones.delete(phone.id);
				},
			},
			this.#around,
		);
		this.#phones.set(phone.id, { phone, channel });
	}

	#configured(): Channel[] {
		const { ntfy, email, webhooks, url } = this.#config.alerts;
		const facts = { site: this.#config.site, url };
		const made = (
			id: string,
			kind: ChannelParts['kind'],
			severities: ChannelParts['severities'],
			sender: Sender,
		): Channel => new Channel({ id, kind, severities, sender, kept: this.#kept[id] }, this.#around);
		return [
			...(ntfy === undefined ? [] : [made('ntfy', 'ntfy', ntfy.severities, ntfySender(ntfy, facts))]),
			...(email === undefined ? [] : [made('email', 'email', email.severities, emailSender(email, facts))]),
			...webhooks.map((hook) => made(hook.id, 'webhook', hook.severities, webhookSender(hook, facts, this.#clock))),
		];
	}
}

/** A device's name, which says nothing of its address. */
const idOf = (endpoint: string): string => `phone-${createHash('sha256').update(endpoint).digest('hex').slice(0, 12)}`;

/** All devices as one channel: the one that does worst speaks for them. */
function together(phones: readonly AlertsState['channels'][number][]): AlertsState['channels'][number] {
	const sum = (figure: 'waiting' | 'sent'): number => phones.reduce((total, phone) => total + phone[figure], 0);
	const failing = phones.find(({ problem }) => problem !== undefined);
	const sentAt = phones
		.flatMap((phone) => phone.sentAt ?? [])
		.sort()
		.at(-1);
	return {
		...{ channel: 'push', kind: 'push', waiting: sum('waiting'), sent: sum('sent') },
		...(sentAt === undefined ? {} : { sentAt }),
		...(failing?.failingSince === undefined ? {} : { failingSince: failing.failingSince }),
		...(failing?.problem === undefined ? {} : { problem: failing.problem }),
	};
}
