import { clientAddress } from 'countersign/client-address';
import { door } from '../../../auth';

// Next does not tell who has connected. The one proxy in front of it does; without one, a client may write here what it likes.
const addressOf = clientAddress({ hops: 1 });

const handle = (request: Request): Promise<Response> => door.fetch(request, { address: addressOf(request) });

export { handle as GET, handle as POST };
