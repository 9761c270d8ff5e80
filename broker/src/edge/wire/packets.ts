import type { Properties } from './properties.ts';

/** Protocol level: 3 is MQTT 3.1, 4 is 3.1.1. */
export type Version = 3 | 4 | 5;

export type Qos = 0 | 1 | 2;

/** What a client leaves to be said when its connection breaks. */
export interface Will {
	readonly topic: string;
	readonly payload: Buffer;
	readonly qos: Qos;
	readonly retain: boolean;
	readonly properties: Properties;
}

export interface Connect {
	readonly type: 'connect';
	readonly version: Version;
	readonly clientId: string;
	/** Whether an earlier session is to be forgotten. */
	readonly clean: boolean;
	/** s; 0: none */
	readonly keepAlive: number;
	readonly properties: Properties;
	readonly will: Will | undefined;
	readonly name: string | undefined;
	readonly secret: Buffer | undefined;
}

export interface Publish {
	readonly type: 'publish';
	/** Empty where a topic alias stands for it. */
	readonly topic: string;
	/** A view of the bytes that came. */
	readonly payload: Buffer;
	readonly qos: Qos;
	readonly retain: boolean;
	readonly dup: boolean;
	/** 0 at QoS 0. */
	readonly id: number;
	readonly properties: Properties | undefined;
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP. */
export interface Ack {
	readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
	readonly id: number;
	readonly reason: number;
}

/** One filter of a SUBSCRIBE, with its options (MQTT 5 section 3.8.3.1). */
export interface Wanted {
	readonly filter: string;
	readonly qos: Qos;
	/** No local: not what this client itself publishes. */
	readonly nl: boolean;
	/** Retain as published: the flag stays as it came. */
	readonly rap: boolean;
	/** Retain handling: 0 send what is retained, 1 only for a new subscription, 2 don't. */
	readonly rh: 0 | 1 | 2;
}

export interface Subscribe {
	readonly type: 'subscribe';
	readonly id: number;
	readonly wanted: readonly Wanted[];
	/** Subscription identifier. */
	readonly identifier: number | undefined;
}

export interface Unsubscribe {
	readonly type: 'unsubscribe';
	readonly id: number;
	readonly filters: readonly string[];
}

export interface Disconnect {
	readonly type: 'disconnect';
	readonly reason: number;
	readonly properties: Properties;
}

export interface Bare {
	readonly type: 'pingreq' | 'auth';
}

/** A packet that a client may send. */
export type Packet = Connect | Publish | Ack | Subscribe | Unsubscribe | Disconnect | Bare;
