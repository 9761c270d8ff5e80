/** The configuration that this service owns, for whoever reads a house's file: nothing of the service loads with it. */
export { bridgeFaults, bridgeSections } from './config.ts';
