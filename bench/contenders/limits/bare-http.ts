/**
 * The least that a Node server can do: it answers each request with the very head and body that Keyward answers `GET /user` with, and looks
 * at nothing. `BARE_ANSWER` is `{headers: [name, value, …], body}`.
 */
import { createServer } from 'node:http';

const { headers, body } = JSON.parse(process.env.BARE_ANSWER ?? '{"headers":[],"body":""}');
createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
