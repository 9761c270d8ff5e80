/**
 * What the doctor can find, in words for programs: they stay the same where the sentences are improved. An error that the
 * reference lists is found by its own code. docs/guides/doctor.md names each.
 */
export const findingCodes = [
	'NOT_LOOKED_AT',
	...(['NODE_TOO_OLD', 'PROCESSOR_UNSUPPORTED', 'PROCESSOR_UNTRIED'] as const),
	...(['CONFIGURATION_INVALID', 'CONFIGURATION_UNREADABLE', 'CONFIGURATION_NOT_GIVEN'] as const),
	...(['CLOCK_IMPOSSIBLE', 'CLOCK_NOT_SET', 'CLOCK_UNKNOWN', 'TIME_ZONE_UTC'] as const),
	...(['DISK_READ_ONLY', 'DISK_FULL', 'DISK_LOW', 'DATA_FORBIDDEN', 'MEDIUM_ERRORS', 'MEDIUM_WORN'] as const),
	'BACKUP_OLD',
	...(['BROKER_AWAY', 'BROKER_REFUSES', 'SERVICES_AWAY', 'SERVICE_MISSING'] as const),
	...(['REDIS_AWAY', 'REDIS_REFUSES', 'REDIS_UNSUITED', 'REDIS_CANNOT_WRITE', 'REDIS_FORGETS'] as const),
	...(['REDIS_MAY_LOSE', 'REDIS_EVICTS', 'REDIS_FULL', 'REDIS_NEARLY_FULL', 'ACCOUNTS_WITHOUT_ADMIN'] as const),
	...(['NODES_AWAY', 'NODE_SILENT', 'NODE_CLOCK', 'NODE_VERSIONS'] as const),
	...(['CONSOLE_KERNEL', 'CONSOLE_LOGIN'] as const),
	...(['LINE_SILENT', 'LINE_NOISE', 'LINE_PARITY_ODD', 'LINE_NOT_TIC', 'LINE_MODE', 'LINE_FORMAT'] as const),
	...(['LINE_REPORTED', 'LINE_TAKEN'] as const),
	...(['I2C_MISSING', 'I2C_FORBIDDEN', 'I2C_UNUSABLE', 'I2C_TAKEN'] as const),
	...(['BOARD_SILENT', 'BOARD_ELSEWHERE', 'BOARD_OTHER_CHIP', 'BOARD_TAKEN', 'BOARD_REPORTED'] as const),
	'BOARD_UNCONFIGURED',
	...(['INFLUXDB_AWAY', 'STORE_REPORTED'] as const),
	...(['ALERTS_NOWHERE', 'ALERT_CHANNEL_FAILS', 'ALERT_ON'] as const),
	...(['CERTIFICATE_UNUSABLE', 'CERTIFICATE_ENDED', 'CERTIFICATE_NOT_YET', 'CERTIFICATE_ENDS_SOON'] as const),
	...(['SHEDDING_OFF', 'FALLBACK_OFF', 'NOTHING_CAN_WAIT', 'LOAD_RECORDED', 'PHASE_NOT_MEASURED'] as const),
	...(['LIMIT_UNKNOWN', 'REST_ABOVE_LIMIT', 'CIRCUIT_ABOVE_LIMIT', 'CIRCUIT_NEVER_FITS', 'NO_SIGNAL_TRIPS'] as const),
] as const;

/** One of them. */
export type FindingCode = (typeof findingCodes)[number];
