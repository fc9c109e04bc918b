import { gatewayTypes } from '@tollgate/deployment/domain';
import type { Environment, EnvironmentInput } from '@tollgate/deployment/server';
import { z } from 'zod';

/** Everything but spaces and characters that have a meaning in URLs, shells or record ids. */
const nameForm = /^[^~!@#;:%^*()+={}|\\<>"',&$\s]*$/;
/** RFC 1123 section 2.1. */
const hostForm =
  /^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])$/;
const port = z.int('A port is a whole number.').min(1, 'A port is at least 1.').max(65_535, 'A port is at most 65535.');

const vhost = z.object({
  host: z.string().min(1).max(255).regex(hostForm, 'Use a host name such as gw.example.com.'),
  httpContext: z
    .string()
    .max(255)
    .regex(
      /^\/?([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
      'Use one path segment of letters, digits and "-".',
    )
    .default(''),
  httpPort: port.default(80),
  httpsPort: port.default(443),
  wsPort: port.default(9099),
  wssPort: port.default(8099),
});

const permissions = z
  .object({
    permissionType: z.enum(['PUBLIC', 'ALLOW', 'DENY']).default('PUBLIC'),
    roles: z.array(z.string().min(1).max(190)).max(200).default([]),
  })
  .refine((value) => value.permissionType === 'PUBLIC' || value.roles.length > 0, {
    path: ['roles'],
    message: 'Name the roles that the permission is about.',
  });

export const environmentBody = z.object({
  name: z
    .string()
    .min(1)
    .max(190, 'Use at most 190 characters.')
    .regex(nameForm, 'Leave out spaces and ~!@#;:%^*()+={}|\\<>"\',&$.'),
  displayName: z.string().min(1).max(255).optional(),
  description: z.string().max(1023).default(''),
  provider: z.string().min(1).max(255).default('wso2'),
  gatewayType: z
    .enum(gatewayTypes, `This installation deploys to gateways of the type ${gatewayTypes.join(', ')}.`)
    .default('Regular'),
  apiDiscoveryScheduledWindow: z.int().min(0).max(525_600).default(60),
  vhosts: z.array(vhost).min(1, 'Name at least one virtual host.').max(50),
  endpointURIs: z
    .array(z.object({ protocol: z.string().min(1).max(255), endpointURI: z.string().min(1).max(2048) }))
    .max(50)
    .default([]),
  additionalProperties: z
    .array(z.object({ key: z.string().min(1).max(255), value: z.string().max(2048).default('') }))
    .max(100)
    .default([]),
  permissions: permissions.default({ permissionType: 'PUBLIC', roles: [] }),
});
export type EnvironmentBody = z.infer<typeof environmentBody>;

export function toEnvironmentInput(body: EnvironmentBody): EnvironmentInput {
  const { name, description, gatewayType, provider, endpointURIs, additionalProperties } = body;
  return {
    name,
    displayName: body.displayName ?? name,
    description,
    gatewayType,
    vhosts: body.vhosts,
    details: {
      provider,
      serviceUrl: '',
      showInApiConsole: true,
      endpointURIs,
      additionalProperties,
      permissions: body.permissions,
      apiDiscoveryScheduledWindowMinutes: body.apiDiscoveryScheduledWindow,
    },
  };
}

/** `Environment` of the contract. */
export function environmentAnswer(row: Environment): object {
  const {
    provider,
    endpointURIs,
    additionalProperties,
    permissions: allowed,
    apiDiscoveryScheduledWindowMinutes,
  } = row.details;
  return {
    id: row.uuid,
    name: row.name,
    displayName: row.displayName,
    description: row.description,
    provider,
    gatewayType: row.gatewayType,
    isReadOnly: row.isReadOnly,
    apiDiscoveryScheduledWindow: apiDiscoveryScheduledWindowMinutes,
    vhosts: row.vhosts,
    endpointURIs,
    additionalProperties,
    permissions: allowed,
  };
}
