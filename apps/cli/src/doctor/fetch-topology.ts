import { readFileSync } from 'node:fs';
import { safeMessage, StartupError } from '@tollgate/base';
import { nodeLinkSchema, nodeQueueSchema } from '@tollgate/deployment/contract';
import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';

const timeoutMs = 10_000;

/** What the doctor uses of `GET /api/am/admin/v4/topology`. */
const topologySchema = z.object({
  controlPlane: z.object({ seq: z.number() }),
  healthy: z.boolean(),
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      role: z.string(),
      state: z.string(),
      problems: z.array(z.string()),
      lastSeenAt: z.number(),
      seq: z.number(),
      lag: z.number(),
      deadLettered: z.number(),
      links: z.array(nodeLinkSchema),
      queues: z.array(nodeQueueSchema),
    }),
  ),
  brokers: z.array(z.object({ address: z.string(), connected: z.array(z.string()), away: z.array(z.string()) })),
});
export type TopologyView = z.infer<typeof topologySchema>;

export interface TopologyQuestion {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM certificates that the control plane may present besides public ones. */
  readonly caFile: string | undefined;
}

/** Signs in as a client of the administrator's and asks. @throws StartupError with the reason and the cure */
export async function fetchTopology({ url, user, password, caFile }: TopologyQuestion): Promise<TopologyView> {
  const origin = URL.parse(url)?.origin;
  if (!origin) throw new StartupError([`--control-plane "${url}" is no address. Write it as https://host:9443.`]);
  const agent = new Agent({
    connect: caFile === undefined ? {} : { ca: readFileSync(caFile) },
    headersTimeout: timeoutMs,
  });
  const ask = asking(agent, origin);
  try {
    const client = z.object({ clientId: z.string(), clientSecret: z.string() }).parse(
      await ask('POST', '/client-registration/v0.17/register', basic(user, password), {
        clientName: 'tollgate_doctor',
        owner: user,
        grantType: 'client_credentials',
        callbackUrl: origin,
        saasApp: true,
      }),
    );
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'apim:admin' });
    const token = z
      .object({ access_token: z.string() })
      .parse(await ask('POST', '/oauth2/token', basic(client.clientId, client.clientSecret), form));
    return topologySchema.parse(await ask('GET', '/api/am/admin/v4/topology', `Bearer ${token.access_token}`));
  } finally {
    await agent.close();
  }
}

function asking(dispatcher: Agent, origin: string) {
  return async (
    method: Dispatcher.HttpMethod,
    path: string,
    authorization: string,
    body?: object | URLSearchParams,
  ): Promise<unknown> => {
    const isForm = body instanceof URLSearchParams;
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const text = body === undefined ? null : isForm ? body.toString() : JSON.stringify(body);
    const headers = { authorization, ...(text === null ? {} : { 'content-type': type }) };
    const answer = await request(origin + path, { dispatcher, method, headers, body: text }).catch((error: unknown) => {
      throw new StartupError([`${origin} cannot be asked: ${safeMessage(error)}. ${cureOf(safeMessage(error))}`]);
    });
    const received = await answer.body.text();
    if (answer.statusCode >= 300) {
      throw new StartupError([
        `${method} ${origin}${path} answered ${answer.statusCode}: ${received.slice(0, 300)}. Check --user and --password, and that the user is an administrator.`,
      ]);
    }
    return JSON.parse(received);
  };
}

function cureOf(reason: string): string {
  return /certificate|self-signed|altnames/i.test(reason)
    ? 'Name its certificate with --ca-file, for example data/tls/management.crt of the control plane.'
    : 'Check that it runs and the address given with --control-plane.';
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
