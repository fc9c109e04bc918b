import { readFileSync } from 'node:fs';
import type { ModuleRef } from '@nestjs/core';
import { HttpControlPlane } from '@tollgate/deployment/client';
import type { ControlPlanePort } from '@tollgate/deployment/domain';
import type { TrafficManagerSettings } from './settings.js';

export interface OpenControlPlane extends ControlPlanePort {
  close(): Promise<void>;
}

/** The control plane over HTTP, or the one that runs in this process. */
export async function openControlPlane(
  settings: TrafficManagerSettings,
  modules: ModuleRef,
): Promise<OpenControlPlane> {
  const { controlPlaneUrl: url, controlPlaneCaFile: caFile, credentials } = settings;
  if (url === undefined) return localControlPlane(modules);
  return new HttpControlPlane({ baseUrls: [url], credentials, ...(caFile ? { ca: readFileSync(caFile) } : {}) });
}

/** Loaded only here, so that a traffic manager of its own never loads the database layer. */
async function localControlPlane(modules: ModuleRef): Promise<OpenControlPlane> {
  const { HubReader } = await import('@tollgate/deployment/server');
  const hub = modules.get(HubReader, { strict: false });
  return {
    fetchState: () => hub.state(),
    fetchChanges: (since, epoch) => hub.changes(since, epoch),
    fetchSnapshot: async (have) => {
      const state = await hub.state();
      const isSame =
        have !== null && have.epoch === state.epoch && have.seq === state.seq && have.digest === state.digest;
      return isSame ? 'not-modified' : hub.snapshot();
    },
    close: () => Promise.resolve(),
  };
}
