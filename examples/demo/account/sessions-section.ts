import type { Session } from '../../../src/session/types.ts';
import { escapeHtml } from '../layout.ts';
import { ago } from './spans.ts';

/**
 * Where somebody is signed in, and how to end it.
 *
 * @param present The session by which it is asked for.
 * @param living All of this person's.
 * @param now In seconds since 1970.
 */
export function sessionsSection(present: Session, living: readonly Session[], now: number): string {
  const others = living.length - 1;
  return `
<section aria-labelledby="sessions-title">
  <h2 id="sessions-title">Where you are signed in</h2>
  <p>When a session was last seen is noted once in half of its idle time, so the time may be a while behind.</p>
  <ul class="sessions">${living.map((each) => sessionItem(each, each.id === present.id, now)).join('')}
  </ul>
  <div class="buttons">
    <form method="post" action="/auth/sessions/end-others"><button${others ? '' : ' disabled'}>Sign out everywhere else</button></form>
    <form method="post" action="/account/end-all"><button aria-describedby="all-means">Sign out everywhere</button></form>
  </div>
  <p id="all-means">Everywhere: all of your sessions, tokens and API keys end, whoever has them.</p>
</section>`;
}

function sessionItem(
  { id, device = 'Some device', persistent, createdAt, usedAt }: Session,
  isPresent: boolean,
  now: number,
): string {
  const marks = [isPresent ? 'This one' : '', persistent ? 'Remembered' : ''].filter(Boolean);
  return `
    <li${isPresent ? ' aria-current="true"' : ''}>
      <div>
        <p><strong>${escapeHtml(device)}</strong>${marks.map((mark) => ` <span class="mark">${escapeHtml(mark)}</span>`).join('')}</p>
        <p class="times"><span>Signed in ${ago(createdAt, now)} ·</span> <span>Last seen ${ago(usedAt, now)}</span></p>
      </div>
      <form method="post" action="${isPresent ? '/auth/sign-out' : '/auth/sessions/end'}">
        <input type="hidden" name="id" value="${escapeHtml(id)}">
        <button>${isPresent ? 'Sign out' : `End<span class="unseen"> the session of ${escapeHtml(device)}</span>`}</button>
      </form>
    </li>`;
}
