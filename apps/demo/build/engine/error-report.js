import { VisualEchoesError } from 'visual-echoes';
/** An error as a message can carry it; what is not one of ours is a bug, and said as such. */
export function errorReport(error) {
  if (error instanceof VisualEchoesError) {
    return { code: error.code, name: error.name, message: error.message };
  }
  console.error(error);
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { code: 'unexpected', name, message: `This should not have happened: ${message}` };
}
