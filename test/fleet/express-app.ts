import { Readable } from 'node:stream';
import { authenticated } from 'countersign/express';
import { requestView } from 'countersign/node';
import express, { type Express } from 'express';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from '../adapters/app.ts';

/** The application of test/adapters/app.ts, as it is written in Express. */
export const app: Express = express();
app.get('/me', authenticated(people), (_req, res) => {
  res.json(view(res.locals.accepted));
});
app.get('/admin', authenticated(admins), (_req, res) => {
  res.send('admin');
});
app.get('/demand', authenticated(people), (_req, res) => res.locals.insufficient({ scopes: ['write'] }));
app.get('/broken', authenticated(broken), (_req, res) => {
  res.send('never');
});
app.get('/home', authenticated(anybody), (_req, res) => {
  res.send(greeting(res.locals.accepted));
});
app.get('/own-cookie', authenticated(people), (_req, res) => {
  res.append('Set-Cookie', OWN_COOKIE).send('mine');
});
app.get('/redirect', authenticated(people), (_req, res) => {
  res.redirect(303, '/me');
});
app.get('/stream', authenticated(people), (_req, res) => {
  Readable.from(stream()).pipe(res);
});
app.get('/throw', authenticated(people), () => {
  throw new Error('the handler fails');
});
app.post('/sign-out', authenticated(people), async (req, res) => {
  const { effects } = await sessions.signOut(requestView(req));
  for (const { header, value } of effects) res.append(header, value);
  res.sendStatus(204);
});
app.options('/me', authenticated(people), (_req, res) => {
  res.send('never');
});
