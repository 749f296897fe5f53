import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import type { RefusalResponder } from '../../../src/index.ts';
import { redirect } from '../layout.ts';

/** Whether a person is looking: a program, and another site, get what they get elsewhere. */
export function isForPerson(request: { readonly headers: { get(name: string): string | null } }): boolean {
  return request.headers.get('accept')?.includes('text/html') ?? false;
}

/** A person is better served by the form than by a 401, and by the page they wanted after it. */
export const signInInstead: RefusalResponder = (refusal, request, context) => {
  if (refusal.status !== 401 || !isForPerson(request)) return describeRefusal(refusal, request, context);
  // A page is asked for again afterwards; what a form sent is not kept.
  const { pathname } = new URL(request.url);
  return redirect(request.method === 'GET' ? `/sign-in?${new URLSearchParams({ returnTo: pathname })}` : '/sign-in');
};
