const SENTENCES: Readonly<Record<string, string>> = {
  invalid_credentials: 'That is no account of ours, or not its password.',
  too_many_attempts: 'Too many attempts. Wait, then try again.',
};

export default async function SignIn({ searchParams }: PageProps<'/sign-in'>) {
  const { error } = await searchParams;
  return (
    <main>
      <h1>Sign in</h1>
      <p role="alert">{SENTENCES[`${error}`]}</p>
      <form method="post" action="/auth/sign-in">
        <p>
          <label>
            Email <input name="identifier" type="email" autoComplete="username" />
          </label>
        </p>
        <p>
          <label>
            Password <input name="password" type="password" autoComplete="current-password" />
          </label>
        </p>
        <button type="submit">Sign in</button>
      </form>
    </main>
  );
}
