/** All at once, begun in an order of the moment; the answers are in theirs. */
export async function together<const Acts extends readonly (() => Promise<unknown>)[]>(
  acts: Acts,
): Promise<{ -readonly [Place in keyof Acts]: Awaited<ReturnType<Acts[Place]>> }> {
  const answers: unknown[] = [];
  const order = acts.map((act, index) => [Math.random(), act, index] as const).sort(([a], [b]) => a - b);
  await Promise.all(
    order.map(async ([, act, index]) => {
      answers[index] = await act();
    }),
  );
  return answers as never;
}
