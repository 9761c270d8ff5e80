/** The configuration that this service owns, for whoever reads a house's file: nothing of the service loads with it. */
export { switchActuatorSections, switchTopics } from './config.ts';
export { switchActuatorFaults } from './faults.ts';
export { relayAsSwitch, relayFaults } from './relays.ts';
