import { brokerConfig } from '@pilotwire/broker';
import { loadShedderSections } from '@pilotwire/load-shedder';
import { meterSections } from '@pilotwire/meter-reader';
import { radiatorActuatorSections } from '@pilotwire/radiator-actuator';
import { commonSections, roomSections } from '@pilotwire/runtime';
import { simulatorConfig } from '@pilotwire/simulator';
import { switchActuatorSections } from '@pilotwire/switch-actuator';
import { telemetrySections } from '@pilotwire/telemetry';
import { webSections } from '@pilotwire/web';
import * as z from 'zod';

/** The whole configuration file: each service's sections, put together. */
export const houseSchema = z.strictObject({
	...commonSections,
	broker: brokerConfig.prefault({}).describe('The embedded MQTT broker.'),
	...meterSections,
	...roomSections,
	...radiatorActuatorSections,
	...switchActuatorSections,
	...loadShedderSections,
	...telemetrySections,
	...webSections,
	simulator: simulatorConfig.prefault({}).describe('The simulated house, where something is read from it.'),
});

/** The file as its schema reads it. */
export type HouseFile = z.output<typeof houseSchema>;
