export { chooseRoles, readArguments } from './arguments.js';
export type { StartArguments } from './arguments.js';
export { databaseAddress } from './database-address.js';
export { hubConnection } from './hub-connection.js';
export { launch } from './launch.js';
export type { LaunchOptions, Running } from './launch.js';
export { roleNames } from './role.js';
export type { Role, RoleName } from './role.js';
export { run } from './run.js';
