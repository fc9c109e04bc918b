import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { safeMessage } from '@tollgate/base';
import { Agent, request, type Dispatcher } from 'undici';
import type { z } from 'zod';
import {
  changesSchema,
  etagOf,
  gatewayWelcomeSchema,
  hubStateSchema,
  revealedTokensSchema,
  snapshotSchema,
  type Changes,
  type DeploymentAcknowledgement,
  type GatewayNotification,
  type GatewayWelcome,
  type HubState,
  type NodeReport,
  type Snapshot,
} from '../contract/index.js';
import type { ControlPlaneClient } from './control-plane-client.js';

const unzip = promisify(gunzip);
const basePath = '/internal/data/v1';
/** A snapshot of 10,000 APIs has some 100 MB; beyond this something is wrong. */
const mostBytes = 1024 * 1024 * 1024;

export interface HttpControlPlaneOptions {
  /** Tried in order; the one that answered last goes first. Only the origin counts, so `https://cp:9443/services/` fits. */
  readonly baseUrls: readonly string[];
  readonly credentials: { readonly username: string; readonly password: string };
  /** Extra authorities to trust, PEM. */
  readonly ca?: string | Buffer;
  /** Default true. False only where the control plane's certificate is self-signed and the network is trusted. */
  readonly verifyCertificate?: boolean;
  /** For connecting and for each wait on bytes; default 5,000. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Buffer;
}

/** The control plane's internal data API as gateways and traffic managers use it. Every method rejects when no address answers rightly. */
export class HttpControlPlane implements ControlPlaneClient {
  readonly #agent: Agent;
  readonly #authorization: string;
  readonly #timeoutMs: number;
  #origins: readonly string[];

  constructor(options: HttpControlPlaneOptions) {
    const { username, password } = options.credentials;
    this.#origins = options.baseUrls.map((url) => new URL(url).origin);
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    const tls = { rejectUnauthorized: options.verifyCertificate ?? true, ...(options.ca ? { ca: options.ca } : {}) };
    const timeouts = { headersTimeout: this.#timeoutMs, bodyTimeout: this.#timeoutMs };
    this.#agent = new Agent({ ...timeouts, maxResponseSize: mostBytes, connect: { timeout: this.#timeoutMs, ...tls } });
  }

  async fetchSnapshot(have: HubState | null): Promise<Snapshot | 'not-modified'> {
    const headers: Record<string, string> = have ? { 'if-none-match': etagOf(have) } : {};
    const answer = await this.#ask('GET', '/snapshot', { headers, accept: [200, 304] });
    return answer.status === 304 ? 'not-modified' : parsed(snapshotSchema, answer);
  }

  async fetchChanges(since: number, epoch: string): Promise<Changes | 'gone'> {
    const query = new URLSearchParams({ since: String(since), epoch });
    const answer = await this.#ask('GET', `/changes?${query.toString()}`, { accept: [200, 410] });
    return answer.status === 410 ? 'gone' : parsed(changesSchema, answer);
  }

  async fetchState(): Promise<HubState> {
    return parsed(hubStateSchema, await this.#ask('GET', '/state', { accept: [200] }));
  }

  async notifyGateway(notification: GatewayNotification): Promise<GatewayWelcome> {
    return parsed(
      gatewayWelcomeSchema,
      await this.#ask('POST', '/notify-gateway', { body: notification, accept: [200] }),
    );
  }

  async reportNode(report: NodeReport): Promise<void> {
    await this.#ask('POST', '/notify-node', { body: report, accept: [200] });
  }

  async acknowledgeDeployments(acknowledgements: readonly DeploymentAcknowledgement[]): Promise<void> {
    const body = { count: acknowledgements.length, list: acknowledgements };
    await this.#ask('POST', '/notify-api-deployment-status', { body, accept: [200] });
  }

  async revealTokens(tokens: readonly string[]): Promise<(string | null)[]> {
    const answer = await this.#ask('POST', '/reveal-tokens', { body: { tokens }, accept: [200] });
    const { jwts } = parsed(revealedTokensSchema, answer);
    if (jwts.length !== tokens.length) throw new Error(`POST ${basePath}/reveal-tokens: not one answer per token`);
    return jwts;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    options: { headers?: Record<string, string>; body?: object; accept: readonly number[] },
  ): Promise<Answer> {
    const failures: string[] = [];
    for (const origin of this.#origins) {
      try {
        const answer = await this.#askOne(origin, method, path, options);
        if (!options.accept.includes(answer.status)) throw new Error(`answered ${answer.status}`);
        this.#origins = [origin, ...this.#origins.filter((other) => other !== origin)];
        return answer;
      } catch (error) {
        failures.push(`${origin}: ${safeMessage(error)}`);
      }
    }
    throw new Error(
      `${method} ${basePath}${path.replace(/\?.*/, '')}: ${failures.join('; ') || 'no address configured'}`,
    );
  }

  async #askOne(
    origin: string,
    method: 'GET' | 'POST',
    path: string,
    options: { headers?: Record<string, string>; body?: object },
  ): Promise<Answer> {
    const headers = { authorization: this.#authorization, 'accept-encoding': 'gzip', ...options.headers };
    const response = await request(`${origin}${basePath}${path}`, {
      dispatcher: this.#agent,
      method,
      headers: options.body ? { ...headers, 'content-type': 'application/json' } : headers,
      body: options.body ? JSON.stringify(options.body) : null,
    });
    const raw = Buffer.from(await response.body.arrayBuffer());
    const body =
      response.headers['content-encoding'] === 'gzip' ? await unzip(raw, { maxOutputLength: mostBytes }) : raw;
    return { status: response.statusCode, headers: response.headers, body };
  }
}

function parsed<T>(schema: z.ZodType<T>, answer: Answer): T {
  return schema.parse(JSON.parse(answer.body.toString('utf8')));
}
