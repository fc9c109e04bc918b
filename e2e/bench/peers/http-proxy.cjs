// Arguments: the folder in which http-proxy is installed, the port to listen on, the port of the back end.
const { Agent, createServer } = require('node:http');
const { createRequire } = require('node:module');

const [, , folder, port, backEnd] = process.argv;
const { createProxyServer } = createRequire(`${folder}/package.json`)('http-proxy');
const proxy = createProxyServer({ target: `http://127.0.0.1:${backEnd}`, agent: new Agent({ keepAlive: true }) });
createServer((request, response) => {
  proxy.web(request, response, {}, () => response.writeHead(502).end());
}).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
