import type { HouseSections } from '@pilotwire/contract';
import type { ConfigList } from '@pilotwire/runtime';
import type { House } from './config.ts';

/** The lists of the configuration that pages change, and no other: nothing secret is among them. */
export const partLists: Readonly<Record<keyof HouseSections, ConfigList>> = {
	rooms: { path: ['rooms'], key: 'id' },
	boards: { path: ['boards', 'modules'], key: 'address', keyDefault: 0x20 },
	radiators: { path: ['radiators'], key: 'id' },
	switches: { path: ['switches'], key: 'id' },
	relays: { path: ['relays'], key: 'id' },
};

/** The parts of a house as its services have them. */
export function partsOf({ rooms, boards, radiators, switches, relays }: House): HouseSections {
	const isRelay = (id: string): boolean => relays.some((relay) => relay.id === id);
	const plain = structuredClone({
		...{ rooms, radiators, relays, boards: boards.modules },
		switches: switches.filter(({ id }) => !isRelay(id)),
	});
	return plain as unknown as HouseSections;
}

/** A file to start from: one board, one radiator, and where the rest goes. */
export const starterFile = `# The configuration of a house: pilotwire up --config house.yaml
# Every setting: docs/reference/configuration.md

site: home

# Where the meter's bytes come from. A Raspberry Pi's serial port; another machine's: tcp:pi.local:3000
meters:
  - id: main
    source: "serial:/dev/ttyAMA0"

# 0.0.0.0 opens the page to phones on your network; 127.0.0.1 keeps it on this machine.
web:
  host: 0.0.0.0
  port: 8080

rooms:
  - id: salon
    name: Salon

# The boards that drive the pilot wires: their address, and the phase that feeds their radiators.
boards:
  bus: 1
  modules:
    - address: 0x20
      phase: 1

# Each radiator: where its pilot wire ends, and the power on its plate. Priority 1 waits last.
radiators:
  - id: salon
    name: Salon
    room: salon
    board: 0x20
    wire: 1
    powerW: 1500
    priority: 1
`;
