import { protect } from 'countersign';
import { programs } from '../../../auth';

export const GET = protect(programs, (_request, { subject, scheme }) => Response.json({ subject, scheme }));
