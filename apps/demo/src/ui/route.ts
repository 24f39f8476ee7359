import type { TaskName } from 'visual-echoes';
import { TASK_NAMES, TASKS } from './tasks.js';

/** The task that an address names; undefined where it names none. */
export function taskOfHash(hash: string): TaskName | undefined {
  const slug = /^#([a-z]+)/i.exec(hash)?.[1];
  return TASK_NAMES.find((task) => TASKS[task].slug === slug || task === slug);
}
