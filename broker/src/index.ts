export { hashSecret } from './accounts.ts';
export { type Addresses, Broker } from './broker.ts';
export { type BrokerConfig, brokerConfig, configuredAccounts } from './config.ts';
export { type Account, type Authenticate, type BrokerOptions, defaultLimits, type Limits } from './options.ts';
