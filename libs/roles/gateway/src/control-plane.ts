import { readFileSync } from 'node:fs';
import type { ModuleRef } from '@nestjs/core';
import { StartupError } from '@tollgate/base';
import { controlPlaneUrl, type TollgateConfig } from '@tollgate/config';
import { HttpControlPlane } from '@tollgate/deployment/client';
import type { DeploymentAcknowledgement, GatewayNotification, NodeReport } from '@tollgate/deployment/contract';
import type { ControlPlanePort } from '@tollgate/deployment/domain';

/** What a gateway asks of its control plane, and what it tells it. Every method rejects when it cannot be reached. */
export interface ControlPlane extends ControlPlanePort {
  notifyGateway(notification: GatewayNotification): Promise<void>;
  reportNode(report: NodeReport): Promise<void>;
  acknowledgeDeployments(acknowledgements: readonly DeploymentAcknowledgement[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * The control plane over HTTP, or, when none is configured, the one in this process.
 * @throws StartupError when there is neither, or its certificate file cannot be read
 */
export async function connectControlPlane(config: TollgateConfig, modules: ModuleRef): Promise<ControlPlane> {
  const url = controlPlaneUrl(config);
  return url === undefined ? ownControlPlane(modules) : remoteControlPlane(url, config);
}

function remoteControlPlane(url: string, config: TollgateConfig): ControlPlane {
  const { username, password } = config.apim.event_hub;
  const caFile = config.tollgate.event_hub.control_plane_ca_file;
  return new HttpControlPlane({
    baseUrls: [url],
    credentials: {
      username: username ?? config.super_admin.username,
      password: password ?? config.super_admin.password ?? '',
    },
    ...(caFile === undefined ? {} : { ca: readCertificates(caFile) }),
  });
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartupError([
      `Cannot read ${file}, named by [tollgate.event_hub] control_plane_ca_file. Check the path and the permissions.`,
    ]);
  }
}

/** The classes are loaded only here: a gateway of its own never loads the database code. */
async function ownControlPlane(modules: ModuleRef): Promise<ControlPlane> {
  const { GatewayRegistry, HubReader, NodeRegistry } = await import('@tollgate/deployment/server');
  const reader = modules.get(HubReader, { strict: false });
  const registry = modules.get(GatewayRegistry, { strict: false });
  const nodes = modules.get(NodeRegistry, { strict: false });
  return {
    fetchState: () => reader.state(),
    fetchSnapshot: async (have) => {
      const snapshot = await reader.snapshot();
      return have?.epoch === snapshot.epoch && have.seq === snapshot.seq && have.digest === snapshot.digest
        ? 'not-modified'
        : snapshot;
    },
    fetchChanges: (since, epoch) => reader.changes(since, epoch),
    notifyGateway: async (notification) => void (await registry.notify(notification)),
    reportNode: (report) => nodes.report(report),
    acknowledgeDeployments: (acknowledgements) => registry.acknowledge(acknowledgements),
    close: () => Promise.resolve(),
  };
}
