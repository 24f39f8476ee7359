/** How long the longest task of the page took while something was done, in milliseconds; 0 where none took over 50. */
export async function longestTask(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  await new Promise((resolve) => setTimeout(resolve, 100)); // what was before
  observer.observe({ type: 'longtask' });
  await work();
  await new Promise((resolve) => setTimeout(resolve, 100)); // is told later
  observer.disconnect();
  return longest;
}
