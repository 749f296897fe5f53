import { describeRefusal, promptOnNavigation } from '../../../src/core/describe-refusal.ts';
import { any, protect } from '../../../src/index.ts';
import { fromServer } from '../from-server.ts';
import type { CreatePanel } from '../panel.ts';
import { byPassword } from '../people/by-password.ts';
import { robotKey } from '../robot-key.ts';

/** Good in this demo only, and shown on its page. */
const KEY = 'beep-boop';

const WHO_AM_I = '/several-schemes/whoami';

export const severalSchemesPanel: CreatePanel = (onEvent, parts) => {
  const staff = byPassword('Staff', parts);
  const staffOrRobots = any(staff, robotKey(KEY));
  const whoAmI = protect(
    staffOrRobots,
    (_request, accepted) => {
      // The scheme narrows the principal's type: a robot has a name, a person a user name.
      const greeting = accepted.scheme === 'robot' ? accepted.principal.name : accepted.principal.username;
      return Response.json({
        principal: accepted.principal,
        scheme: accepted.scheme,
        greeting: `Hello, ${greeting}.`,
      });
    },
    { refuse: promptOnNavigation(describeRefusal), onEvent, context: fromServer },
  );

  return {
    id: 'several-schemes',
    title: 'Several schemes',
    about: `
      <p>People by Basic, robots by a key in <code>X-Robot-Key</code>: <code>any(staff, robotKey(key))</code>. The robots’
      scheme is an authenticator of the demo’s own, twenty lines in <code>examples/demo/robot-key.ts</code>.</p>
      <p>With nothing sent, all schemes are asked for. A bad key is final: no other scheme is tried. Credentials of two
      schemes are refused before anything is looked up.</p>`,
    fields: [
      { name: 'username', label: 'User name', value: 'ada' },
      { name: 'password', label: 'Password', value: 'correct horse' },
      { name: 'key', label: 'Robot key', value: KEY },
    ],
    requests: [
      { label: 'Send as a person', headers: [['authorization', 'Basic base64({username}:{password})']] },
      { label: 'Send as the robot', headers: [['x-robot-key', '{key}']] },
      { label: 'Send without credentials', headers: [] },
      { label: 'Send a wrong key', headers: [['x-robot-key', 'not {key}']] },
      {
        label: 'Send both',
        headers: [
          ['authorization', 'Basic base64({username}:{password})'],
          ['x-robot-key', '{key}'],
        ],
      },
    ],
    path: WHO_AM_I,
    routes: new Map([[WHO_AM_I, whoAmI]]),
    curl: (origin) => `-H 'X-Robot-Key: ${KEY}' ${origin}${WHO_AM_I}`,
  };
};
