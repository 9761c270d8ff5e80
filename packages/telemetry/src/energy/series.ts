/** Registers of active energy, as the meters name them. */
export const ENERGY_SERIES = 'reading.energyWh';
/** What a supplier's register stood for. */
export const MEANING_SERIES = 'tariff.register';
/** The tariff in force in the house. */
export const PERIOD_SERIES = 'tariff.period';
export const COLOUR_SERIES = 'tariff.colour';
/** What a register stood at when the tariff in force changed, as a text: texts are kept to the moment. */
export const MARK_SERIES = 'tariff.mark';
/** Which meter it is that is read. */
export const IDENTITY_SERIES = 'reading.identity';
