/** What a browser's or a client's request carries beside credentials. */
const USUAL = {
  host: 'app.example',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.5',
  'accept-encoding': 'gzip, deflate, br',
};

/** A request that nobody has touched, with header strings of its own, as a server's parser would make them. */
export function freshRequest(credentials = {}) {
  const headers = {};
  for (const [name, value] of Object.entries({ ...USUAL, ...credentials })) headers[name] = freshText(value);
  return new Request('https://app.example/account/settings', { headers });
}

/** Flat, with no cached hash: a concatenation would be flattened inside of the timed part. */
function freshText(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}
