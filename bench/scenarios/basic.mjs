import {
  EMPTY_HONO,
  floors,
  HONO_DEFAULT,
  HONO_FASTEST,
  honoDefault,
  honoEmpty,
  honoFastest,
  ours,
} from './basic-contenders.mjs';
import { accepted, basicCredentials, malformed, wrong } from './basic-credentials.mjs';

/** The library's outcome, a value; hono's rows are whole requests through an app, since its middleware is nothing else. */
export const basicAccepted = {
  name: 'basic-accepted',
  credentials: basicCredentials,
  timed: accepted,
  contenders: [ours, ...floors, honoFastest(), honoDefault, honoEmpty],
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 2.1 },
    { label: 'hono at its fastest over countersign', of: HONO_FASTEST, per: 'ours', least: 2 },
    { label: 'hono by default over countersign', of: HONO_DEFAULT, per: 'ours', least: 50 },
    // It hops to other threads: how long that takes depends on how deep they sleep, what it costs doesn't.
    { label: 'hono by default over countersign, CPU time', of: HONO_DEFAULT, per: 'ours', by: 'cpus' },
    {
      label: 'hono at its fastest, less its empty app, over countersign',
      of: HONO_FASTEST,
      less: EMPTY_HONO,
      per: 'ours',
    },
  ],
};

export const basicRefused = {
  name: 'basic-refused',
  credentials: basicCredentials,
  timed: wrong,
  contenders: [ours, ...floors, honoFastest()],
  goals: [{ label: 'countersign over the floor', of: 'ours', per: 'floor' }],
};

export const basicMalformed = {
  name: 'basic-malformed',
  credentials: basicCredentials,
  timed: malformed,
  contenders: [ours, ...floors, honoFastest()],
  goals: [{ label: 'countersign over the floor', of: 'ours', per: 'floor' }],
};
