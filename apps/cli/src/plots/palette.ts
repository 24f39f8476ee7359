/** Of lines and text: the report puts the page's own colour in its place, so that plots can be read in the dark. */
export const INK = '#1b1d20';

/** Of ticks and what is in the background; legible on white and on black. */
export const QUIET = '#84888f';

/** Of series, in their order; told apart also by the colour-blind (after Okabe and Ito, 2008), on white and on black. */
export const SERIES_COLOURS = ['#2a7fca', '#d9600f', '#179b73', '#b8559b'] as const;

/** Without quotes, which the renderer would write into an attribute as they are. */
export const FONT = 'Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif';
