/**
 * Shows that a contender does the work it is timed for: it accepts every good credential as the right subject, refuses
 * every bad one, and still accepts after that.
 *
 * @param {(request: Request) => unknown} call The contender.
 * @param {(result: unknown) => string | null | Promise<string | null>} subjectOf Whom a result accepts.
 * @param {{ good: { subject: string, request: () => Request }[], bad: { name: string, request: () => Request }[] }} credentials
 * @throws Error That names the credential.
 */
export async function check(call, subjectOf, { good, bad }) {
  const ask = async ({ request }) => (await subjectOf(await call(request()))) ?? null;
  const acceptAll = async (when) => {
    for (const each of good) {
      const subject = await ask(each);
      if (subject !== each.subject) throw new Error(`${when}: expected ${each.subject}, got ${subject}`);
    }
  };
  await acceptAll('good credentials');
  for (const each of bad) {
    const subject = await ask(each);
    if (subject !== null) throw new Error(`bad credentials (${each.name}): accepted as ${subject}`);
  }
  await acceptAll('good credentials after bad ones');
}
