/**
 * Keeps the page for the next visit and for use without a network, where the browser can. From the next visit on the page
 * is also isolated. Whatever fails only costs that.
 *
 * @param ready resolves when nothing is waited for any more, and the rest may be brought.
 * @param model whose samples are part of that.
 */
export async function keepPage(ready: Promise<unknown>, model: string): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI));
    const { active } = await navigator.serviceWorker.ready;
    await ready;
    active?.postMessage({ type: 'keep-the-rest', model });
  } catch {
    // Private windows and full disks refuse; the page works all the same.
  }
}
