/** Milliseconds for which the browser may take to find out. */
const PATIENCE = 3000;

/** How long a file plays, in seconds, read without decoding it; undefined where the browser does not know. */
export function soundDuration(file: Blob): Promise<number | undefined> {
  const player = new Audio();
  const url = URL.createObjectURL(file);
  return new Promise<number | undefined>((resolve) => {
    const timer = setTimeout(resolve, PATIENCE, undefined);
    const answer = (duration: number | undefined) => {
      clearTimeout(timer);
      resolve(duration);
    };
    player.onerror = () => answer(undefined);
    player.ondurationchange = () => {
      if (Number.isFinite(player.duration)) answer(player.duration);
      // What a page has recorded says nothing of its length until its end is looked for.
      else if (player.duration === Number.POSITIVE_INFINITY) player.currentTime = 1e9;
    };
    player.preload = 'metadata';
    player.src = url;
  }).finally(() => {
    player.ondurationchange = null;
    player.onerror = null;
    player.removeAttribute('src');
    player.load(); // lets go of the file
    URL.revokeObjectURL(url);
  });
}
