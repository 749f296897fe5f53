import { authenticated } from 'countersign/fastify';
import { requestView } from 'countersign/node';
import { type FastifyInstance, fastify } from 'fastify';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from '../adapters/app.ts';

const user = authenticated(people);
const visitor = authenticated(anybody);

/** The application of test/adapters/app.ts, as it is written in Fastify. */
export const app: FastifyInstance = fastify();
app.get('/me', { onRequest: user }, async (request) => view(user.accepted(request)));
app.get('/admin', { onRequest: authenticated(admins) }, async () => 'admin');
app.get('/demand', { onRequest: user }, (request) => user.insufficient(request, { scopes: ['write'] }));
app.get('/broken', { onRequest: authenticated(broken) }, async () => 'never');
app.get('/home', { onRequest: visitor }, async (request) => greeting(visitor.accepted(request)));
app.get('/own-cookie', { onRequest: user }, (_request, reply) => reply.header('set-cookie', OWN_COOKIE).send('mine'));
app.get('/redirect', { onRequest: user }, (_request, reply) => reply.redirect('/me', 303));
app.get('/stream', { onRequest: user }, (_request, reply) => reply.type('text/plain').send(stream()));
app.get('/throw', { onRequest: user }, async () => {
  throw new Error('the handler fails');
});
app.post('/sign-out', { onRequest: user }, async (request, reply) => {
  const { effects } = await sessions.signOut(requestView(request));
  for (const { header, value } of effects) reply.header(header, value);
  return reply.code(204).send();
});
app.options('/me', { onRequest: user }, async () => 'never');
