import type { FastifyReply } from 'fastify';
import { projected, type Projection } from './protocol/projection.js';
import type { Resource, ResourceType } from './protocol/schema.js';

/** A resource as it goes out. */
export interface Shown {
  readonly id: string;
  readonly body: Resource;
  /** Entity tag. */
  readonly version: string;
  /** Path. */
  readonly location: string;
}

export interface Showing {
  readonly type: ResourceType;
  readonly projection: Projection;
  /** `If-None-Match` of a read. */
  readonly known?: string | undefined;
  /** Says where a new resource is. */
  readonly isNew?: boolean;
}

/** Sets the headers and gives the body: nothing with 304 when the client has this version (RFC 7644 section 3.14). */
export function answerShown(reply: FastifyReply, shown: Shown, showing: Showing): object | undefined {
  void reply.header('etag', shown.version);
  if (showing.isNew) void reply.header('location', shown.location);
  if (showing.known !== undefined && matchesTag(showing.known, shown.version)) {
    void reply.status(304);
    return undefined;
  }
  return projected(shown.body, showing.type, showing.projection);
}

/** Weak comparison of RFC 9110 section 8.8.3.2. */
export function matchesTag(header: string, version: string): boolean {
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => plain(tag) === plain(version));
}
