import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const menu = [
  {
    name: 'BBQ Chicken Bacon',
    description: 'Grilled white chicken, hickory-smoked bacon and fresh sliced onions in barbeque sauce',
    price: '9.99',
  },
  {
    name: 'Chicken Parmesan',
    description: 'Grilled chicken, fresh tomatoes, feta and mozzarella cheese',
    price: '12.99',
  },
  {
    name: 'Tuscan Six Cheese',
    description: 'Six cheese blend of mozzarella, Parmesan, Romano, Asiago and Fontina',
    price: '23.99',
  },
];
const maxOrderBytes = 10_000;

export interface PizzaBackEnd {
  readonly url: string;
  close(): Promise<void>;
}

/** The small pizza shop behind the sample API: a menu to read, orders to place and look up. Listens on loopback only. */
export async function startPizzaBackEnd(port: number): Promise<PizzaBackEnd> {
  const orders = new Map<string, object>();
  const server = createServer((request, response) => void serve(request, response, orders));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function serve(request: IncomingMessage, response: ServerResponse, orders: Map<string, object>): Promise<void> {
  const path = request.url?.split('?')[0] ?? '/';
  const order = /^\/order\/(\w+)$/.exec(path)?.[1];
  if (request.method === 'GET' && path === '/menu') return answer(response, 200, menu);
  if (request.method === 'GET' && order !== undefined)
    return answer(
      response,
      orders.has(order) ? 200 : 404,
      orders.get(order) ?? { error: `There is no order ${order}.` },
    );
  if (request.method === 'POST' && path === '/order') return placeOrder(request, response, orders);
  answer(response, 404, { error: 'The pizza shop has /menu and /order.' });
}

async function placeOrder(
  request: IncomingMessage,
  response: ServerResponse,
  orders: Map<string, object>,
): Promise<void> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maxOrderBytes) return answer(response, 413, { error: 'An order has at most 10 kB.' });
  }
  try {
    const id = String(orders.size + 1);
    const order = { orderId: id, ...(JSON.parse(text) as object), delivered: false };
    orders.set(id, order);
    answer(response, 201, order);
  } catch {
    answer(response, 400, { error: 'Send the order as a JSON object.' });
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
