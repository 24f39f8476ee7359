import { type Inputs, useEffect, useRef } from 'preact/hooks';

/** Paints a canvas when what it depends on changes, and when its size does. */
export function usePainting(paint: (canvas: HTMLCanvasElement) => void, inputs: Inputs) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(paint);
  latest.current = paint;
  useEffect(() => latest.current(canvas.current!), inputs);
  useEffect(() => {
    let width = canvas.current!.clientWidth;
    const observer = new ResizeObserver(() => {
      if (!canvas.current || canvas.current.clientWidth === width) return;
      width = canvas.current.clientWidth;
      latest.current(canvas.current);
    });
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  return canvas;
}
