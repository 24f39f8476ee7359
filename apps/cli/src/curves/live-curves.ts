import { Course, sparkline } from './sparkline.js';

/** What is drawn on: `process.stderr`, say. */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

/** The widest that a curve becomes. */
const WIDEST = 48;

/** Curves on a terminal, one line each, drawn over themselves. */
export class LiveCurves {
  private readonly screen: Screen;
  private readonly courses = new Map<string, Course>();
  private title = '';
  private drawn = 0; // lines

  constructor(screen: Screen) {
    this.screen = screen;
  }

  /** Adds a point to curves. */
  add(figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) {
      let course = this.courses.get(name);
      if (!course) {
        course = new Course(WIDEST);
        this.courses.set(name, course);
      }
      course.add(value);
    }
  }

  /** Draws all curves below a title, over what was drawn before. */
  draw(title = this.title): void {
    this.title = title;
    const { columns = 80, rows = 24 } = this.screen;
    const labels = Math.max(...[...this.courses.keys()].map((name) => name.length));
    const room = Math.max(8, Math.min(WIDEST, columns - labels - 14));
    const lines = [...this.courses].map(([name, course]) => {
      const value = String(Number(course.last.toPrecision(4)));
      return `${name.padEnd(labels)} ${value.padStart(10)} ${sparkline(thinned(course.values, room))}`;
    });
    // What scrolls out of the window cannot be drawn over.
    const shown = [title, ...lines].slice(0, Math.max(1, rows - 1)).map((line) => line.slice(0, columns - 1));
    this.screen.write(`${this.upAndClear()}${shown.join('\n')}\n`);
    this.drawn = shown.length;
  }

  /** Prints a line above the curves. */
  print(line: string): void {
    this.screen.write(`${this.upAndClear()}${line}\n`);
    this.drawn = 0;
    if (this.title) this.draw();
  }

  private upAndClear(): string {
    return this.drawn > 0 ? `\u001b[${this.drawn}A\u001b[J` : '';
  }
}

/** No more than `width` of the values, evenly. */
function thinned(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => values[Math.floor(((i + 1) * values.length) / width) - 1]);
}
