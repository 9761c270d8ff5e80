export { type RemoteAgentConfig, remoteAgentFaults, remoteAgentSections } from './config.ts';
export { RemoteAgent } from './service.ts';
