import { people } from '../../people';
import { rename } from './actions';
import { Credentials } from './credentials';

export default async function Account() {
  const { principal, session } = await people.page();
  return (
    <main>
      <h1>Hello, {principal.name}</h1>
      <p>
        Last seen <time>{new Date(session.usedAt * 1000).toISOString()}</time>
      </p>
      <form action={rename}>
        <label>
          Name <input name="name" defaultValue={principal.name} />
        </label>
        <button type="submit">Rename</button>
      </form>
      <Credentials />
      <form method="post" action="/auth/sign-out">
        <button type="submit">Sign out</button>
      </form>
    </main>
  );
}
