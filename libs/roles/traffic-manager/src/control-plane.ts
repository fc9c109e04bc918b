import { readFileSync } from 'node:fs';
import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { StartupError } from '@tollgate/base';
import { HttpControlPlane } from '@tollgate/deployment/client';
import type { NodeReport } from '@tollgate/deployment/contract';
import type { ControlPlanePort } from '@tollgate/deployment/domain';
import type { TrafficManagerSettings } from './settings.js';

export interface OpenControlPlane extends ControlPlanePort {
  reportNode(report: NodeReport): Promise<void>;
  close(): Promise<void>;
}

/**
 * The control plane over HTTP, or the one that runs in this process.
 * @throws StartupError when there is neither, or its certificate file cannot be read
 */
export async function openControlPlane(
  settings: TrafficManagerSettings,
  modules: ModuleRef,
): Promise<OpenControlPlane> {
  const { controlPlaneUrl: url, controlPlaneCaFile: caFile, credentials } = settings;
  if (url === undefined) return localControlPlane(modules);
  return new HttpControlPlane({ baseUrls: [url], credentials, ...(caFile ? { ca: readCertificates(caFile) } : {}) });
}

function readCertificates(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new StartupError([
      `Cannot read ${file}, named by [tollgate.event_hub] control_plane_ca_file. Check the path and the permissions.`,
    ]);
  }
}

/** Loaded only here, so that a traffic manager of its own never loads the database layer. */
async function localControlPlane(modules: ModuleRef): Promise<OpenControlPlane> {
  const { HubReader, NodeRegistry } = await import('@tollgate/deployment/server');
  const hub = foundIn(modules, HubReader);
  const nodes = foundIn(modules, NodeRegistry);
  return {
    fetchState: () => hub.state(),
    fetchChanges: (since, epoch) => hub.changes(since, epoch),
    fetchSnapshot: async (have) => {
      const state = await hub.state();
      const isSame =
        have !== null && have.epoch === state.epoch && have.seq === state.seq && have.digest === state.digest;
      return isSame ? 'not-modified' : hub.snapshot();
    },
    reportNode: (report) => nodes.report(report),
    close: () => Promise.resolve(),
  };
}

function foundIn<T>(modules: ModuleRef, type: Type<T>): T {
  try {
    return modules.get(type, { strict: false });
  } catch {
    throw new StartupError([
      '[apim.event_hub] service_url is missing: name the control plane, or run the role event-hub in this process too.',
    ]);
  }
}
