import { permittedCallers } from '../../filters/permitted-callers.js';
import { statusRefusal } from '../../pipeline/verdict.js';
import type { PolicyFactory } from '../policy.js';

const refused = statusRefusal(403, 'Forbidden', 'The API is not open to this address.');

export const restrictIpAddress: PolicyFactory<'restrictIpAddress'> = ({ mode, addresses }) => {
  const list = permittedCallers(addresses.replaceAll(/\s+/g, ','), '');
  if (list === null) throw new Error('restrictIpAddress: its addresses cannot be read.');
  const passes = mode === 'allow';
  return { request: ({ clientIp }) => (list.allows(clientIp, undefined) === passes ? null : refused) };
};
