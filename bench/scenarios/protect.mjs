import { honoFastest, staff } from './basic-contenders.mjs';
import { accepted, basicCredentials } from './basic-credentials.mjs';

const PRIVATE = 'countersign, protect, the handler sets Cache-Control';

const subjectOf = async (response) => (response.status === 200 ? await response.text() : null);

function protecting(name, role, respond) {
  return {
    name,
    role,
    create: (library) => library.protect(staff(library), (_request, { principal }) => respond(principal.username)),
    subjectOf,
  };
}

const respond = (text) => new Response(text);

/** A whole request: authenticated, handled, and its response kept out of shared caches. */
export const protectAccepted = {
  name: 'protect-accepted',
  credentials: basicCredentials,
  timed: accepted,
  contenders: [
    protecting('countersign, protect', 'ours', respond),
    // Where `Cache-Control` says so already, the response goes through as it is.
    protecting(
      PRIVATE,
      'reference',
      (text) => new Response(text, { headers: { 'cache-control': 'private', vary: 'authorization' } }),
    ),
    // Authenticates nobody: what is left when all of the library's work is taken away.
    { name: 'floor: the handler alone', role: 'floor', create: () => async () => respond('ada') },
    honoFastest(true),
  ],
  goals: [
    { label: 'countersign over the handler alone', of: 'ours', per: 'floor' },
    { label: 'countersign over the same without a copy', of: 'ours', per: PRIVATE },
  ],
};
