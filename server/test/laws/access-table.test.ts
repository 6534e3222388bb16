/**
 * Who may do what: every route, called by everybody. A route that is missing here fails, and so does a line without a route.
 *
 * To add a route, add a line: its method, its path with `{placeholders}` (`ids` in access-world.ts; `{user}` is the user of the second
 * column, `{deleted}` and `{disabled}` those of the sixth and seventh, `{invited}` one who has not come in), and a cell for each caller, or
 * one that holds for all. What it needs in its body stands in `requests`. A line is called in a world of its own wherever it changes
 * something, so no line disturbs another; and what it changes must be in the record, with who, from where, and in which session
 * (`unrecorded` are those that change nothing worth it).
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { describeApi } from '../../src/app/describe-api.ts';
import { asSessionId, asUserId } from '../../src/kernel/ids.ts';
import type { CallOptions } from '../support/client.ts';
import { type Expected, isAbout, type Row, rowsOf, tableBreaches } from './access-rows.ts';
import { type AccessWorld, type Caller, callers, createAccessWorld, password } from './access-world.ts';
import { trailBreaches } from './audit-trail.ts';

/** What stands in the cells for refusals that come often. */
const words = {
  none: '401 missing-credentials',
  dead: '401 invalid-token',
  lacks: '403 insufficient-permission',
  person: '403 api-key-not-accepted',
  'no key': '404 api-key-not-found',
  'no session': '404 session-not-found',
  unknown: '422 invalid-one-time-token',
  unset: '403 invalid-setup-token',
  worthless: '422 invalid-one-time-token',
  ended: '401 invalid-refresh-token',
  out: '401 not-logged-in',
  used: '422 invalid-one-time-token',
  // The same two in the words of RFC 6750, where the route speaks OAuth.
  token: '401 invalid_token',
  scope: '403 insufficient_scope',
};

const table = `
                                                    anonymous  user    other       support     admin       deleted  disabled  key     weak key
  POST    /signup                                   201
  POST    /signup/complete                          unknown
  POST    /email/verification                       202
  POST    /email/verify                             unknown
  POST    /login                                    200
  POST    /setup                                    unset
  POST    /login/email                              202
  POST    /login/email/account                      worthless
  POST    /login/email/verify                       worthless
  POST    /token                                    200
  POST    /revoke                                   200
  POST    /introspect                               token      scope   scope       scope       200         token    token     200     scope

  POST    /invitations/accept                       used
  POST    /email/confirm                            used
  POST    /email/undo                               used

  GET     /refresh-access-token                     ended      200     200         200         200         ended    ended     ended   ended
  POST    /refresh-access-token                     ended      200     200         200         200         ended    ended     ended   ended
  POST    /logout                                   out        200     200         200         200         out      out       out     out

  GET     /user                                     none       200     200         200         200         dead     dead      person  person
  PATCH   /user                                     none       200     200         200         200         dead     dead      person  person
  GET     /user/export                              none       200     200         200         200         dead     dead      person  person
  POST    /user/email                               none       202     202         202         202         dead     dead      person  person
  POST    /user/password                            none       200     200         200         200         dead     dead      person  person
  GET     /sessions                                 none       200     200         200         200         dead     dead      person  person
  DELETE  /sessions                                 none       200     200         200         200         dead     dead      person  person
  DELETE  /sessions/{session}                       none       200     no session  no session  no session  dead     dead      person  person
  POST    /api-keys                                 none       lacks   lacks       lacks       201         dead     dead      person  person
  GET     /api-keys                                 none       200     200         200         200         dead     dead      person  person
  DELETE  /api-keys                                 none       200     200         200         200         dead     dead      person  person
  GET     /api-keys/{key}                           none       200     no key      no key      no key      dead     dead      person  person
  DELETE  /api-keys/{key}                           none       200     no key      no key      no key      dead     dead      person  person

  GET     /users                                    none       lacks   lacks       200         200         dead     dead      200     lacks
  POST    /users                                    none       lacks   lacks       lacks       201         dead     dead      201     lacks
  GET     /users/{user}                             none       lacks   lacks       200         200         dead     dead      200     lacks
  POST    /users/{invited}/invitation               none       lacks   lacks       lacks       202         dead     dead      202     lacks
  PATCH   /users/{user}                             none       lacks   lacks       lacks       200         dead     dead      200     lacks
  DELETE  /users/{user}                             none       200     lacks       lacks       200         dead     dead      200     lacks
  POST    /users/{deleted}/restore                  none       lacks   lacks       lacks       200         dead     dead      200     lacks
  POST    /users/{deleted}/purge                    none       lacks   lacks       lacks       200         dead     dead      200     lacks
  POST    /users/{user}/disable                     none       lacks   lacks       200         200         dead     dead      200     lacks
  POST    /users/{user}/password-reset              none       lacks   lacks       lacks       202         dead     dead      202     lacks
  POST    /users/{disabled}/enable                  none       lacks   lacks       200         200         dead     dead      200     lacks
  GET     /users/{user}/sessions                    none       lacks   lacks       200         200         dead     dead      200     lacks
  DELETE  /users/{user}/sessions                    none       lacks   lacks       200         200         dead     dead      200     lacks
  DELETE  /users/{user}/sessions/{session}          none       lacks   lacks       200         200         dead     dead      200     lacks
  GET     /users/{user}/api-keys                    none       lacks   lacks       200         200         dead     dead      person  person
  DELETE  /users/{user}/api-keys                    none       lacks   lacks       200         200         dead     dead      person  person
  DELETE  /users/{user}/api-keys/{key}              none       lacks   lacks       200         200         dead     dead      person  person

  GET     /users/roles                              none       lacks   lacks       200         200         dead     dead      200     lacks
  POST    /users/roles                              none       lacks   lacks       lacks       201         dead     dead      201     lacks
  GET     /users/roles/{role}                       none       lacks   lacks       200         200         dead     dead      200     lacks
  PATCH   /users/roles/{role}                       none       lacks   lacks       lacks       200         dead     dead      200     lacks
  DELETE  /users/roles/{role}                       none       lacks   lacks       lacks       200         dead     dead      200     lacks
  POST    /users/roles/{role}/preview               none       lacks   lacks       200         200         dead     dead      200     lacks
  GET     /users/{user}/roles                       none       200     lacks       200         200         dead     dead      200     lacks
  PUT     /users/{user}/roles                       none       lacks   lacks       lacks       200         dead     dead      200     lacks
  GET     /users/{user}/permissions/{permission}    none       200     lacks       200         200         dead     dead      200     lacks
  GET     /permissions                              none       lacks   lacks       200         200         dead     dead      200     lacks
  POST    /permissions                              none       lacks   lacks       lacks       201         dead     dead      201     lacks
  DELETE  /permissions/{permission}                 none       lacks   lacks       lacks       200         dead     dead      200     lacks

  GET     /audit                                    none       lacks   lacks       lacks       200         dead     dead      200     lacks
  GET     /audit/export                             none       lacks   lacks       lacks       200         dead     dead      200     lacks
  GET     /audit/checkpoints                        none       lacks   lacks       lacks       200         dead     dead      200     lacks
  GET     /audit/checkpoints/latest                 none       lacks   lacks       lacks       200         dead     dead      200     lacks

  POST    /password/forgot                          202
  POST    /password/reset                           worthless
  GET     /password-policy                          200
  GET     /.well-known/oauth-authorization-server   200
  GET     /.well-known/jwks.json                    200
  GET     /.well-known/keyward-audit                200
  GET     /status/lists                             200
  GET     /status/lists/{list}                      200
  GET     /status/feed                              200
  GET     /dev/mail                                 200
  GET     /dev/mail/{mail}                          200
  GET     /dev/mail/{mail}/html                     200
  GET     /dev/mail/{mail}/source                   200
  GET     /mail/verify-email                        200
  GET     /mail/complete-sign-up                    200
  GET     /mail/reset-password                      200
  GET     /mail/sign-in                             200
  GET     /mail/confirm-email                       200
  GET     /mail/undo-email                          200
  GET     /mail/accept-invitation                   200
  GET     /livez                                    200
  GET     /readyz                                   200
  GET     /healthz                                  200
  GET     /problems/{code}                          200
  GET     /openapi.json                             200
  GET     /docs                                     200
  GET     /docs/{file}                              200
  GET     /redoc                                    200
`;

/** What a route is sent besides the credentials of its caller. */
const requests: Readonly<Record<string, (world: AccessWorld) => CallOptions>> = {
  'POST /signup': () => {
    const username = newName();
    return { json: { username, email: `${username}@example.com`, password } };
  },
  'POST /signup/complete': () => ({ json: { token: 'x', password } }),
  'POST /email/verification': () => ({ json: { email: 'user@example.com' } }),
  'POST /email/verify': () => ({ json: { token: 'x', password } }),
  'POST /login': () => ({ json: { email: 'user@example.com', password } }),
  'POST /login/email': () => ({ json: { email: 'user@example.com' } }),
  'POST /login/email/account': () => ({ json: { token: 'x' } }),
  'POST /login/email/verify': () => ({ json: { token: 'x' } }),
  'POST /password/forgot': () => ({ json: { email: 'user@example.com' } }),
  'POST /password/reset': () => ({ json: { token: 'x', new_password: 'seven quiet lanterns burn' } }),
  'POST /setup': () => ({ json: { setup_token: 'x', username: 'x', email: 'x@example.com', password } }),
  'POST /token': () => ({ form: { grant_type: 'password', username: 'user', password } }),
  'POST /revoke': ({ user }) => ({ form: { token: user.refreshToken } }),
  'POST /introspect': ({ user }) => ({ form: { token: user.accessToken } }),
  'POST /user/password': () => ({ json: { current_password: password, new_password: 'seven quiet lanterns burn' } }),
  'PATCH /user': () => ({ json: { current_password: password, username: newName() } }),
  'POST /user/email': () => ({ json: { current_password: password, email: `${newName()}@example.com` } }),
  'POST /email/confirm': () => ({ json: { token: 'x' } }),
  'POST /email/undo': () => ({ json: { token: 'x' } }),
  'POST /invitations/accept': () => ({ json: { token: 'x', new_password: 'seven quiet lanterns burn' } }),
  'POST /api-keys': () => ({ json: { name: 'ci', permissions: ['posts:publish'] } }),
  'POST /users': () => {
    const username = newName();
    return { json: { username, email: `${username}@example.com` } };
  },
  'PATCH /users/{user}': () => ({ json: { username: newName() } }),
  'POST /users/roles': () => ({ json: { name: newName(), permissions: ['posts:publish'] } }),
  'PATCH /users/roles/{role}': () => ({ json: { version: 1, permissions: [] } }),
  'POST /users/roles/{role}/preview': () => ({ json: { permissions: [] } }),
  'PUT /users/{user}/roles': ({ ids }) => ({ json: { roles: [Number(ids.role)] } }),
  'POST /permissions': () => ({ json: { name: `${newName()}:publish` } }),
};

let named = 0;
const newName = (): string => {
  named += 1;
  return `new-${named}`;
};

/** What leaves no event where it succeeds. */
const unrecorded: Readonly<Record<string, string>> = {
  'POST /introspect': 'a question',
  'GET /audit/export': 'seals what there is, and adds nothing to it',
  'POST /users/roles/{role}/preview': 'a question',
  'GET /refresh-access-token': 'a session goes on, as its row says; what ends it is recorded',
  'POST /refresh-access-token': 'the same',
};

/** A stream that does not end by itself. */
const endless: ReadonlySet<string> = new Set(['GET /status/feed']);

const { routes } = await describeApi();
const rows = rowsOf(table, callers, words);
const nameOf = ({ method, path }: Row<Caller>): string => `${method} ${path}`;

/** Calls a route as somebody. */
async function answerTo(world: AccessWorld, row: Row<Caller>, caller: Caller): Promise<Expected> {
  const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) => world.ids[name] ?? assert.fail(`{${name}}?`));
  const options = { ...requests[nameOf(row)]?.(world), ...world.credentials[caller] };
  if (endless.has(nameOf(row))) return beginningOf(`${world.server.url}${path}`, options.token);
  const { status, body } = await world.call(row.method, path, options);
  return { status, code: body.code ?? body.error };
}

async function beginningOf(url: string, token = ''): Promise<Expected> {
  const response = await fetch(url, { headers: token === '' ? {} : { authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  return { status: response.status, code: undefined };
}

const isPublic = (row: Row<Caller>): boolean => routes.find((route) => isAbout(row, route))?.access.kind === 'public';

const isSignedIn = (row: Row<Caller>): boolean => routes.find((route) => isAbout(row, route))?.access.kind === 'bearer';

/** Whether an answer leaves the world as it was. */
const changesNothing = (row: Row<Caller>, { status }: Expected): boolean => {
  const route = routes.find((it) => isAbout(row, it));
  return status >= 400 || (row.method === 'GET' && (route?.safe !== false || endless.has(nameOf(row))));
};

describe('every route answers everybody as the table says', async () => {
  const unchanged = await createAccessWorld();
  after(() => unchanged[Symbol.asyncDispose]());

  for (const row of rows) {
    test(nameOf(row), async () => {
      const cells = [...row.cells];
      for (const [caller, expected] of cells.filter(([, it]) => changesNothing(row, it))) {
        assert.deepEqual(await answerTo(unchanged, row, caller), expected, `${nameOf(row)} as ${caller}`);
        const events = (await unchanged.server.newEvents()).filter(({ outcome }) => outcome === 'success');
        assert.deepEqual(events, [], `${nameOf(row)} as ${caller} must change nothing`);
      }
      const changing = cells.filter(([, it]) => !changesNothing(row, it));
      // What anybody may do, one does after the other.
      const groups = isPublic(row) ? [changing] : changing.map((cell) => [cell]);
      let recorded = 0;
      for (const group of groups.filter(({ length }) => length > 0)) {
        await using world = await createAccessWorld();
        for (const [caller, expected] of group) {
          assert.deepEqual(await answerTo(world, row, caller), expected, `${nameOf(row)} as ${caller}`);
          const events = await world.server.newEvents();
          assert.deepEqual(trailBreaches(events, isSignedIn(row)), [], `${nameOf(row)} as ${caller}`);
          recorded += events.length;
        }
      }
      const isRecorded = changing.length > 0 && unrecorded[nameOf(row)] === undefined;
      assert.equal(recorded > 0, isRecorded, `${nameOf(row)} ${isRecorded ? 'leaves no event' : 'leaves events'}`);
    });
  }
});

test('every route has its line, and every line its route', () => {
  const breaches = tableBreaches(rows, routes);
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`);
});

test('an event that says too little is found', () => {
  const whole = { event: 'role.created', outcome: 'success', actor: asUserId(1), subject: undefined } as const;
  const where = { ip: '192.0.2.1', session: asSessionId('s'), apiKey: undefined };
  assert.deepEqual(trailBreaches([{ ...whole, ...where }], true), []);
  assert.deepEqual(trailBreaches([{ ...whole, ...where, session: undefined, apiKey: 'k' }], true), []);
  assert.deepEqual(trailBreaches([{ ...whole, ...where, ip: undefined, session: undefined }], true), [
    'role.created says not from where',
    'role.created names no session',
  ]);
  assert.deepEqual(trailBreaches([{ ...whole, ...where, actor: undefined }], true), ['role.created says not who']);
  assert.deepEqual(trailBreaches([{ ...whole, ...where, actor: undefined }], false), []);
});

describe('a table that is wrong is found', () => {
  const row = (text: string) => rowsOf(`  one  two\n${text}`, ['one', 'two'] as const, { no: '403 not-allowed' });

  test('a route without a line, a line without a route, a line too many', () => {
    const served = [
      { method: 'GET', url: '/users/:user_id' },
      { method: 'GET', url: '/users/roles' },
    ] as const;
    const line = (path: string) => row(`  GET  ${path}  200`);
    assert.deepEqual(tableBreaches([...line('/users/{user}'), ...line('/users/roles')], served), []);
    assert.match(tableBreaches(line('/users/{user}'), served).join(), /GET \/users\/roles has 0 lines/);
    const more = [...line('/users/{user}'), ...line('/users/roles'), ...line('/users/{other}'), ...line('/gone')];
    assert.match(tableBreaches(more, served).join(), /:user_id has 2 lines[\s\S]*\/gone is no route/);
  });

  test('a line with too few cells, a cell that is no answer, a refusal without its code', () => {
    assert.throws(() => row('  GET  /a  200  200  200'), /has 3 cells/);
    assert.throws(() => row('  GET  /a  200  maybe'), /"maybe" is neither/);
    assert.throws(() => row('  GET  /a  200  403'), /says not why/);
    assert.throws(() => rowsOf('  one  three', ['one', 'two'] as const, {}), /the heading is not one, two/);
    assert.deepEqual(
      [...(row('  GET  /a  200  no')[0]?.cells ?? [])].map(([who, it]) => [who, it.status, it.code]),
      [
        ['one', 200, undefined],
        ['two', 403, 'not-allowed'],
      ],
    );
  });
});
