import { alertsSections } from '@pilotwire/alerts/config';
import { bridgeSections } from '@pilotwire/bridge/config';
import { brokerConfig } from '@pilotwire/broker/config';
import { deviceGatewaySections } from '@pilotwire/device-gateway/config';
import { homeAssistantSections } from '@pilotwire/home-assistant/config';
import { hostMonitorSections } from '@pilotwire/host-monitor/config';
import { loadShedderSections } from '@pilotwire/load-shedder/config';
import { meterSections } from '@pilotwire/meter-reader/config';
import { plannerSections } from '@pilotwire/planner/config';
import { radiatorActuatorSections } from '@pilotwire/radiator-actuator/config';
import { remoteAgentSections } from '@pilotwire/remote-agent/config';
import { commonSections, roomSections, tariffSections } from '@pilotwire/runtime';
import { simulatorConfig } from '@pilotwire/simulator/config';
import { switchActuatorSections } from '@pilotwire/switch-actuator/config';
import { telemetrySections } from '@pilotwire/telemetry/config';
import { thermostatSections } from '@pilotwire/thermostat/config';
import { webSections } from '@pilotwire/web/config';
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
