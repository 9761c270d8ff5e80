import { controlServices } from './control-services.ts';
import { otherServices } from './other-services.ts';
import type { Rights } from './rights.ts';

/** What every service has, whatever it does; clearing a command that came retained is part of reading it. */
export const anyService: Rights = {
	publish: ['{site}/services/{self}/status', '{site}/services/{self}/rpc/+', '{site}/services/{self}/rpc/+/reply'],
	read: ['{site}/services/{self}/rpc/+'],
};

/** What each service has besides, by name. */
export const services: Readonly<Record<string, Rights>> = { ...controlServices, ...otherServices };
