import { protect } from 'countersign';
import { people } from '../../../../../adapters/app.ts';

export const GET = protect(
  people,
  async (_request, { subject }, { params }: { params: Promise<{ name: string }> }) =>
    new Response(`${(await params).name} of ${subject}`),
);
