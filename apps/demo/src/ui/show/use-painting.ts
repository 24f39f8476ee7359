import { type Inputs, useLayoutEffect, useRef } from 'preact/hooks';

/** A canvas to paint on, and the pixels that it is shown with. */
export interface Surface {
  canvas: HTMLCanvasElement;
  width: number;
  height: number;
}

/** More would be painted for nothing. */
const MOST_PIXELS_A_POINT = 2;

/**
 * Paints a canvas when what it depends on changes, and when its size does. The size comes from an observer, so that nothing
 * is laid out in between.
 */
export function usePainting(paint: (surface: Surface) => void, inputs: Inputs) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useRef<{ width: number; height: number } | undefined>(undefined);
  const latest = useRef(paint);
  latest.current = paint;
  const repaint = () => {
    if (canvas.current && size.current) latest.current({ canvas: canvas.current, ...size.current });
  };
  useLayoutEffect(repaint, inputs);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const ratio = Math.min(devicePixelRatio || 1, MOST_PIXELS_A_POINT);
      const width = Math.round(contentRect.width * ratio);
      const height = Math.round(contentRect.height * ratio);
      if (width === size.current?.width && height === size.current.height) return;
      size.current = { width, height };
      repaint();
    });
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  return canvas;
}
