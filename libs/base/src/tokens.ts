/** Injection tokens of what the launcher gives to every module. Interfaces have no runtime value, so they need names. */
export const tollgateConfig = Symbol.for('tollgate.config');
export const tollgateLogger = Symbol.for('tollgate.logger');
export const tollgateClock = Symbol.for('tollgate.clock');
