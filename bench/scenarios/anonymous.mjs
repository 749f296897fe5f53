import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { freshRequest } from '../lib/fresh-request.mjs';
import { anyOfFour, fourCredentials, subjectByHand } from './four-schemes.mjs';

const HEADER_READ = 'one read of an absent header';
const RESPONSE = 'new Response(null, { status: 401, headers })';

const subjectOf = (outcome) => (outcome.kind === 'accepted' ? outcome.principal.username : null);
const subjectOfResponse = (response) => (response.status === 200 ? response.headers.get('x-subject') : null);

/** Nobody presents anything: what every public page pays. */
export const anonymousOutcome = {
  name: 'anonymous-outcome',
  credentials: fourCredentials,
  timed: () => freshRequest(),
  contenders: [
    {
      name: 'countersign, any of four',
      role: 'ours',
      create(library) {
        const authenticator = anyOfFour(library);
        const context = library.createContext();
        return (request) => authenticator.authenticate(request, context);
      },
      subjectOf,
    },
    {
      name: 'countersign, any of four, and a context a request',
      role: 'reference',
      create(library) {
        const authenticator = anyOfFour(library);
        const { createContext } = library;
        return (request) => authenticator.authenticate(request, createContext());
      },
      subjectOf,
    },
    { name: 'floor: three reads by hand', role: 'floor', create: () => subjectByHand, subjectOf: (subject) => subject },
    { name: HEADER_READ, role: 'reference', create: () => (request) => request.headers.get('authorization') },
  ],
  goals: [{ label: 'countersign in header reads', of: 'ours', per: HEADER_READ, most: 3.5 }],
};

/** The same with the answer: a 401 that merges the challenges of all four. */
export const anonymous401 = {
  name: 'anonymous-401',
  credentials: fourCredentials,
  timed: () => freshRequest(),
  contenders: [
    {
      name: 'countersign, protect(any of four)',
      role: 'ours',
      create(library) {
        const headersOf = ({ username }) => ({ headers: { 'x-subject': username } });
        return library.protect(
          anyOfFour(library),
          (_request, { principal }) => new Response(null, headersOf(principal)),
        );
      },
      subjectOf: subjectOfResponse,
    },
    {
      name: 'floor: three reads and a Response by hand',
      role: 'floor',
      create: () => answerByHand,
      subjectOf: subjectOfResponse,
    },
    { name: RESPONSE, role: 'reference', create: () => refusal },
    {
      // Less work: one scheme and its challenge; and more: a body, for which Node builds a stream.
      name: 'hono basicAuth (one scheme, a text body)',
      role: 'peer',
      create() {
        const app = new Hono();
        app.use(basicAuth({ verifyUser: () => false }));
        return (request) => app.fetch(request);
      },
    },
  ],
  goals: [
    { label: 'countersign in microseconds', of: 'ours', most: 3 },
    { label: 'countersign over the bare Response', of: 'ours', per: RESPONSE },
  ],
};

function answerByHand(request) {
  const subject = subjectByHand(request);
  return subject ? new Response(null, { headers: { 'x-subject': subject } }) : refusal();
}

function refusal() {
  const headers = {
    'cache-control': 'no-store',
    vary: 'authorization,x-api-key,cookie',
    'www-authenticate':
      'Basic realm="Staff", charset="UTF-8", Bearer realm="api", ApiKey realm="api", Cookie realm="app"',
  };
  return new Response(null, { status: 401, headers });
}
