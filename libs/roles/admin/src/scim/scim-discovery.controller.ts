import { Controller, Inject, Param, UseInterceptors } from '@nestjs/common';
import { tollgateConfig } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import { Operation, Query } from '@tollgate/http';
import { z } from 'zod';
import {
  refuseFilter,
  resourceTypeList,
  resourceTypeNamed,
  schemaList,
  schemaNamed,
  serviceProviderConfig,
} from './discovery.js';
import { ScimMediaType } from './scim-media-type.js';
import { discoveryBase } from './scim-scope.js';

const auth = 'public';
const query = z.object({ filter: z.string().max(8000).optional() });
type DiscoveryQuery = z.infer<typeof query>;

/** What this service can do, open to everybody (RFC 7644 section 4). */
@UseInterceptors(ScimMediaType)
@Controller(['/scim2', '/t/:tenant/scim2'])
export class ScimDiscoveryController {
  constructor(@Inject(tollgateConfig) private readonly config: TollgateConfig) {}

  @Operation({ method: 'GET', path: '/ServiceProviderConfig', auth, summary: 'What this service supports', query })
  configuration(@Query() { filter }: DiscoveryQuery, @Param('tenant') tenant?: string): object {
    refuseFilter(filter);
    return serviceProviderConfig(discoveryBase(tenant), this.config.tollgate.management.max_body_bytes);
  }

  @Operation({ method: 'GET', path: '/ResourceTypes', auth, summary: 'Kinds of resources', query })
  types(@Query() { filter }: DiscoveryQuery, @Param('tenant') tenant?: string): object {
    refuseFilter(filter);
    return resourceTypeList(discoveryBase(tenant));
  }

  @Operation({ method: 'GET', path: '/ResourceTypes/:name', auth, summary: 'One kind of resource' })
  type(@Param('name') name: string, @Param('tenant') tenant?: string): object {
    return resourceTypeNamed(name, discoveryBase(tenant));
  }

  @Operation({ method: 'GET', path: '/Schemas', auth, summary: 'Attributes of the kinds', query })
  schemas(@Query() { filter }: DiscoveryQuery, @Param('tenant') tenant?: string): object {
    refuseFilter(filter);
    return schemaList(discoveryBase(tenant));
  }

  @Operation({ method: 'GET', path: '/Schemas/:id', auth, summary: 'Attributes of one schema' })
  schema(@Param('id') id: string, @Param('tenant') tenant?: string): object {
    return schemaNamed(id, discoveryBase(tenant));
  }
}
