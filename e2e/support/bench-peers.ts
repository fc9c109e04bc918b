import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './settings.js';

/** Core of whatever is measured; load and back end have the other. */
export const [gatewayCore, loadCore] = ['0', '1'] as const;

/** A program on one core, listening on one port of the loopback interface. */
export interface Peer {
  readonly pid: number;
  stop(): Promise<void>;
}

/** @throws Error when it ends, or does not listen within 10 s */
async function start(core: string, port: number, program: string, args: readonly string[]): Promise<Peer> {
  const child: ChildProcess = spawn('taskset', ['-c', core, program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  for (let tries = 0; !(await listens(port)); tries++) {
    if (child.exitCode !== null || tries > 100) throw new Error(`${program} does not listen on port ${port}`);
    await sleep(100);
  }
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function nginxConf(folder: string, http: string, modules = ''): string {
  return `${modules}
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 100000000;
  ${http}
}
`;
}

function startNginx(core: string, folder: string, port: number, http: string, modules = ''): Promise<Peer> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, http, modules));
  return start(core, port, '/usr/sbin/nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')]);
}

/** The back end of everything: 800 bytes of JSON for any path. */
export function startNginxBackEnd(folder: string, port: number): Promise<Peer> {
  const body = JSON.stringify({ menu: 'x'.repeat(789) });
  const answer = `default_type application/json; return 200 '${body}';`;
  return startNginx(
    loadCore,
    folder,
    port,
    `server { listen 127.0.0.1:${port} backlog=4096; location / { ${answer} } }`,
  );
}

const proxied = `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://back_end;`;

function upstream(backEnd: number): string {
  return `upstream back_end { server 127.0.0.1:${backEnd}; keepalive 256; keepalive_requests 100000000; }`;
}

/** nginx as a plain reverse proxy. */
export function startNginxProxy(folder: string, port: number, backEnd: number): Promise<Peer> {
  const server = `server { listen 127.0.0.1:${port} backlog=4096; location / { ${proxied} } }`;
  return startNginx(gatewayCore, folder, port, `${upstream(backEnd)}\n${server}`);
}

/** nginx with Lua: a token that a shared cache knows passes and is counted. The cache is filled before the first request. */
export function startNginxLua(folder: string, port: number, backEnd: number, token: string): Promise<Peer> {
  const access = `access_by_lua_block {
      local sent = ngx.var.http_authorization
      local expires = sent and ngx.shared.tokens:get(sent:sub(8))
      if not expires or expires < ngx.time() then return ngx.exit(401) end
      ngx.shared.counters:incr("application", 1, 0)
    }`;
  const http = `lua_shared_dict tokens 10m; lua_shared_dict counters 10m;
  init_by_lua_block { ngx.shared.tokens:set("${token}", ngx.time() + 3600) }
  ${upstream(backEnd)}
  server { listen 127.0.0.1:${port} backlog=4096; location / { ${access} ${proxied} } }`;
  const modules = ['ndk_http', 'ngx_http_lua'].map((name) => `load_module /usr/lib/nginx/modules/${name}_module.so;`);
  return startNginx(gatewayCore, folder, port, http, modules.join('\n'));
}

/** HAProxy with one thread that verifies the signature of each request's token and its expiry. @param pem public key */
export function startHaproxy(folder: string, port: number, backEnd: number, pem: string): Promise<Peer> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'key.pem'), pem);
  const conf = `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
frontend in
  bind 127.0.0.1:${port} backlog 4096
  http-request set-var(txn.token) http_auth_bearer
  http-request deny deny_status 401 unless { var(txn.token),jwt_header_query('$.alg') -m str RS256 }
  http-request deny deny_status 401 unless { var(txn.token),jwt_verify("RS256","${folder}/key.pem") -m int 1 }
  http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  default_backend out
backend out
  http-reuse always
  server one 127.0.0.1:${backEnd}
`;
  writeFileSync(join(folder, 'haproxy.cfg'), conf);
  return start(gatewayCore, port, '/usr/sbin/haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')]);
}

const npmPeers = join(root, 'node_modules/.cache/bench-peers');

/** The npm package http-proxy, installed into a folder of its own. */
export function startHttpProxy(port: number, backEnd: number): Promise<Peer> {
  if (!existsSync(join(npmPeers, 'node_modules/http-proxy'))) {
    mkdirSync(npmPeers, { recursive: true });
    writeFileSync(join(npmPeers, 'package.json'), '{ "private": true }\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', npmPeers, 'http-proxy@1.18.1']);
  }
  const script = join(root, 'e2e/bench/peers/http-proxy.cjs');
  return start(gatewayCore, port, process.execPath, [
    '--no-deprecation',
    script,
    npmPeers,
    String(port),
    String(backEnd),
  ]);
}
