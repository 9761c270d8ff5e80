import { alertsSections } from '@pilotwire/alerts';
import { bridgeSections } from '@pilotwire/bridge';
import { brokerConfig } from '@pilotwire/broker';
import { deviceGatewaySections } from '@pilotwire/device-gateway';
import { homeAssistantSections } from '@pilotwire/home-assistant';
import { hostMonitorSections } from '@pilotwire/host-monitor';
import { loadShedderSections } from '@pilotwire/load-shedder';
import { meterSections } from '@pilotwire/meter-reader';
import { plannerSections } from '@pilotwire/planner';
import { radiatorActuatorSections } from '@pilotwire/radiator-actuator';
import { remoteAgentSections } from '@pilotwire/remote-agent';
import { commonSections, roomSections, tariffSections } from '@pilotwire/runtime';
import { simulatorConfig } from '@pilotwire/simulator';
import { switchActuatorSections } from '@pilotwire/switch-actuator';
import { telemetrySections } from '@pilotwire/telemetry';
import { thermostatSections } from '@pilotwire/thermostat';
import { webSections } from '@pilotwire/web';
import * as z from 'zod';

/** The whole configuration file: each service's sections, put together. */
export const houseSchema = z.strictObject({
	...commonSections,
	broker: brokerConfig.prefault({}).describe('The embedded MQTT broker.'),
	...meterSections,
	...roomSections,
	...tariffSections,
	...radiatorActuatorSections,
	...switchActuatorSections,
	...loadShedderSections,
	...plannerSections,
	...telemetrySections,
	...webSections,
	...homeAssistantSections,
	...thermostatSections,
	...hostMonitorSections,
	...remoteAgentSections,
	...deviceGatewaySections,
	...alertsSections,
	...bridgeSections,
	simulator: simulatorConfig.prefault({}).describe('The simulated house, where something is read from it.'),
});

/** The file as its schema reads it. */
export type HouseFile = z.output<typeof houseSchema>;
