import type { AcceptedBy } from 'countersign';
import { type anybody, greeting } from '#app';

export const load = ({ locals }: { locals: { accepted: AcceptedBy<typeof anybody> } }) => ({
  greeting: greeting(locals.accepted),
});
