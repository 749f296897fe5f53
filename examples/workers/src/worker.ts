import { worker } from 'countersign/cloudflare';
import { application } from './application.ts';

export { CountersignObject } from 'countersign/durable-object-store';

export default worker(application);
