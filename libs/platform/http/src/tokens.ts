/** Injection token of the HTTP platform's logger. */
export const httpLogger = Symbol('tollgate.http.logger');
