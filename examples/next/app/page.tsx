export default function Home() {
  return (
    <main>
      <h1>Acme</h1>
      <p>
        <a href="/account">Your account</a>
      </p>
    </main>
  );
}
