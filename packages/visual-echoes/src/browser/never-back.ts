/** Passes on only what is more than all before it. */
export function neverBack(onProgress: (share: number) => void = () => {}): (share: number) => void {
  let furthest = -1;
  return (share) => {
    if (share <= furthest) return;
    furthest = share;
    onProgress(share);
  };
}
