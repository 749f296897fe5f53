/**
 * Waits for an answer, but not for ever: a store that hangs is a store that failed. What it still does later is not heard.
 *
 * @param seconds More than 0.
 * @throws Error Where there is no answer in time. Whether a write took place is then unknown.
 */
export async function withTimeout<T>(answer: PromiseLike<T>, seconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`the store did not answer within ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
