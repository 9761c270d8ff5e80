export { Broker } from './broker.ts';
export { type BrokerConfig, brokerConfig, configuredAccounts, configuredCluster } from './config.ts';
export { hubOptions } from './hub.ts';
export { askRedis, type RedisAnswer } from './io/ask-redis.ts';
export type { Addresses } from './listening.ts';
export type { BrokerOptions, Directory, Limits } from './options.ts';
export { stateMigrations } from './persistence/tables.ts';
