import type { ChannelJoin, ChannelLeaving } from '@pilotwire/contract';
import type { Peer } from '../delivery/peer.ts';
import type { ChannelBounds } from './bounds.ts';
import { Channel } from './channel.ts';
import type { ChannelClient } from './client.ts';
import { Guesses } from './guesses.ts';
import { Membership } from './membership.ts';
import type { Post } from './post.ts';
import { type Refusal, refusal } from './refusals.ts';

/** Which channels there are, and who is in them. */
export class Rooms {
	readonly #bounds: ChannelBounds;
	readonly #post: Post;
	readonly #channels = new Map<string, Channel>();
	readonly #joined = new Map<Peer, Map<string, Membership>>();
	/** Memberships of each other machine's address. */
	readonly #perSource = new Map<string, number>();
	readonly #guesses = new Guesses();

	constructor(bounds: ChannelBounds, post: Post) {
		this.#bounds = bounds;
		this.#post = post;
	}

	/** Channels there are. */
	get size(): number {
		return this.#channels.size;
	}

	/** Members of all of them. */
	get members(): number {
		let members = 0;
		for (const channel of this.#channels.values()) members += channel.members.size;
		return members;
	}

	/** What a client is in a channel. */
	membership(client: ChannelClient, channel: string): Membership | undefined {
		return this.#joined.get(client.peer)?.get(channel);
	}

	/** All that a client is a member of. */
	memberships(client: ChannelClient): readonly Membership[] {
		return [...(this.#joined.get(client.peer)?.values() ?? [])];
	}

	/** Lets a client in, or says why not; the first to come makes the channel. `nowMs`: monotonic. */
	join(client: ChannelClient, name: string, join: ChannelJoin, nowMs: number): Membership | Refusal {
		const present = this.membership(client, name);
		if (present !== undefined) return present.id === join.member ? present : refusal('already_joined');
		const channel = this.#channels.get(name);
		const wrong = channel === undefined ? undefined : this.#unlock(client, channel, join.password, nowMs);
		const refused = wrong ?? this.#lackOfRoom(client, channel, join.member);
		return refused ?? this.#enter(client, channel ?? this.#open(client, name, join.password), join.member);
	}

	/** Takes a member out; the last one closes the channel, and the password with it. */
	leave(member: Membership, why: ChannelLeaving): void {
		if (member.isOver) return;
		const { channel, client, id } = member;
		member.isOver = true;
		member.underWay.release();
		channel.members.delete(id);
		const joined = this.#joined.get(client.peer);
		joined?.delete(channel.name);
		if (joined?.size === 0) this.#joined.delete(client.peer);
		this.#count(client, -1);
		// Where its connection ends, all that is on its way to it ends too.
		if (why !== 'gone') this.#post.forget(member);
		if (channel.members.size === 0) this.#channels.delete(channel.name);
		else this.#post.tell(channel, { left: id, why }, [...channel.members.values()]);
	}

	#unlock(client: ChannelClient, channel: Channel, password: string | undefined, nowMs: number): Refusal | undefined {
		if (channel.lock.isOpen) return password === undefined ? undefined : refusal('no_password');
		const waitMs = this.#guesses.waitMs(client, channel, nowMs);
		if (waitMs > 0) return refusal('too_many_guesses', { retryAfterS: Math.ceil(waitMs / 1000) });
		const right = channel.lock.fits(password);
		this.#guesses.tried(client, channel, right, nowMs);
		return right ? undefined : refusal('wrong_password');
	}

	#lackOfRoom(client: ChannelClient, channel: Channel | undefined, member: string): Refusal | undefined {
		const { maxChannels, maxMembers, maxPerAddress } = this.#bounds;
		if (channel === undefined && this.#channels.size >= maxChannels) return refusal('too_many_channels');
		if ((this.#perSource.get(client.source) ?? 0) >= maxPerAddress) return refusal('too_many_channels');
		if (channel?.members.has(member) === true) return refusal('member_taken');
		return (channel?.members.size ?? 0) >= maxMembers ? refusal('channel_full') : undefined;
	}

	#open(client: ChannelClient, name: string, password: string | undefined): Channel {
		const channel = new Channel(name, password);
		channel.tries.trust(client.source);
		this.#channels.set(name, channel);
		return channel;
	}

	#enter(client: ChannelClient, channel: Channel, id: string): Membership {
		const member = new Membership(channel, id, client, this.#bounds.maxBytesInFlight);
		const others = [...channel.members.values()];
		channel.members.set(id, member);
		const joined = this.#joined.get(client.peer) ?? new Map<string, Membership>();
		this.#joined.set(client.peer, joined.set(channel.name, member));
		this.#count(client, 1);
		this.#post.tell(channel, { joined: id }, others);
		return member;
	}

	#count({ isRemote, source }: ChannelClient, more: 1 | -1): void {
		if (!isRemote) return;
		const count = (this.#perSource.get(source) ?? 0) + more;
		if (count === 0) this.#perSource.delete(source);
		else this.#perSource.set(source, count);
	}
}
