import { StartupError } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import type { ControlPlaneClient } from './control-plane-client.js';
import { openControlPlane } from './open-control-plane.js';

const credentials = { username: 'hub', password: 'hub-secret' };
const absent = (): ControlPlaneClient => {
  throw new Error('nothing is provided');
};

describe('opening the control plane', () => {
  it('without an address takes the one in this process', () => {
    const own = {} as ControlPlaneClient;
    expect(openControlPlane({ url: undefined, caFile: undefined, credentials }, () => own)).toBe(own);
  });

  it('without an address and without one in this process says what to configure', () => {
    expect(() => openControlPlane({ url: undefined, caFile: undefined, credentials }, absent)).toThrow(
      new StartupError([
        '[apim.event_hub] service_url is missing: name the control plane, or run the role event-hub in this process too.',
      ]),
    );
  });

  it('with a certificate file that cannot be read says which', () => {
    const address = { url: 'https://localhost:9443', caFile: '/nowhere/ca.pem', credentials };
    expect(() => openControlPlane(address, absent)).toThrow('Cannot read /nowhere/ca.pem');
  });

  it('with an address asks over HTTP, and rejects while nobody is there', async () => {
    const remote = openControlPlane({ url: 'http://127.0.0.1:1', caFile: undefined, credentials }, absent);
    await expect(remote.fetchState()).rejects.toThrow();
    await remote.close();
  });
});
