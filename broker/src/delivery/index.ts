export type { Message, MessageProperties, Subscription, Will } from '../persistence/message.ts';
export type { Counters } from './counters.ts';
export { type DeliveryOptions, type OpenDelivery, openDelivery } from './open.ts';
export type { Peer, Sending } from './peer.ts';
export type { Published, Router } from './router.ts';
