import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartupError, type Logger } from '@tollgate/base';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { installBodyParsers } from './body-parsers.js';
import type { Certificate } from './certificate.js';
import { contractContentType, toApimError } from './error-filter.js';
import { contractError, ErrorShapeRegistry } from './error-shapes.js';
import { nestLogger } from './nest-logger.js';
import { drainUnreadBodies } from './unread-body.js';

export interface HttpAppOptions {
  readonly https: {
    readonly port: number;
    readonly host: string;
    readonly certificate: Certificate;
    /** Clients are asked for a certificate; which one counts is for others to say. `ca`: PEM of those who sign them. */
    readonly clientCertificates?: { readonly ca: string | undefined };
  };
  /** Plain HTTP beside it, loopback unless configured. */
  readonly http: { readonly port: number; readonly host: string } | null;
  readonly maxBodyBytes: number;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed; default none. */
  readonly trustedProxies?: readonly string[];
  readonly log: Logger;
}

export interface HttpApp {
  readonly nest: NestFastifyApplication;
  /** Opens both listeners. @throws StartupError when a port is taken */
  listen(): Promise<void>;
  /** Ports that are really open (0 in the options means any free one). */
  ports(): { https: number; http: number | null };
  /** Stops accepting, lets running requests finish, runs Nest's shutdown hooks. */
  close(): Promise<void>;
}

/** A Nest application on Fastify with strict body parsing, HTTPS and plain HTTP listeners on one router. */
export async function createHttpApp(rootModule: unknown, options: HttpAppOptions): Promise<HttpApp> {
  let application: NestFastifyApplication | undefined;
  const adapter = new FastifyAdapter({
    // What Fastify refuses before there is a route, for example a path with a broken percent-encoding.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const shapes = application?.get(ErrorShapeRegistry, { strict: false });
      const wire = (shapes?.forPath(request.url) ?? contractError)(toApimError(error), request);
      void reply
        .status(wire.status)
        .header('content-type', wire.contentType ?? contractContentType)
        .send(wire.body);
    },
    https: tlsOf(options.https),
    bodyLimit: options.maxBodyBytes,
    ...(options.trustedProxies?.length ? { trustProxy: [...options.trustedProxies] } : {}),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    genReqId: () => randomUUID(),
    logger: false,
    forceCloseConnections: 'idle',
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const nest = await NestFactory.create<NestFastifyApplication>(rootModule as never, adapter, {
    bodyParser: false,
    logger: nestLogger(options.log),
    abortOnError: false,
  });
  application = nest;
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  installBodyParsers(fastify);
  drainUnreadBodies(fastify);
  await fastify.register(multipart as never, {
    limits: { fileSize: options.maxBodyBytes, files: 10, fields: 100, parts: 110 },
  });
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
  await nest.init();
  return withListeners(nest, fastify, options);
}

function tlsOf({ certificate: { cert, key }, clientCertificates }: HttpAppOptions['https']): object {
  if (!clientCertificates) return { cert, key };
  // Without authorities of ours none is trusted: those of the public would vouch for anybody.
  const ca = clientCertificates.ca ?? [];
  return { cert, key, ca, requestCert: true, rejectUnauthorized: false };
}

function withListeners(nest: NestFastifyApplication, fastify: FastifyInstance, options: HttpAppOptions): HttpApp {
  let plain: Server | null = null;
  return {
    nest,
    async listen() {
      await explained(options.https.port, 'https_port', () =>
        fastify.listen({ port: options.https.port, host: options.https.host }),
      );
      if (!options.http) return;
      const server = createServer((request, response) => fastify.routing(request, response));
      plain = server;
      await explained(options.http.port, 'http_port', () =>
        listening(server, options.http?.port ?? 0, options.http?.host ?? '127.0.0.1'),
      );
    },
    ports: () => ({ https: portOf(fastify.server), http: plain ? portOf(plain) : null }),
    async close() {
      const open = plain;
      if (open) {
        const closed = new Promise<void>((resolve) => open.close(() => resolve()));
        open.closeIdleConnections();
        await closed;
      }
      await nest.close();
    },
  };
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function explained(port: number, key: string, open: () => Promise<unknown>): Promise<void> {
  try {
    await open();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const cure = `Stop what uses it, set [tollgate.management] ${key}, or move all ports with [server] offset (TOLLGATE_SERVER__OFFSET=1).`;
    if (code === 'EADDRINUSE') throw new StartupError([`Port ${port} is taken. ${cure}`]);
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new StartupError([`Port ${port} cannot be opened (${code}). ${cure}`]);
    throw error;
  }
}
