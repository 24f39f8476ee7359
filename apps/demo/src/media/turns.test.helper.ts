/**
 * How often the page could do something else while some work was done. Unlike the time that its tasks take, this is the same
 * on a busy machine.
 */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  let turns = 0;
  port1.onmessage = () => {
    turns++;
    port2.postMessage(undefined);
  };
  port2.postMessage(undefined);
  await work();
  port1.close();
  return turns;
}
