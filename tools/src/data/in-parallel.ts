/** What `make` resolves to for each item, in their order, with `atOnce` of them at work; rejects as the first does. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  make: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let isFailed = false;
  const work = async () => {
    while (next < items.length && !isFailed) {
      const at = next++;
      results[at] = await make(items[at], at).catch((error) => {
        isFailed = true;
        throw error;
      });
    }
  };
  // All have ended before the first one's error is thrown, so that nothing is written after it.
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, work));
  const failed = ended.find((it) => it.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}
