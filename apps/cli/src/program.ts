import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';

/** Each is a file of `commands/` that exports `register(program)`; the list of commands says this of it. */
const COMMANDS: Record<string, string> = {
  generate: 'turn pictures into sounds and sounds into pictures, or make both from nothing',
  reconstruct: 'send pictures and sounds through the tokenizer and back, and say how much is lost',
  mel: 'write the mel spectrograms of sounds, as .npy and as pictures',
  prepare: 'make a dataset for training of videos, of pictures and sounds, or of VGGSound',
  train: 'train one part of a model',
  evaluate: 'measure a model',
  ablate: 'measure a model over settings of sampling: data and plots',
  report: 'draw results together in one HTML file',
  convert: 'turn a published checkpoint into a part of a model folder, and back',
  doctor: 'say which engines work here and how fast, what is missing and how to get it',
};

const EXAMPLES = `
Examples:
  visual-echoes generate seven.png                         a picture becomes a sound: seven.wav, seven.mel.png
  visual-echoes generate seven.wav                         a sound becomes a picture: seven.png
  visual-echoes generate pictures/ --out sounds            a folder; run it again and it goes on where it stopped
  visual-echoes generate --to both --count 8 --label seven pairs of a picture and a sound, from nothing
  visual-echoes doctor                                     which engines work here, and how to get faster ones

Exit codes: 0 all done, 1 something failed, 2 wrong usage, 130 interrupted.
VISUAL_ECHOES_DEBUG=1 shows where an error came from.`;

/** The command line, with those of the commands that `args` may mean, and the names of the others. */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const program = new Command('visual-echoes')
    .description('Pictures become sounds and sounds become pictures.')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  for (const [name, summary] of Object.entries(COMMANDS)) {
    if (!args.includes(name)) {
      program.command(name).description(summary); // only what is meant is loaded
      continue;
    }
    const { register } = (await import(`./commands/${name}.js`)) as { register(program: Command): void };
    register(program);
  }
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** Runs one command line and sets the process's exit code. Errors become one line on stderr. */
export async function run(args: readonly string[]): Promise<void> {
  // A reader that went away (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await (await createProgram(args)).parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = await report(error, args);
  }
}

/** Says what went wrong and returns the exit code for it. */
async function report(error: unknown, args: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) {
    const isHelp = ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code);
    return isHelp && error.exitCode === 0 ? 0 : 2; // commander has said what is wrong
  }
  // Here, so that a help page does not load TensorFlow.js.
  const { CancelledError, VisualEchoesError } = await import('@visual-echoes/core');
  const { message } = error instanceof Error ? error : { message: String(error) };
  const code = error instanceof VisualEchoesError ? error.code : 'internal';
  const debug = process.env['VISUAL_ECHOES_DEBUG'];
  const hint = code === 'internal' && !debug ? ' (VISUAL_ECHOES_DEBUG=1 shows where)' : '';
  console.error(error instanceof CancelledError ? 'Interrupted.' : `error: ${message}${hint}`);
  if (debug) console.error(error);
  if (args.includes('--json')) console.log(JSON.stringify({ error: { code, message } }));
  return error instanceof CancelledError ? 130 : 1;
}
